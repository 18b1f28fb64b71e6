package azure_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

func TestStateSurvivesARestart(t *testing.T) {
	w := newWorld(t, quiet)
	before := w.azure.Account()
	path := w.cluster(w.group("rg"), "aks1")
	cluster := w.arm("GET", path, vCluster, nil)
	spec := w.runtime.only(t)
	token := w.token("https://management.azure.com")

	w.runtime = newFakeRuntime()
	w.restart()
	if diff := cmp.Diff(before, w.azure.Account()); diff != "" {
		t.Errorf("account (-before +after):\n%s", diff)
	}
	if err := w.azure.Resume(context.Background()); err != nil {
		t.Fatalf("Resume: %v", err)
	}
	if diff := cmp.Diff(spec, w.runtime.only(t)); diff != "" {
		t.Errorf("spec for the runtime (-before +after):\n%s", diff)
	}
	after := must(t, w.armAs(token, "GET", path, vCluster, nil), 200)
	if diff := cmp.Diff(cluster.body, after.body); diff != "" {
		t.Errorf("cluster (-before +after):\n%s", diff)
	}
	info, err := os.Stat(filepath.Join(w.dir, "azure.db"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("state file: %v %v", info.Mode(), err)
	}
}

func TestStateIsHeldByOneProcess(t *testing.T) {
	w := newWorld(t, quiet)
	_, err := azure.Open(context.Background(), azure.Options{Dir: w.dir, Clusters: w.runtime, HTTP: w.client()})
	if err == nil || !strings.Contains(err.Error(), "held by another process") {
		t.Errorf("second Open: %v", err)
	}
}

// TestResumeFinishesACreation checks that an operation continues after the daemon ended in the
// middle of it.
func TestResumeFinishesACreation(t *testing.T) {
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks1")
	w.runtime.set(func(f *fakeRuntime) { f.hold = make(chan struct{}) })
	start := must(t, w.arm("PUT", path, vCluster, newCluster(nil)), 201)
	w.runtime = newFakeRuntime()
	w.restart()
	if got := w.arm("GET", path, vCluster, nil).path("properties", "provisioningState"); got != "Creating" {
		t.Fatalf("after the restart the cluster is %q, want Creating", got)
	}
	if err := w.azure.Resume(context.Background()); err != nil {
		t.Fatalf("Resume: %v", err)
	}
	if got := w.poll(start); got.path("status") != "Succeeded" {
		t.Errorf("the operation of the first daemon ended %s", got.text)
	}
	if got := w.arm("GET", path, vCluster, nil).path("properties", "provisioningState"); got != "Succeeded" {
		t.Errorf("state %q, want Succeeded", got)
	}
	w.runtime.only(t)
}

func TestResumeFinishesADeletion(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	w.cluster(rg, "aks1")
	uid := w.runtime.only(t).UID
	// A Delete that blocks until the daemon ends is an interrupted deletion.
	w.runtime.set(func(f *fakeRuntime) { f.holdDelete = true })
	start := must(t, w.arm("DELETE", rg, vGroup, nil), 202)
	if got := w.arm("PUT", rg, vGroup, object{"location": "westeurope"}); got.status != 409 || got.code() != "ResourceGroupBeingDeleted" {
		t.Errorf("PUT of a group that is being deleted: %d %s", got.status, got.text)
	}
	w.runtime = newFakeRuntime()
	w.restart()
	if err := w.azure.Resume(context.Background()); err != nil {
		t.Fatalf("Resume: %v", err)
	}
	w.poll(start)
	must(t, w.arm("GET", rg, vGroup, nil), 404)
	if diff := cmp.Diff([]string{uid}, w.runtime.deleted[:1]); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
}

func TestResumeNamesTheClusterThatDoesNotStart(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	w.cluster(rg, "aks1")
	w.runtime = newFakeRuntime()
	w.runtime.fail = errors.New("no port")
	w.restart()
	err := w.azure.Resume(context.Background())
	if err == nil || !strings.Contains(err.Error(), "aks1") || !strings.Contains(err.Error(), "no port") {
		t.Errorf("Resume: %v", err)
	}
	must(t, w.arm("GET", rg, vGroup, nil), 200)
}

// TestResumeStoresWhatDoesNotStartAsFailed checks that a cluster that Resume could not start is
// stored in a state that a client can change.
func TestResumeStoresWhatDoesNotStartAsFailed(t *testing.T) {
	state := func(w *world, path string) string {
		return w.arm("GET", path, vCluster, nil).path("properties", "provisioningState")
	}
	cases := map[string]func(t *testing.T, w *world, path string){
		"it can be deleted": func(t *testing.T, w *world, path string) {
			if got := w.poll(must(t, w.arm("DELETE", path, vCluster, nil), 202)); got.path("status") != "Succeeded" {
				t.Errorf("deletion ended %s", got.text)
			}
			must(t, w.arm("GET", path, vCluster, nil), 404)
		},
		"it can be PUT again": func(t *testing.T, w *world, path string) {
			w.runtime.set(func(f *fakeRuntime) { f.refuse = nil })
			if got := w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(nil)), 200)); got.path("status") != "Succeeded" {
				t.Errorf("PUT ended %s", got.text)
			}
		},
		"the next daemon starts it, because it was ready before": func(t *testing.T, w *world, path string) {
			w.runtime = newFakeRuntime()
			w.restart()
			if err := w.azure.Resume(t.Context()); err != nil {
				t.Fatalf("Resume: %v", err)
			}
			if got := state(w, path); got != "Succeeded" {
				t.Errorf("state %q, want Succeeded", got)
			}
		},
	}
	for reason, then := range cases {
		t.Run(reason, func(t *testing.T) {
			w := newWorld(t, quiet)
			rg := w.group("rg")
			bad, good := w.cluster(rg, "bad"), w.cluster(rg, "good")
			w.runtime = newFakeRuntime()
			w.runtime.refuse = map[string]error{"bad": errors.New("no port")}
			w.restart()
			if err := w.azure.Resume(t.Context()); err == nil || !strings.Contains(err.Error(), "start cluster bad again: no port") || strings.Contains(err.Error(), "good") {
				t.Errorf("Resume: %v", err)
			}
			if !strings.Contains(w.log.String(), "no port") {
				t.Error("the reason is not in the log")
			}
			if b, g := state(w, bad), state(w, good); b != "Failed" || g != "Succeeded" {
				t.Errorf("states %q and %q, want Failed and Succeeded", b, g)
			}
			then(t, w, bad)
		})
	}
}

// TestResumeLeavesAFailedCreationAlone checks that Resume does not start a cluster that was never
// ready: its creation has failed.
func TestResumeLeavesAFailedCreationAlone(t *testing.T) {
	w := newWorld(t, quiet)
	path := clusterPath(w.group("rg"), "aks1")
	w.runtime.set(func(f *fakeRuntime) { f.fail = errors.New("no port") })
	w.poll(must(t, w.arm("PUT", path, vCluster, newCluster(nil)), 201))
	w.runtime = newFakeRuntime()
	w.restart()
	if err := w.azure.Resume(t.Context()); err != nil || w.runtime.starts != 0 {
		t.Errorf("Resume: %v after %d starts, want none", err, w.runtime.starts)
	}
}

// TestDeletionInterruptsResume checks that a deletion interrupts the start of a cluster by Resume,
// and that this is no error. The second Resume waits until the first has ended; it must not start
// the deleted cluster again.
func TestDeletionInterruptsResume(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	path := w.cluster(rg, "aks1")
	w.runtime = newFakeRuntime()
	w.runtime.hold = make(chan struct{})
	w.runtime.held = make(chan struct{}, 1)
	w.restart()
	resumed := make(chan error, 2)
	for range 2 {
		go func() { resumed <- w.azure.Resume(context.Background()) }()
	}
	<-w.runtime.held
	w.poll(must(t, w.arm("DELETE", path, vCluster, nil), 202))
	for range 2 {
		if err := <-resumed; err != nil {
			t.Errorf("Resume: %v", err)
		}
	}
	must(t, w.arm("GET", path, vCluster, nil), 404)
	if len(w.runtime.started) != 0 {
		t.Errorf("running: %v", w.runtime.started)
	}
}

// TestDeletionInterruptsCreation checks that a group can be deleted while a cluster in it is being
// created.
func TestDeletionInterruptsCreation(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	path := clusterPath(rg, "aks1")
	w.runtime.set(func(f *fakeRuntime) { f.hold = make(chan struct{}) })
	created := must(t, w.arm("PUT", path, vCluster, newCluster(nil)), 201)
	w.poll(must(t, w.arm("DELETE", rg, vGroup, nil), 202))
	if got := w.poll(created); got.path("status") != "Canceled" || got.code() != "OperationPreempted" {
		t.Errorf("the interrupted creation ended %s", got.text)
	}
	must(t, w.arm("GET", rg, vGroup, nil), 404)
	all, err := w.azure.Resources(t.Context())
	if err != nil || len(all) != 0 {
		t.Errorf("left over: %+v %v", all, err)
	}
}

// TestStateSurvivesASuddenEnd checks that the effect of an answered request is on disk: a copy of
// the file, taken while the daemon runs, is what kill -9 would leave.
func TestStateSurvivesASuddenEnd(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	path, identity := w.identity(rg, "id1")
	raw, err := os.ReadFile(filepath.Join(w.dir, "azure.db"))
	if err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	if err := os.WriteFile(filepath.Join(copied, "azure.db"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	token := w.token("https://management.azure.com")
	first := w.azure
	defer func() { _ = first.Close() }()
	w.dir = copied
	w.open()
	if got := must(t, w.armAs(token, "GET", path, vIdentity, nil), 200); got.text != identity.text {
		t.Errorf("in the copy %s, before %s", got.text, identity.text)
	}
}
