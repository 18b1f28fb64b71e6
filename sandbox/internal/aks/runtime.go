// Package aks runs the managed clusters of the sandbox. Each has a real etcd, kube-apiserver and
// kube-controller-manager, nodes that run the workload-identity webhook as local processes, and
// what AKS adds to a cluster: the issuer's documents, the tunnel to webhooks, the managed add-on,
// and the kubeconfigs.
//
// The processes are the sandbox binary itself, started again with the hidden subcommands of package
// aks/process. This package links none of them.
package aks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/supervise"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

// Options are the settings of a Runtime.
type Options struct {
	// Dir is the folder of the clusters, one folder per UID.
	Dir string
	// Self is the path of the sandbox binary.
	Self string
	// Charts is the folder of the workload-identity-webhook chart, or its parent folder. It is
	// needed for the managed add-on only.
	Charts string
	// Faults are what happens to the calls of users, to webhooks and to API servers; nil: nothing.
	Faults *fault.Set
	// Cut ends the connections of clients to the API server with that host name; nil: none can be.
	Cut func(fqdn string)
	// Log gets the log; nil: nothing is logged.
	Log *slog.Logger
}

// Runtime runs clusters. It is safe for concurrent use.
type Runtime struct {
	options Options
	log     *slog.Logger

	mu       sync.RWMutex
	clusters map[string]*cluster // by UID
	closed   bool
}

var _ azure.ClusterRuntime = (*Runtime)(nil)

// New returns a runtime without running clusters.
func New(o Options) (*Runtime, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	// Child processes and pid files are recognised by the absolute path.
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("clusters: %w", err)
	}
	o.Dir = dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("clusters: %w", err)
	}
	return &Runtime{options: o, log: o.Log, clusters: map[string]*cluster{}}, nil
}

// Start brings a cluster to the state that its spec describes and returns when its API server, its
// nodes and its add-on are ready. It is called again after a restart of the daemon and when the
// spec changes; without a change it does nothing.
func (r *Runtime) Start(ctx context.Context, spec azure.ClusterSpec) error {
	if err := checkSpec(spec); err != nil {
		return err
	}
	c, err := r.cluster(spec.UID)
	if err != nil {
		return err
	}
	if err := c.start(ctx, spec); err != nil {
		return fmt.Errorf("cluster %s: %w", spec.Name, err)
	}
	return nil
}

// Delete stops a cluster's processes and removes its folder. A cluster that does not exist is no
// error.
func (r *Runtime) Delete(_ context.Context, uid string) error {
	if !uidPattern.MatchString(uid) {
		return fmt.Errorf("%q is not a cluster UID", uid)
	}
	r.mu.Lock()
	c := r.clusters[uid]
	delete(r.clusters, uid)
	r.mu.Unlock()
	if c == nil {
		// An earlier daemon may have left the cluster's folder.
		c = newCluster(r.options, uid)
	}
	if err := c.delete(); err != nil {
		return fmt.Errorf("cluster %s: %w", uid, err)
	}
	return nil
}

// Kubeconfig returns the cluster's kubeconfig. The text is the same for the cluster's lifetime.
func (r *Runtime) Kubeconfig(_ context.Context, uid string, admin bool) ([]byte, error) {
	if !uidPattern.MatchString(uid) {
		return nil, fmt.Errorf("%q is not a cluster UID", uid)
	}
	text, err := os.ReadFile(newCluster(r.options, uid).layout.kubeconfig(admin))
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	return text, nil
}

// Addr returns the loopback address of the cluster that has the host name; ok is false if no
// running cluster has it. The names of private clusters are included: all clients of the sandbox
// are in their virtual networks.
func (r *Runtime) Addr(fqdn string) (addr string, ok bool) {
	if fqdn == "" {
		return "", false
	}
	for _, c := range r.all() {
		spec := c.spec()
		if inst := c.current(); inst != nil && (strings.EqualFold(spec.FQDN, fqdn) || strings.EqualFold(spec.PublicFQDN, fqdn)) {
			return fmt.Sprintf("127.0.0.1:%d", inst.ports.apiServer), true
		}
	}
	return "", false
}

// ClusterStatus describes a running cluster.
type ClusterStatus struct {
	UID, Name, FQDN string
	// ServerVersion is the version that the API server reports, such as v1.34.4.
	ServerVersion string
	Processes     []ProcessStatus
}

// ProcessStatus describes one process of a cluster.
type ProcessStatus struct {
	// Name is the program's name, or namespace/name of a pod.
	Name string
	PID  int
	// State is Running, Restarting or Stopped, or the reason why a pod's process waits.
	State string
}

// Status returns the running clusters, sorted by name.
func (r *Runtime) Status() []ClusterStatus {
	var out []ClusterStatus
	for _, c := range r.all() {
		if inst := c.current(); inst != nil {
			spec := c.spec()
			out = append(out, ClusterStatus{UID: spec.UID, Name: spec.Name, FQDN: spec.FQDN, ServerVersion: inst.version, Processes: inst.processes()})
		}
	}
	slices.SortFunc(out, func(a, b ClusterStatus) int {
		return strings.Compare(a.Name+a.UID, b.Name+b.UID)
	})
	return out
}

// CutWebhooks ends the connections of the API servers to their webhooks.
func (r *Runtime) CutWebhooks() {
	for _, c := range r.all() {
		if inst := c.current(); inst != nil {
			inst.tunnel.Cut()
		}
	}
}

// RotateKeys gives every running cluster a new key for service account tokens, as `az aks
// oidc-issuer rotate-signing-keys` does, and restarts its API server.
func (r *Runtime) RotateKeys(ctx context.Context) error {
	var all []error
	for _, c := range r.all() {
		if err := c.rotate(ctx); err != nil {
			all = append(all, fmt.Errorf("cluster %s: %w", c.spec().Name, err))
		}
	}
	return errors.Join(all...)
}

// Close stops every process and waits until all have ended. No cluster can be started afterwards. A
// process that does not end by itself is killed after a fixed time, so that Close always returns.
func (r *Runtime) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	var wg sync.WaitGroup
	for _, c := range r.all() {
		wg.Go(c.stop)
	}
	wg.Wait()
}

var errClosed = errors.New("the sandbox is stopping")

func (r *Runtime) cluster(uid string) (*cluster, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, errClosed
	}
	c := r.clusters[uid]
	if c == nil {
		c = newCluster(r.options, uid)
		r.clusters[uid] = c
	}
	return c, nil
}

func (r *Runtime) all() []*cluster {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Collect(maps.Values(r.clusters))
}

// uidPattern accepts only UIDs that are the name of one folder, not a path.
var uidPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,63}$`)

func checkSpec(s azure.ClusterSpec) error {
	switch {
	case !uidPattern.MatchString(s.UID):
		return fmt.Errorf("%q is not a cluster UID", s.UID)
	case s.FQDN == "":
		return fmt.Errorf("cluster %s: no FQDN", s.Name)
	case !strings.HasPrefix(s.IssuerURL, "https://") || !strings.HasSuffix(s.IssuerURL, "/"):
		// AKS's issuers end with a slash, and tokens are compared byte for byte.
		return fmt.Errorf("cluster %s: issuer %q: must be https and end with a slash", s.Name, s.IssuerURL)
	}
	return nil
}

func processStatus(k *supervise.Keeper) ProcessStatus {
	state, pid, _ := k.Status()
	return ProcessStatus{Name: k.Name(), PID: pid, State: string(state)}
}
