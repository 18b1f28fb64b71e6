package azure_test

import (
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

const privateDNSZoneContributor = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"

// server returns the URL of the API server in a kubeconfig.
func server(t *testing.T, kubeconfig string) string {
	t.Helper()
	config, err := clientcmd.Load([]byte(kubeconfig))
	if err != nil {
		t.Fatalf("kubeconfig: %v", err)
	}
	return config.Clusters[config.Contexts[config.CurrentContext].Cluster].Server
}

func TestPrivateCluster(t *testing.T) {
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks1")
	access := object{"enablePrivateCluster": true}
	body := newCluster(func(_, p object) { p["apiServerAccessProfile"] = access })
	w.poll(must(t, w.arm("PUT", path, vCluster2025, body), 201))
	got := must(t, w.arm("GET", path, vCluster2025, nil), 200)
	public, private := got.path("properties", "fqdn"), got.path("properties", "privateFQDN")
	if !strings.HasPrefix(private, "demo-") || !strings.HasSuffix(private, ".privatelink.westeurope.azmk8s.io") || !strings.HasSuffix(public, ".hcp.westeurope.azmk8s.io") {
		t.Errorf("public %q and private %q do not have the form of AKS", public, private)
	}
	if got.path("properties", "apiServerAccessProfile", "privateDNSZone") != "system" || !strings.Contains(got.text, `"enablePrivateClusterPublicFQDN":true`) {
		t.Errorf("defaults of a private cluster: %s", got.text)
	}
	if spec := w.runtime.only(t); spec.FQDN != private || spec.PublicFQDN != public {
		t.Errorf("the runtime has %s and %s", spec.FQDN, spec.PublicFQDN)
	}
	if at := server(t, w.credential(path, "listClusterUserCredential")); at != "https://"+private+":443" {
		t.Errorf("kubeconfig names %s", at)
	}
	if at := server(t, w.credential(path, "listClusterUserCredential?server-fqdn=public")); at != "https://"+public+":443" {
		t.Errorf("the public kubeconfig names %s", at)
	}

	access["enablePrivateClusterPublicFQDN"] = false
	w.poll(must(t, w.arm("PUT", path, vCluster2025, body), 200))
	got = must(t, w.arm("GET", path, vCluster2025, nil), 200)
	if got.path("properties", "fqdn") != "" || got.path("properties", "privateFQDN") != private {
		t.Errorf("without its public name: %s", got.text)
	}
	if spec := w.runtime.only(t); spec.FQDN != private || spec.PublicFQDN != "" {
		t.Errorf("the runtime has %s and %s", spec.FQDN, spec.PublicFQDN)
	}
	if got := w.arm("POST", path+"/listClusterUserCredential?server-fqdn=public", vCluster2025, nil); got.status != 400 || !strings.Contains(got.message(), "is disabled") {
		t.Errorf("a public kubeconfig without a public name: %d %s", got.status, got.text)
	}
	for reason, change := range map[string]object{
		"a private cluster cannot become public": {"enablePrivateCluster": false},
		"the private zone is immutable":          {"enablePrivateCluster": true, "privateDNSZone": "none"},
	} {
		body["properties"].(object)["apiServerAccessProfile"] = change
		if got := w.arm("PUT", path, vCluster2025, body); got.status != 400 || got.code() != "PropertyChangeNotAllowed" {
			t.Errorf("%s: %d %s", reason, got.status, got.text)
		}
	}
}

func TestPrivateClusterInACustomZone(t *testing.T) {
	w, rg := linked(t)
	control, controller := w.identity(rg, "id-control")
	in := func(name string) func(b, p object) {
		return func(b, p object) {
			b["identity"] = object{"type": "UserAssigned", "userAssignedIdentities": object{w.sub() + control: object{}}}
			p["apiServerAccessProfile"] = object{"enablePrivateCluster": true, "privateDNSZone": w.sub() + zone(rg, name)}
			delete(p, "dnsPrefix")
			p["fqdnSubdomain"] = "mine"
		}
	}
	refusals{
		"a zone that does not exist":         {in("private.westeurope.azmk8s.io"), "PrivateDNSZoneResourceNotFoundError", "could not be found"},
		"the zone of another region":         {in("privatelink.eastus.azmk8s.io"), "InvalidPrivateDNSZoneResourceID", "not 'privatelink.eastus.azmk8s.io'"},
		"a control plane without permission": {in("privatelink.westeurope.azmk8s.io"), "CustomPrivateDNSZoneMissingPermissionError", "Check access result not allowed for action Microsoft.Network/privateDnsZones/read."},
	}.run(t, w, rg)
	must(t, w.arm("PUT", rg+"/providers/Microsoft.Authorization/roleAssignments/3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a16", vAssignment,
		assignment(w.sub(), privateDNSZoneContributor, controller.path("properties", "principalId"))), 201)
	path := clusterPath(rg, "aks1")
	w.poll(must(t, w.arm("PUT", path, vCluster2025, newCluster(in("privatelink.westeurope.azmk8s.io"))), 201))
	if name := w.arm("GET", path, vCluster2025, nil).path("properties", "privateFQDN"); name != "mine.privatelink.westeurope.azmk8s.io" {
		t.Errorf("private name %q", name)
	}
}

func TestKubeconfigForms(t *testing.T) {
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks1")
	w.poll(must(t, w.arm("PUT", path, vCluster2025, newCluster(func(_, p object) { p["aadProfile"] = object{"managed": true} })), 201))
	for query, want := range map[string]int{"format=exec": 200, "format=azure": 400, "format=json": 400, "server-fqdn=public": 200, "server-fqdn=other": 400} {
		if got := w.arm("POST", path+"/listClusterUserCredential?"+query, vCluster2025, nil); got.status != want {
			t.Errorf("%s: %d %s", query, got.status, got.text)
		}
	}
}

func TestPrivateZones(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	const version = "2020-06-01"
	path := zone(rg, "privatelink.westeurope.azmk8s.io")
	must(t, w.arm("PUT", path, version, object{"location": "global"}), 201)
	must(t, w.arm("PUT", path, version, object{"location": "Global", "tags": object{"a": "b"}}), 200)
	if got := must(t, w.arm("GET", path, version, nil), 200); got.path("location") != "global" || got.path("tags", "a") != "b" || got.path("properties", "provisioningState") != "Succeeded" {
		t.Errorf("zone: %s", got.text)
	}
	for reason, c := range map[string]struct{ name, location string }{
		"a zone in a region":    {"privatelink.eastus.azmk8s.io", "eastus"},
		"a zone of one label":   {"local", "global"},
		"a label with a blank":  {"a%20b.c", "global"},
		"a label with a hyphen": {"-a.c", "global"},
	} {
		if got := w.arm("PUT", zone(rg, c.name), version, object{"location": c.location}); got.status != 400 {
			t.Errorf("%s: %d %s", reason, got.status, got.text)
		}
	}
	must(t, w.arm("DELETE", path, version, nil), 200)
	must(t, w.arm("GET", path, version, nil), 404)
}
