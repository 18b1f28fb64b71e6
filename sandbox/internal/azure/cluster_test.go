package azure_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

func clusterPath(group, name string) string {
	return group + "/providers/Microsoft.ContainerService/managedClusters/" + name
}

// newCluster returns the body of a plain cluster, whose properties change may alter.
func newCluster(change func(body, properties object)) object {
	p := object{
		"dnsPrefix":         "demo",
		"oidcIssuerProfile": object{"enabled": true},
		"agentPoolProfiles": []object{{"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}},
	}
	body := object{"location": "westeurope", "identity": object{"type": "SystemAssigned"}, "properties": p}
	if change != nil {
		change(body, p)
	}
	return body
}

// lowerGroup returns an ID of AKS, in which "resourcegroups" is lower case.
func lowerGroup(id string) string {
	return strings.Replace(id, "/resourceGroups/", "/resourcegroups/", 1)
}

func (w *world) cluster(group, name string) string {
	w.t.Helper()
	path := clusterPath(group, name)
	must(w.t, w.poll(must(w.t, w.arm("PUT", path, vCluster, newCluster(nil)), 201)), 200)
	return path
}

func TestClusterLife(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg-c")
	path := clusterPath(rg, "aks1")
	hold := make(chan struct{})
	w.runtime.set(func(f *fakeRuntime) { f.hold = hold })

	created := must(t, w.arm("PUT", path, vCluster, newCluster(nil)), 201)
	if got := created.path("properties", "provisioningState"); got != "Creating" {
		t.Errorf("state after PUT %q, want Creating", got)
	}
	if got := created.path("properties", "oidcIssuerProfile", "issuerURL"); got == "" {
		t.Error("AKS shows the issuer's URL while it creates the cluster")
	}
	busy := w.arm("PUT", path, vCluster, newCluster(nil))
	if busy.status != 409 || busy.code() != "OperationNotAllowed" || !strings.Contains(busy.message(), "Another operation (Creating) is in progress") {
		t.Errorf("PUT during the operation: %d %s", busy.status, busy.text)
	}
	must(t, w.arm("POST", path+"/listClusterUserCredential", vCluster, nil), 404)
	close(hold)
	if done := w.poll(created); done.path("status") != "Succeeded" {
		t.Fatalf("operation ended %s", done.text)
	}

	got := must(t, w.arm("GET", path, vCluster, nil), 200)
	spec := w.runtime.only(t)
	issuer := got.path("properties", "oidcIssuerProfile", "issuerURL")
	if want := "https://westeurope.oic.prod-aks.azure.com/" + w.azure.Account().TenantID + "/"; !strings.HasPrefix(issuer, want) || !strings.HasSuffix(issuer, "/") || issuer == want {
		t.Errorf("issuer %q does not have the form of AKS", issuer)
	}
	want := azure.ClusterSpec{
		UID: spec.UID, ResourceID: lowerGroup(w.sub() + path), Name: "aks1", ResourceGroup: "rg-c", NodeResourceGroup: "MC_rg-c_aks1_westeurope", Location: "westeurope",
		TenantID: w.azure.Account().TenantID, KubernetesVersion: "1.34.4", IssuerURL: issuer, FQDN: got.path("properties", "fqdn"),
		ServiceRange: "10.0.0.0/16", PodRange: "10.244.0.0/16",
		Pools: []azure.PoolSpec{{Name: "system", Mode: "System", OSType: "Linux", VMSize: "Standard_D2s_v5", Count: 1, MaxPods: 250}},
	}
	if diff := cmp.Diff(want, spec); diff != "" {
		t.Errorf("spec for the runtime (-want +got):\n%s", diff)
	}
	if fqdn := spec.FQDN; !strings.HasPrefix(fqdn, "demo-") || !strings.HasSuffix(fqdn, ".hcp.westeurope.azmk8s.io") {
		t.Errorf("FQDN %q does not have the form of AKS", fqdn)
	}
	kubelet := got.body["properties"].(map[string]any)["identityProfile"].(map[string]any)["kubeletidentity"].(map[string]any)
	if id := kubelet["resourceId"].(string); !strings.HasPrefix(id, w.sub()+"/resourcegroups/MC_rg-c_aks1_westeurope/") {
		t.Errorf("kubelet identity %q is not in the node resource group", id)
	}
	node := must(t, w.arm("GET", "/resourceGroups/MC_rg-c_aks1_westeurope", vGroup, nil), 200)
	if node.path("managedBy") != lowerGroup(w.sub()+path) {
		t.Errorf("node resource group is managed by %q", node.path("managedBy"))
	}
	credentials := must(t, w.arm("POST", path+"/listClusterAdminCredential", vCluster, nil), 200)
	if !strings.Contains(credentials.text, `"clusterAdmin"`) {
		t.Errorf("admin credential: %s", credentials.text)
	}

	gone := w.poll(must(t, w.arm("DELETE", path, vCluster, nil), 202))
	if gone.path("status") != "Succeeded" {
		t.Fatalf("deletion ended %s", gone.text)
	}
	must(t, w.arm("GET", path, vCluster, nil), 404)
	must(t, w.arm("GET", "/resourceGroups/MC_rg-c_aks1_westeurope", vGroup, nil), 404)
	must(t, w.arm("DELETE", path, vCluster, nil), 204)
	if diff := cmp.Diff([]string{spec.UID}, w.runtime.deleted); diff != "" {
		t.Errorf("what the runtime deleted (-want +got):\n%s", diff)
	}
}

func TestClusterCreateIsRefused(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg-r")
	pool := func(change func(object)) func(body, p object) {
		return func(_, p object) { change(p["agentPoolProfiles"].([]object)[0]) }
	}
	cases := map[string]struct {
		name   string // "" for a valid one
		change func(body, p object)
		code   string
		text   string
	}{
		"cluster name with a dot":                               {"a.b", nil, "InvalidParameter", "resourceName"},
		"neither dnsPrefix nor fqdnSubdomain":                   {"", func(_, p object) { delete(p, "dnsPrefix") }, "InvalidParameter", "dnsPrefix is missing"},
		"dnsPrefix that ends with a hyphen":                     {"", func(_, p object) { p["dnsPrefix"] = "demo-" }, "InvalidParameter", "DNS prefix 'demo-'"},
		"fqdnSubdomain on a public cluster":                     {"", func(_, p object) { delete(p, "dnsPrefix"); p["fqdnSubdomain"] = "x" }, "InvalidParameter", "private"},
		"Kubernetes version that is no longer supported":        {"", func(_, p object) { p["kubernetesVersion"] = "1.19.0" }, "K8sVersionNotSupported", "Managed cluster aks1 is on version 1.19.0 which is not supported in this region"},
		"Kubernetes version that does not exist yet":            {"", func(_, p object) { p["kubernetesVersion"] = "1.34.99" }, "K8sVersionNotSupported", "1.34.99"},
		"text that is not a Kubernetes version":                 {"", func(_, p object) { p["kubernetesVersion"] = "latest" }, "InvalidParameter", "latest"},
		"no pool":                                               {"", func(_, p object) { delete(p, "agentPoolProfiles") }, "InvalidParameter", "agentPoolProfiles is missing"},
		"no System pool":                                        {"", pool(func(p object) { p["mode"] = "User" }), "InvalidParameter", "at least one system pool"},
		"pool name with a capital":                              {"", pool(func(p object) { p["name"] = "Sys" }), "InvalidParameter", "'Sys' does not match"},
		"pool name of 13 characters":                            {"", pool(func(p object) { p["name"] = "abcdefghijklm" }), "InvalidParameter", "abcdefghijklm"},
		"Windows pool name of 7 characters":                     {"", pool(func(p object) { p["name"], p["osType"], p["mode"] = "windows", "Windows", "User" }), "InvalidParameter", "Windows pool"},
		"System pool on Windows":                                {"", pool(func(p object) { p["name"], p["osType"] = "win", "Windows" }), "InvalidParameter", "must run Linux"},
		"System pool without nodes":                             {"", pool(func(p object) { p["count"] = 0 }), "InvalidParameter", "0 nodes"},
		"pool without size":                                     {"", pool(func(p object) { delete(p, "vmSize") }), "InvalidParameter", "vmSize"},
		"a pool with an unknown behaviour of undrainable nodes": {"", pool(func(p object) { p["upgradeSettings"] = object{"undrainableNodeBehavior": "Kill"} }), "InvalidRequestContent", "undrainableNodeBehavior"},
		"the managed Prometheus":                                {"", func(_, p object) { p["azureMonitorProfile"] = object{"metrics": object{"enabled": true}} }, "InvalidParameter", "Prometheus"},
		"the analysis of costs":                                 {"", func(_, p object) { p["metricsProfile"] = object{"costAnalysis": object{"enabled": true}} }, "InvalidRequestContent", "metricsProfile"},
		"autoscaling without range":                             {"", pool(func(p object) { p["enableAutoScaling"] = true }), "InvalidParameter", "minCount and maxCount"},
		"neither identity nor service principal":                {"", func(b, _ object) { delete(b, "identity") }, "InvalidParameter", "servicePrincipalProfile is missing"},
		"both identity and service principal": {"", func(_, p object) {
			p["servicePrincipalProfile"] = object{"clientId": w.azure.Account().Deployer.ClientID}
		}, "BadRequest", "either a managed identity or a service principal"},
		"service principal that does not exist": {"", func(b, p object) {
			delete(b, "identity")
			p["servicePrincipalProfile"] = object{"clientId": "11111111-1111-1111-1111-111111111111"}
		}, "ServicePrincipalNotFound", "not found in Active Directory"},
		"user-assigned identity that does not exist": {"", func(b, _ object) {
			b["identity"] = object{"type": "UserAssigned", "userAssignedIdentities": object{w.sub() + rg + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/none": object{}}}
		}, "FailedIdentityOperation", "was not found"},
		"workload identity with the issuer disabled": {"", func(_, p object) {
			p["oidcIssuerProfile"] = object{"enabled": false}
			p["securityProfile"] = object{"workloadIdentity": object{"enabled": true}}
		}, "BadRequest", "requires enabling OIDC issuer"},
		"local accounts disabled without Entra": {"", func(_, p object) { p["disableLocalAccounts"] = true }, "BadRequest", "Disabling local accounts"},
		"unknown network plugin":                {"", func(_, p object) { p["networkProfile"] = object{"networkPlugin": "flannel"} }, "InvalidParameter", "flannel"},
		"overlay without Azure CNI": {"", func(_, p object) {
			p["networkProfile"] = object{"networkPlugin": "kubenet", "networkPluginMode": "overlay"}
		}, "InvalidParameter", "overlay"},
		"DNS address outside the service range": {"", func(_, p object) {
			p["networkProfile"] = object{"serviceCidr": "10.1.0.0/16", "dnsServiceIP": "10.2.0.10"}
		}, "InvalidParameter", "10.2.0.10"},
		"DNS address of the API server": {"", func(_, p object) {
			p["networkProfile"] = object{"serviceCidr": "10.1.0.0/16", "dnsServiceIP": "10.1.0.1"}
		}, "InvalidParameter", "10.1.0.1"},
		"pods and services overlap":                  {"", func(_, p object) { p["networkProfile"] = object{"networkPlugin": "kubenet", "podCidr": "10.0.0.0/8"} }, "PodCidrOverlapServiceCidr", "overlaps"},
		"unknown property":                           {"", func(_, p object) { p["oidcIssuer"] = true }, "InvalidRequestContent", "properties.oidcIssuer"},
		"unknown property deep inside":               {"", pool(func(p object) { p["vmsize2"] = "x" }), "InvalidRequestContent", "properties.agentPoolProfiles[0].vmsize2"},
		"wrong type":                                 {"", pool(func(p object) { p["count"] = "three" }), "UnmarshalError", "count"},
		"supportPlan that does not exist":            {"", func(_, p object) { p["supportPlan"] = "Gold" }, "InvalidParameter", "Gold"},
		"publicNetworkAccess that does not exist":    {"", func(_, p object) { p["publicNetworkAccess"] = "Maybe" }, "InvalidParameter", "Maybe"},
		"upgradeChannel that does not exist":         {"", func(_, p object) { p["autoUpgradeProfile"] = object{"upgradeChannel": "yearly"} }, "InvalidParameter", "yearly"},
		"add-on that does not exist":                 {"", func(_, p object) { p["addonProfiles"] = object{"coffee": object{"enabled": true}} }, "InvalidParameter", "coffee"},
		"autoscaler setting that does not exist":     {"", func(_, p object) { p["autoScalerProfile"] = object{"scan-intervall": "10s"} }, "InvalidRequestContent", "scan-intervall"},
		"expander that does not exist":               {"", func(_, p object) { p["autoScalerProfile"] = object{"expander": "best"} }, "InvalidParameter", "'best'"},
		"osSKU that does not exist":                  {"", pool(func(p object) { p["osSKU"] = "Odd" }), "InvalidParameter", "osSKU"},
		"osDiskType that does not exist":             {"", pool(func(p object) { p["osDiskType"] = "Odd" }), "InvalidParameter", "osDiskType"},
		"kubeletDiskType that does not exist":        {"", pool(func(p object) { p["kubeletDiskType"] = "Odd" }), "InvalidParameter", "kubeletDiskType"},
		"scaleSetPriority that does not exist":       {"", pool(func(p object) { p["scaleSetPriority"] = "Odd" }), "InvalidParameter", "scaleSetPriority"},
		"scaleSetEvictionPolicy that does not exist": {"", pool(func(p object) { p["scaleSetEvictionPolicy"] = "Odd" }), "InvalidParameter", "scaleSetEvictionPolicy"},
		"scaleDownMode that does not exist":          {"", pool(func(p object) { p["scaleDownMode"] = "Odd" }), "InvalidParameter", "scaleDownMode"},
		"workloadRuntime that does not exist":        {"", pool(func(p object) { p["workloadRuntime"] = "Odd" }), "InvalidParameter", "workloadRuntime"},
		"Windows on a Linux pool":                    {"", pool(func(p object) { p["osType"], p["osSKU"] = "Linux", "Windows2022" }), "InvalidParameter", "Windows2022"},
		"pool newer than its control plane": {"", func(_, p object) {
			p["kubernetesVersion"], p["agentPoolProfiles"].([]object)[0]["orchestratorVersion"] = "1.33", "1.34"
		}, "NodePoolMcVersionIncompatible", "Node pool version 1.34 and control plane version 1.33"},
		"location that does not exist": {"", func(b, _ object) { b["location"] = "atlantis" }, "LocationNotAvailableForResourceType", "atlantis"},
		"no location":                  {"", func(b, _ object) { delete(b, "location") }, "LocationRequired", "location property is required"},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			name := c.name
			if name == "" {
				name = "aks1"
			}
			got := w.arm("PUT", clusterPath(rg, name), vCluster, newCluster(c.change))
			if got.status != 400 || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want 400 %s with %q", got.status, got.text, c.code, c.text)
			}
			must(t, w.arm("GET", clusterPath(rg, name), vCluster, nil), 404)
		})
	}
}

func TestClusterChange(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg-u")
	path := w.cluster(rg, "aks1")
	issuer := w.runtime.only(t).IssuerURL
	network := func(k, v string) func(_, p object) {
		return func(_, p object) { p["networkProfile"] = object{k: v} }
	}
	refused := map[string]struct {
		change func(body, p object)
		status int
		code   string
		text   string
	}{
		"the issuer cannot be disabled":    {func(_, p object) { p["oidcIssuerProfile"] = object{"enabled": false} }, 400, "OIDCIssuerFeatureCannotBeDisabled", "OIDC issuer feature cannot be disabled."},
		"dnsPrefix is immutable":           {func(_, p object) { p["dnsPrefix"] = "other" }, 400, "PropertyChangeNotAllowed", "Changing property 'dnsPrefix' is not allowed."},
		"node resource group is immutable": {func(_, p object) { p["nodeResourceGroup"] = "x" }, 400, "PropertyChangeNotAllowed", "Changing property 'nodeResourceGroup' is not allowed."},
		"service range is immutable":       {network("serviceCidr", "10.9.0.0/16"), 400, "PropertyChangeNotAllowed", "networkProfile.serviceCidr"},
		"DNS address is immutable":         {network("dnsServiceIP", "10.0.0.11"), 400, "PropertyChangeNotAllowed", "networkProfile.dnsServiceIP"},
		"pod range is immutable":           {network("podCidr", "10.245.0.0/16"), 400, "PropertyChangeNotAllowed", "networkProfile.podCidr"},
		"network plugin is immutable":      {network("networkPlugin", "kubenet"), 400, "PropertyChangeNotAllowed", "networkProfile.networkPlugin"},
		"load balancer is immutable":       {network("loadBalancerSku", "basic"), 400, "PropertyChangeNotAllowed", "networkProfile.loadBalancerSku"},
		"RBAC is immutable":                {func(_, p object) { p["enableRBAC"] = false }, 400, "PropertyChangeNotAllowed", "enableRBAC"},
		"location is immutable":            {func(b, _ object) { b["location"] = "northeurope" }, 409, "InvalidResourceLocation", "already exists in location 'westeurope'"},
		"a pool's size is immutable":       {func(_, p object) { p["agentPoolProfiles"].([]object)[0]["vmSize"] = "Standard_D4s_v5" }, 400, "PropertyChangeNotAllowed", "properties.vmSize"},
		"a pool cannot be added this way": {func(_, p object) {
			p["agentPoolProfiles"] = append(p["agentPoolProfiles"].([]object), object{"name": "user", "mode": "User", "vmSize": "x"})
		}, 400, "BadRequest", "A new agent pool was introduced."},
		"the nodes' administrator is immutable": {func(_, p object) { p["linuxProfile"] = object{"adminUsername": "root"} }, 400, "PropertyChangeNotAllowed", "linuxProfile"},
		"Windows nodes cannot be added later":   {func(_, p object) { p["windowsProfile"] = object{"adminUsername": "me"} }, 400, "PropertyChangeNotAllowed", "windowsProfile"},
		"the kubelet's identity is immutable": {func(_, p object) {
			p["identityProfile"] = object{"kubeletidentity": object{"clientId": "11111111-1111-1111-1111-111111111111"}}
		}, 400, "PropertyChangeNotAllowed", "identityProfile"},
		"a public cluster cannot become private":         {func(_, p object) { p["apiServerAccessProfile"] = object{"enablePrivateCluster": true} }, 400, "PropertyChangeNotAllowed", "enablePrivateCluster"},
		"a minor version cannot be downgraded":           {func(_, p object) { p["kubernetesVersion"] = "1.33" }, 400, "OperationNotAllowed", "Upgrading Kubernetes version 1.34 to 1.33 is not allowed"},
		"the last system pool cannot become a user pool": {func(_, p object) { p["agentPoolProfiles"].([]object)[0]["mode"] = "User" }, 400, "InvalidParameter", "at least one system pool"},
	}
	for reason, c := range refused {
		t.Run(reason, func(t *testing.T) {
			got := w.arm("PUT", path, vCluster, newCluster(c.change))
			if got.status != c.status || got.code() != c.code || !strings.Contains(got.message(), c.text) {
				t.Errorf("got %d %s, want %d %s with %q", got.status, got.text, c.status, c.code, c.text)
			}
		})
	}
	t.Run("omitted values are kept, and the add-on can be enabled", func(t *testing.T) {
		got := must(t, w.arm("PUT", path, vCluster, newCluster(func(_, p object) {
			delete(p, "oidcIssuerProfile")
			p["securityProfile"] = object{"workloadIdentity": object{"enabled": true}}
			p["agentPoolProfiles"].([]object)[0]["count"] = 3
		})), 200)
		if state := got.path("properties", "provisioningState"); state != "Updating" {
			t.Errorf("state %q, want Updating", state)
		}
		if url := got.path("properties", "oidcIssuerProfile", "issuerURL"); url != issuer {
			t.Errorf("issuer while updating %q, want %q", url, issuer)
		}
		w.poll(got)
		spec := w.runtime.only(t)
		if !spec.WorkloadIdentityAddon || spec.IssuerURL != issuer || spec.Pools[0].Count != 3 {
			t.Errorf("spec for the runtime: %+v", spec)
		}
	})
	t.Run("the body of a GET can be sent back", func(t *testing.T) {
		read := must(t, w.arm("GET", path, vCluster, nil), 200)
		if got := w.poll(must(t, w.arm("PUT", path, vCluster, read.body), 200)); got.path("status") != "Succeeded" {
			t.Errorf("ended %s", got.text)
		}
	})
}

// TestClusterOfAz creates a cluster with the body that azure-cli 2.90.0 sends for `az aks create`
// with the defaults.
func TestClusterOfAz(t *testing.T) {
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks")
	body := object{"location": "westeurope", "identity": object{"type": "SystemAssigned"}, "sku": object{"name": "Base", "tier": "Free"}, "properties": object{
		"agentPoolProfiles": []object{{
			"name": "nodepool1", "orchestratorVersion": "", "vmSize": "", "osType": "Linux", "enableNodePublicIP": false, "count": 3,
			"enableAutoScaling": false, "scaleSetPriority": "Regular", "nodeTaints": []string{}, "upgradeSettings": object{},
			"type": "VirtualMachineScaleSets", "enableEncryptionAtHost": false, "enableUltraSSD": false, "enableFIPS": false, "mode": "System",
		}},
		"kubernetesVersion": "", "dnsPrefix": "aks-rg-12345", "disableLocalAccounts": false, "enableRBAC": true,
		"linuxProfile":   object{"adminUsername": "azureuser", "ssh": object{"publicKeys": []object{{"keyData": "ssh-rsa AAAA"}}}},
		"networkProfile": object{"loadBalancerSku": "standard", "outboundType": "loadBalancer"}, "addonProfiles": object{},
		"oidcIssuerProfile": object{"enabled": true}, "securityProfile": object{"workloadIdentity": object{"enabled": true}},
		"storageProfile": object{}, "bootstrapProfile": object{"artifactSource": "Direct"},
	}}
	w.poll(must(t, w.arm("PUT", path, "2026-05-01", body), 201))
	got := must(t, w.arm("GET", path, "2026-05-01", nil), 200)
	p := got.body["properties"].(map[string]any)
	pool := p["agentPoolProfiles"].([]any)[0].(map[string]any)
	if pool["vmSize"] == "" || pool["vmSize"] == nil || pool["count"] != 3.0 {
		t.Errorf("the pool has a size that AKS chose, and three nodes: %v", pool)
	}
	if diff := cmp.Diff(map[string]any{"artifactSource": "Direct"}, p["bootstrapProfile"]); diff != "" {
		t.Errorf("bootstrapProfile (-want +got)\n%s", diff)
	}
	drivers := map[string]any{"diskCSIDriver": map[string]any{"enabled": true}, "fileCSIDriver": map[string]any{"enabled": true}, "snapshotController": map[string]any{"enabled": true}}
	if diff := cmp.Diff(drivers, p["storageProfile"]); diff != "" {
		t.Errorf("storageProfile (-want +got)\n%s", diff)
	}
	w.poll(must(t, w.arm("PUT", path, "2026-05-01", got.body), 200))
}
