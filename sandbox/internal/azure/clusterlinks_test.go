package azure_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

const vCluster2025 = "2025-01-01"

// storeResources stores resources that clusters refer to, also of types that the sandbox does not
// implement. IDs are below the subscription.
func (w *world) storeResources(location string, ids ...string) {
	w.t.Helper()
	if err := w.azure.Close(); err != nil {
		w.t.Fatalf("Close: %v", err)
	}
	s, err := store.Open(filepath.Join(w.dir, "azure.db"))
	if err != nil {
		w.t.Fatalf("open the store: %v", err)
	}
	err = s.Update(func(tx *store.Tx) error {
		for _, id := range ids {
			parsed, err := resource.ParseID(w.sub() + id)
			if err != nil {
				return err
			}
			err = resource.Save(tx, &resource.Document[object]{Header: resource.Header{
				ID: parsed.String(), Name: parsed.Name(), Type: parsed.Type(), Location: location, State: resource.Succeeded, Created: time.Now().UTC(),
			}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err := s.Close(); err != nil {
		w.t.Fatalf("close the store: %v", err)
	}
	if err != nil {
		w.t.Fatalf("store resources: %v", err)
	}
	w.open()
}

func vnet(group, name string) string {
	return group + "/providers/Microsoft.Network/virtualNetworks/" + name
}

func workspace(group, name string) string {
	return group + "/providers/Microsoft.OperationalInsights/workspaces/" + name
}

func zone(group, name string) string {
	return group + "/providers/Microsoft.Network/privateDnsZones/" + name
}

// linked returns a world with a virtual network in the region of its group, one in another region,
// a workspace and private DNS zones.
func linked(t *testing.T) (w *world, rg string) {
	w = newWorld(t, quiet)
	rg = w.group("rg-l")
	w.storeResources("westeurope",
		vnet(rg, "here"), vnet(rg, "here")+"/subnets/nodes", vnet(rg, "here")+"/subnets/pods",
		vnet(rg, "other"), vnet(rg, "other")+"/subnets/nodes", workspace(rg, "logs"))
	w.storeResources("eastus", vnet(rg, "far"), vnet(rg, "far")+"/subnets/nodes")
	for _, region := range []string{"westeurope", "eastus"} {
		must(t, w.arm("PUT", zone(rg, "privatelink."+region+".azmk8s.io"), "2020-06-01", object{"location": "global"}), 201)
	}
	return w, rg
}

// actAs creates a user-assigned identity and signs in with it.
func (w *world) actAs(group, name, resource string) (token, principal string) {
	w.t.Helper()
	issuer := w.newIssuer("https://westeurope.oic.prod-aks.azure.com/t/" + name + "/")
	path, identity := w.identity(group, name)
	must(w.t, w.arm("PUT", path+"/federatedIdentityCredentials/web", vIdentity, fic(issuer.url, webSubject, audience)), 201)
	got := must(w.t, w.exchange(w.azure.Account().TenantID, identity.path("properties", "clientId"), issuer.sign(w.t, w.clock.now(), webSubject, nil), resource+"/.default"), 200)
	return got.path("access_token"), identity.path("properties", "principalId")
}

// first returns the first pool.
func first(p object) object { return p["agentPoolProfiles"].([]object)[0] }

func TestClusterLinksMustExist(t *testing.T) {
	w, rg := linked(t)
	sub := w.sub()
	overlay := object{"networkPlugin": "azure", "networkPluginMode": "overlay"}
	flat := object{"networkPlugin": "azure"}
	agent := func(id string) object {
		return object{"omsagent": object{"enabled": true, "config": object{"logAnalyticsWorkspaceResourceID": id}}}
	}
	refused := map[string]struct {
		change     func(body, p object)
		code, text string
	}{
		"a subnet that does not exist": {func(_, p object) {
			first(p)["vnetSubnetID"] = sub + vnet(rg, "here") + "/subnets/none"
		}, "SubnetNotFound", "could not be found"},
		"a virtual network instead of a subnet": {func(_, p object) { first(p)["vnetSubnetID"] = sub + vnet(rg, "here") }, "InvalidParameter", "is not the resource ID of a Microsoft.Network/virtualNetworks/subnets"},
		"a network in another region": {func(_, p object) {
			first(p)["vnetSubnetID"] = sub + vnet(rg, "far") + "/subnets/nodes"
		}, "InvalidParameter", "is in eastus, and the cluster in westeurope"},
		"pods in another network than the nodes": {func(_, p object) {
			p["networkProfile"] = flat
			first(p)["vnetSubnetID"], first(p)["podSubnetID"] = sub+vnet(rg, "here")+"/subnets/nodes", sub+vnet(rg, "other")+"/subnets/nodes"
		}, "InvalidParameter", "different virtual networks"},
		"pods in a subnet without a subnet for nodes": {func(_, p object) {
			p["networkProfile"] = flat
			first(p)["podSubnetID"] = sub + vnet(rg, "here") + "/subnets/pods"
		}, "InvalidParameter", "needs a subnet for nodes"},
		"pods in a subnet with an overlay": {func(_, p object) {
			p["networkProfile"] = overlay
			first(p)["vnetSubnetID"], first(p)["podSubnetID"] = sub+vnet(rg, "here")+"/subnets/nodes", sub+vnet(rg, "here")+"/subnets/pods"
		}, "InvalidParameter", "without the mode 'overlay'"},
		"one pool in a subnet and one without": {func(_, p object) {
			p["networkProfile"] = overlay
			first(p)["vnetSubnetID"] = sub + vnet(rg, "here") + "/subnets/nodes"
			p["agentPoolProfiles"] = append(p["agentPoolProfiles"].([]object), object{"name": "user", "mode": "User", "vmSize": "x"})
		}, "InvalidParameter", "All or none"},
		"pools in two networks": {func(_, p object) {
			p["networkProfile"] = overlay
			first(p)["vnetSubnetID"] = sub + vnet(rg, "here") + "/subnets/nodes"
			p["agentPoolProfiles"] = append(p["agentPoolProfiles"].([]object), object{"name": "user", "mode": "User", "vmSize": "x", "vnetSubnetID": sub + vnet(rg, "other") + "/subnets/nodes"})
		}, "InvalidParameter", "in one virtual network"},
		"a managed NAT gateway in a custom network": {func(_, p object) {
			p["networkProfile"] = object{"networkPlugin": "azure", "outboundType": "managedNATGateway"}
			first(p)["vnetSubnetID"] = sub + vnet(rg, "here") + "/subnets/nodes"
		}, "ManagedNATGatewayWithCustomVNetNotAllowed", "managedNATGateway"},
		"container insights without a workspace":                   {func(_, p object) { p["addonProfiles"] = object{"omsagent": object{"enabled": true}} }, "InvalidParameter", "logAnalyticsWorkspaceResourceID is missing"},
		"container insights with a workspace that does not exist":  {func(_, p object) { p["addonProfiles"] = agent(sub + workspace(rg, "none")) }, "ResourceNotFound", "could not be found"},
		"container insights with a network instead of a workspace": {func(_, p object) { p["addonProfiles"] = agent(sub + vnet(rg, "here")) }, "InvalidParameter", "Microsoft.OperationalInsights/workspaces"},
		"Defender with a workspace that does not exist": {func(_, p object) {
			p["securityProfile"] = object{"defender": object{"logAnalyticsWorkspaceResourceId": sub + workspace(rg, "none")}}
		}, "ResourceNotFound", "could not be found"},
		"Defender without a workspace": {func(_, p object) {
			p["securityProfile"] = object{"defender": object{"securityMonitoring": object{"enabled": true}}}
		}, "InvalidParameter", "logAnalyticsWorkspaceResourceId is missing"},
		"a custom private zone with a system-assigned identity": {func(_, p object) {
			p["apiServerAccessProfile"] = object{"enablePrivateCluster": true, "privateDNSZone": sub + zone(rg, "privatelink.westeurope.azmk8s.io")}
		}, "SystemAssignedIdentityNotSupportedForCustomPrivateDNSZone", "user-assigned"},
	}
	for reason, c := range refused {
		t.Run(reason, func(t *testing.T) {
			got := w.arm("PUT", clusterPath(rg, "aks1"), vCluster2025, newCluster(c.change))
			if got.status != 400 || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want 400 %s with %q", got.status, got.text, c.code, c.text)
			}
		})
	}
	t.Run("all links exist", func(t *testing.T) {
		path := clusterPath(rg, "aks2")
		body := newCluster(func(_, p object) {
			p["networkProfile"] = flat
			first(p)["vnetSubnetID"], first(p)["podSubnetID"] = sub+vnet(rg, "here")+"/subnets/nodes", sub+vnet(rg, "HERE")+"/subnets/pods"
			p["addonProfiles"] = agent(sub + workspace(rg, "logs"))
			p["securityProfile"] = object{"defender": object{"logAnalyticsWorkspaceResourceId": sub + workspace(rg, "logs"), "securityMonitoring": object{"enabled": true}}}
		})
		w.poll(must(t, w.arm("PUT", path, vCluster2025, body), 201))
		w.poll(must(t, w.arm("PUT", path, vCluster2025, body), 200))
		pool := object{"properties": object{"vmSize": "x", "mode": "User"}}
		if got := w.arm("PUT", path+"/agentPools/user", vCluster2025, pool); got.status != 400 || !strings.Contains(got.message(), "All or none") {
			t.Errorf("a pool without a subnet in a cluster whose pools have one: %d %s", got.status, got.text)
		}
		pool["properties"].(object)["vnetSubnetID"] = sub + vnet(rg, "here") + "/subnets/none"
		if got := w.arm("PUT", path+"/agentPools/user", vCluster2025, pool); got.status != 400 || got.code() != "SubnetNotFound" {
			t.Errorf("a pool in a subnet that does not exist: %d %s", got.status, got.text)
		}
	})
}

// TestClusterLinksNeedPermission checks that a caller who may write clusters but not use the
// network gets ARM's refusal of the link.
func TestClusterLinksNeedPermission(t *testing.T) {
	w, rg := linked(t)
	token, principal := w.actAs(rg, "builder", "https://management.azure.com")
	must(t, w.arm("PUT", rg+"/providers/Microsoft.Authorization/roleAssignments/3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a11", vAssignment,
		assignment(w.sub(), "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8", principal)), 201)
	inSubnet := newCluster(func(_, p object) { first(p)["vnetSubnetID"] = w.sub() + vnet(rg, "here") + "/subnets/nodes" })
	got := w.armAs(token, "PUT", clusterPath(rg, "aks1"), vCluster2025, inSubnet)
	if got.status != 403 || got.code() != "LinkedAuthorizationFailed" || !strings.Contains(got.message(), "Microsoft.Network/virtualNetworks/subnets/join/action") {
		t.Errorf("a subnet that the caller may not join: %d %s", got.status, got.text)
	}
	must(t, w.arm("PUT", rg+"/providers/Microsoft.Authorization/roleAssignments/3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a12", vAssignment,
		assignment(w.sub(), "4d97b98b-1d4f-4787-a291-c67834d212e7", principal)), 201)
	w.poll(must(t, w.armAs(token, "PUT", clusterPath(rg, "aks1"), vCluster2025, inSubnet), 201))
}
