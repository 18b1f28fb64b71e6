//go:build e2e

package aks_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks"
)

// TestCluster tests the life of one cluster with the real etcd, kube-apiserver,
// kube-controller-manager, chart and webhook.
func TestCluster(t *testing.T) {
	self, chart, dir := buildSandbox(t), chartDir(t), t.TempDir()
	r := newRuntime(t, dir, self, chart)
	t.Logf("cold start: %s", start(t, r, spec()))
	kube := client(t, r)

	t.Run("starting again does nothing", func(t *testing.T) {
		before := pids(r)
		start(t, r, spec())
		if diff := cmp.Diff(before, pids(r)); diff != "" {
			t.Errorf("processes -want +got:\n%s", diff)
		}
	})
	t.Run("status", func(t *testing.T) {
		s := r.Status()
		if len(s) != 1 || s[0].ServerVersion != aks.KubernetesVersion || len(s[0].Processes) != 3 {
			t.Fatalf("got %+v", s)
		}
	})
	t.Run("nodes are those of the pools", func(t *testing.T) { testNodes(t, kube) })
	t.Run("a namespace finishes deleting", func(t *testing.T) { testNamespace(t, kube) })
	t.Run("issuer documents verify a token", func(t *testing.T) { testIssuer(t, r, kube) })
	t.Run("other images do not run, and their status has the reason", func(t *testing.T) { testOtherImage(t, kube) })

	t.Run("the chart's deployment becomes available", func(t *testing.T) {
		begin := time.Now()
		if err := helmInstall(t, r, chart); err != nil {
			t.Fatal(err)
		}
		t.Logf("helm install --wait: %s", time.Since(begin))
		logMemory(t, r)
	})
	t.Run("a labelled pod is mutated", func(t *testing.T) { testMutation(t, kube) })
	t.Run("a crashed webhook comes back", func(t *testing.T) { testCrash(t, r, kube) })
	t.Run("a labelled pod is refused without the webhook", func(t *testing.T) { testFailClosed(t, kube) })

	t.Run("a crashed API server comes back, and with it the webhook", func(t *testing.T) {
		for _, p := range r.Status()[0].Processes[:2] {
			if err := syscall.Kill(p.PID, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "mutation", func() error { return mutate(t, kube) })
	})

	// It belongs to the whole test: that of a subtest would be closed at its end.
	second := newRuntime(t, dir, self, chart)
	t.Run("restart", func(t *testing.T) {
		old, err := r.Kubeconfig(t.Context(), spec().UID, false)
		if err != nil {
			t.Fatal(err)
		}
		ran := pids(r)
		begin := time.Now()
		r.Close()
		closing := time.Since(begin)
		t.Logf("close: %s", closing)
		if closing >= stopGrace {
			t.Errorf("close took %s: a process ignored SIGTERM and was killed", closing)
		}
		for _, pid := range ran {
			if alive(pid) {
				t.Errorf("process %d outlived Close", pid)
			}
		}
		if err := r.Start(t.Context(), spec()); err == nil {
			t.Error("a closed runtime started a cluster")
		}
		r = second
		t.Logf("warm start: %s", start(t, r, spec()))
		now, err := r.Kubeconfig(t.Context(), spec().UID, false)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(old), string(now)); diff != "" {
			t.Errorf("kubeconfig changed: -before +after\n%s", diff)
		}
		kube = client(t, r)
		if err := mutate(t, kube); err != nil {
			t.Errorf("right after a restart: %v", err)
		}
	})

	t.Run("enabling the OIDC issuer starts the API server again", func(t *testing.T) {
		before := r.Status()[0].Processes[1].PID
		changed := spec()
		changed.IssuerURL = "https://eastus.oic.prod-aks.azure.com/" + tenant + "/9b2f5c0e-0000-4000-8000-000000000002/"
		t.Logf("new issuer: %s", start(t, r, changed))
		if r.Status()[0].Processes[1].PID == before {
			t.Error("the API server is the old one")
		}
		start(t, r, spec())
		kube = client(t, r)
	})
	t.Run("the add-on and the chart collide", func(t *testing.T) { testAddon(t, r, kube, chart) })

	t.Run("delete", func(t *testing.T) {
		ran := pids(r)
		if err := r.Delete(t.Context(), spec().UID); err != nil {
			t.Fatal(err)
		}
		for _, pid := range ran {
			if alive(pid) {
				t.Errorf("process %d outlived the cluster", pid)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, spec().UID)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the cluster's folder is still there: %v", err)
		}
		if err := r.Delete(t.Context(), spec().UID); err != nil {
			t.Errorf("a second delete: %v", err)
		}
	})
}
