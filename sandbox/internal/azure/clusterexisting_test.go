package azure_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

// TestExistingClusterGetsAnIssuerLate checks a cluster whose issuer is enabled after creation, and
// whose issuer URL is shown with a delay.
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

// TestTwoClustersInParallel checks that two clusters can be created, changed and deleted in
// parallel, and share nothing.
func TestTwoClustersInParallel(t *testing.T) {
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
		<-held // both starts are in progress: neither waits for the other
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
		"issuer": {one.IssuerURL, two.IssuerURL}, "host name": {one.FQDN, two.FQDN}, "UID": {one.UID, two.UID}, "node group": {one.NodeResourceGroup, two.NodeResourceGroup},
	} {
		if pair[0] == pair[1] {
			t.Errorf("both clusters have the %s %s", what, pair[0])
		}
	}
	w.poll(must(t, w.arm("DELETE", both[0], vCluster2025, nil), 202))
	must(t, w.arm("GET", both[1], vCluster2025, nil), 200)
	if w.runtime.only(t).ResourceID != lowerGroup(w.sub()+both[1]) {
		t.Error("the other cluster was deleted, too")
	}
}

// TestPoolsAreCreatedInParallel checks that operations on different pools run in parallel, and that
// a second operation on the same pool, or on the cluster, is refused.
func TestPoolsAreCreatedInParallel(t *testing.T) {
	w := newWorld(t, quiet)
	path := w.cluster(w.group("rg"), "aks1")
	hold, held := make(chan struct{}), make(chan struct{}, 10)
	w.runtime.set(func(f *fakeRuntime) { f.hold, f.held = hold, held })
	body := object{"properties": object{"vmSize": "Standard_D2s_v5", "mode": "User", "count": 1}}
	put := func(name string) reply { return w.arm("PUT", path+"/agentPools/"+name, vCluster2025, body) }
	one := must(t, put("one"), 201)
	<-held
	two := must(t, put("two"), 201)
	if got := put("one"); got.status != 409 || !strings.Contains(got.message(), "Another agentpool operation (one - Creating) is in progress") {
		t.Errorf("a pool that is being created: %d %s", got.status, got.text)
	}
	if got := w.arm("PUT", path, vCluster2025, newCluster(nil)); got.status != 409 || !strings.Contains(got.message(), "Another operation (Creating) is in progress on agent pool (one)") {
		t.Errorf("its cluster: %d %s", got.status, got.text)
	}
	close(hold)
	for _, started := range []reply{one, two} {
		if done := w.poll(started); done.path("status") != "Succeeded" {
			t.Fatalf("ended %s", done.text)
		}
	}
	if n := len(w.runtime.only(t).Pools); n != 3 {
		t.Errorf("the runtime has %d pools", n)
	}
	deleted := []reply{
		must(t, w.arm("DELETE", path+"/agentPools/one", vCluster2025, nil), 202),
		must(t, w.arm("DELETE", path+"/agentPools/two", vCluster2025, nil), 202),
	}
	for _, started := range deleted {
		if done := w.poll(started); done.path("status") != "Succeeded" {
			t.Fatalf("ended %s", done.text)
		}
	}
	w.poll(must(t, w.arm("PUT", path, vCluster2025, newCluster(nil)), 200))
	if n := len(w.runtime.only(t).Pools); n != 1 {
		t.Errorf("the runtime has %d pools after their deletion", n)
	}
}
