package azure_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

// A cluster of before: without an issuer, which is switched on later and whose URL comes a while after.
func TestExistingClusterGetsAnIssuerLate(t *testing.T) {
	profile := quiet
	profile.IssuerURLDelay = time.Minute
	w := newWorld(t, profile)
	path := clusterPath(w.group("rg"), "old")
	old := newCluster(func(_, p object) {
		delete(p, "oidcIssuerProfile")
		p["kubernetesVersion"] = "1.33"
	})
	w.poll(must(t, w.arm("PUT", path, vCluster, old), 201))
	issuer := func() any {
		return w.arm("GET", path, vCluster2025, nil).body["properties"].(map[string]any)["oidcIssuerProfile"]
	}
	if diff := cmp.Diff(map[string]any{"enabled": false}, issuer()); diff != "" {
		t.Errorf("before (-want +got):\n%s", diff)
	}
	old["properties"].(object)["oidcIssuerProfile"] = object{"enabled": true}
	w.poll(must(t, w.arm("PUT", path, vCluster2025, old), 200))
	if diff := cmp.Diff(map[string]any{"enabled": true}, issuer()); diff != "" {
		t.Errorf("right after (-want +got):\n%s", diff)
	}
	w.clock.advance(2 * time.Minute)
	if diff := cmp.Diff(map[string]any{"enabled": true, "issuerURL": w.runtime.only(t).IssuerURL}, issuer()); diff != "" {
		t.Errorf("later (-want +got):\n%s", diff)
	}
}

// Two clusters are created, changed and deleted side by side, and share nothing.
func TestTwoClustersAtOnce(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	both := []string{clusterPath(rg, "one"), clusterPath(rg, "two")}
	held := make(chan struct{}, len(both))
	hold := make(chan struct{})
	w.runtime.set(func(f *fakeRuntime) { f.hold, f.held = hold, held })
	var created []reply
	for _, path := range both {
		created = append(created, must(t, w.arm("PUT", path, vCluster2025, newCluster(nil)), 201))
	}
	for range both {
		<-held // both starts are under way: neither waits for the other
	}
	close(hold)
	w.runtime.set(func(f *fakeRuntime) { f.hold = nil })
	for i, path := range both {
		if done := w.poll(created[i]); done.path("status") != "Succeeded" {
			t.Fatalf("%s ended %s", path, done.text)
		}
	}
	var specs []azure.ClusterSpec
	w.runtime.set(func(f *fakeRuntime) {
		for _, s := range f.started {
			specs = append(specs, s)
		}
	})
	if len(specs) != 2 {
		t.Fatalf("%d clusters run", len(specs))
	}
	one, two := specs[0], specs[1]
	for what, pair := range map[string][2]string{
		"issuer": {one.IssuerURL, two.IssuerURL}, "host name": {one.FQDN, two.FQDN}, "life": {one.UID, two.UID}, "node group": {one.NodeResourceGroup, two.NodeResourceGroup},
	} {
		if pair[0] == pair[1] {
			t.Errorf("both clusters have the %s %s", what, pair[0])
		}
	}
	w.poll(must(t, w.arm("DELETE", both[0], vCluster2025, nil), 202))
	must(t, w.arm("GET", both[1], vCluster2025, nil), 200)
	if w.runtime.only(t).ResourceID != w.sub()+both[1] {
		t.Error("the other cluster went")
	}
}
