package azure_test

import (
	"context"
	"fmt"
	"io/fs"
	"sync"
	"testing"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

// fakeRuntime records the calls of the runtime.
type fakeRuntime struct {
	mu      sync.Mutex
	started map[string]azure.ClusterSpec
	starts  int
	deleted []string
	fail    error
	refuse  map[string]error // error of Start, by the name of the cluster
	hold    chan struct{}    // while not nil, Start waits until it is closed
	held    chan struct{}    // if not nil, receives a value when a Start begins to wait
	// holdDelete makes Delete wait until its context ends.
	holdDelete bool
}

func newFakeRuntime() *fakeRuntime { return &fakeRuntime{started: map[string]azure.ClusterSpec{}} }

func (f *fakeRuntime) Start(ctx context.Context, c azure.ClusterSpec) error {
	f.mu.Lock()
	hold := f.hold
	f.mu.Unlock()
	if hold != nil {
		if f.held != nil {
			f.held <- struct{}{}
		}
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return f.fail
	}
	if err := f.refuse[c.Name]; err != nil {
		return err
	}
	// Like the real runtime, it refuses a second cluster with the host name or ID of one that was
	// not deleted.
	for uid, have := range f.started {
		if (uid == c.UID) != (have.FQDN == c.FQDN) || (uid == c.UID) != (have.ResourceID == c.ResourceID) {
			return fmt.Errorf("cluster %s with host name %s runs; it cannot become %s with %s", uid, have.FQDN, c.UID, c.FQDN)
		}
	}
	f.started[c.UID] = c
	f.starts++
	return nil
}

func (f *fakeRuntime) Delete(ctx context.Context, uid string) error {
	f.mu.Lock()
	hold := f.holdDelete
	f.mu.Unlock()
	if hold {
		<-ctx.Done()
		return ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.started, uid)
	f.deleted = append(f.deleted, uid)
	return nil
}

func (f *fakeRuntime) Kubeconfig(_ context.Context, uid string, admin bool) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.started[uid]
	if !ok {
		return nil, fmt.Errorf("kubeconfig: %w", &fs.PathError{Op: "open", Path: "/state/" + uid + "/kubeconfig", Err: fs.ErrNotExist})
	}
	user := "clusterUser"
	if admin {
		user = "clusterAdmin"
	}
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
clusters:
- name: %[1]s
  cluster:
    certificate-authority-data: Y2E=
    server: https://%[2]s:443
contexts:
- name: %[1]s
  context: {cluster: %[1]s, user: %[3]s}
current-context: %[1]s
users:
- name: %[3]s
  user: {client-certificate-data: Y2VydA==, client-key-data: c3RhdGlj}
`, c.Name, c.FQDN, user), nil
}

func (f *fakeRuntime) set(change func(*fakeRuntime)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// only returns the spec of the only running cluster.
func (f *fakeRuntime) only(t *testing.T) azure.ClusterSpec {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.started) != 1 {
		t.Fatalf("%d clusters run, want 1", len(f.started))
	}
	for _, c := range f.started {
		return c
	}
	return azure.ClusterSpec{}
}

// poll polls the URL in the Azure-AsyncOperation or Location header of a response until the
// operation has ended, as an SDK does.
func (w *world) poll(start reply) reply {
	w.t.Helper()
	target := start.header.Get("Azure-Asyncoperation")
	async := target != ""
	if !async {
		target = start.header.Get("Location")
	}
	if target == "" {
		w.t.Fatalf("no polling header in %d %s", start.status, start.text)
	}
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		got := w.send(w.token("https://management.azure.com"), "GET", target, nil)
		if async && got.path("status") != "InProgress" || !async && got.status != 202 {
			return got
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.t.Fatalf("operation %s did not end", target)
	return reply{}
}
