// Package aks runs the managed clusters of the sandbox: for each a real etcd,
// kube-apiserver and kube-controller-manager, nodes that run the
// workload-identity webhook as local processes, and the wires that AKS has
// around them: the issuer's documents, the tunnel to webhooks, the managed
// add-on, the kubeconfigs.
//
// The processes are the sandbox binary itself, run again with the hidden
// subcommands of package aks/process; this package links none of them.
package aks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/supervise"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

// Options of a Runtime.
type Options struct {
	// Dir is the folder of the clusters, one folder per UID.
	Dir string
	// Self is the path of the sandbox binary.
	Self string
	// Charts is the folder of the workload-identity-webhook chart, or the
	// folder that holds it; needed for the managed add-on only.
	Charts string
	// Log gets what people should know; nil: nothing.
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

// New makes a runtime that runs nothing before Start.
func New(o Options) (*Runtime, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	// Absolute, because children and pid files are known by it.
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

// Start makes a cluster run as its spec says and returns when its API server,
// its nodes and its add-on are ready. It does no harm where they are. Also
// after a restart of the daemon, and whenever the spec changes.
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

// Delete stops a cluster's processes and removes its folder. It is no error
// if there is no such cluster.
func (r *Runtime) Delete(_ context.Context, uid string) error {
	if !uidPattern.MatchString(uid) {
		return fmt.Errorf("%q is no cluster UID", uid)
	}
	r.mu.Lock()
	c := r.clusters[uid]
	delete(r.clusters, uid)
	r.mu.Unlock()
	if c == nil {
		// Known from an earlier daemon, perhaps.
		c = newCluster(r.options, uid)
	}
	if err := c.delete(); err != nil {
		return fmt.Errorf("cluster %s: %w", uid, err)
	}
	return nil
}

// Kubeconfig returns the cluster's kubeconfig, the same text for all its life.
func (r *Runtime) Kubeconfig(_ context.Context, uid string, admin bool) ([]byte, error) {
	if !uidPattern.MatchString(uid) {
		return nil, fmt.Errorf("%q is no cluster UID", uid)
	}
	text, err := os.ReadFile(newCluster(r.options, uid).layout.kubeconfig(admin))
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	return text, nil
}

// Addr is where a cluster's API server listens, by one of its host names. ok is
// false for a name of no running cluster. A private cluster's names lead there
// too: who may ask is in its virtual network.
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

// ClusterStatus is what runs of a cluster.
type ClusterStatus struct {
	UID, Name, FQDN string
	// ServerVersion is what the API server says it is, as v1.34.4.
	ServerVersion string
	Processes     []ProcessStatus
}

// ProcessStatus is one process of a cluster.
type ProcessStatus struct {
	// Name is the program's, or namespace/name of a pod.
	Name string
	PID  int
	// State is Running, Restarting, Stopped, or why a pod's process waits.
	State string
}

// Status lists the running clusters by name.
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

// Close stops every process and waits until all are gone. No cluster can be
// started afterwards. A process that does not end by itself is killed after a
// fixed time, so that Close always returns.
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
	var out []*cluster
	for _, c := range r.clusters {
		out = append(out, c)
	}
	return out
}

// uidPattern keeps a UID one folder's name.
var uidPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,63}$`)

func checkSpec(s azure.ClusterSpec) error {
	switch {
	case !uidPattern.MatchString(s.UID):
		return fmt.Errorf("%q is no cluster UID", s.UID)
	case s.FQDN == "":
		return fmt.Errorf("cluster %s: no FQDN", s.Name)
	case !strings.HasPrefix(s.IssuerURL, "https://") || !strings.HasSuffix(s.IssuerURL, "/"):
		// AKS's issuers end with a slash, and tokens are matched byte for byte.
		return fmt.Errorf("cluster %s: issuer %q: must be https and end with a slash", s.Name, s.IssuerURL)
	}
	return nil
}

func processStatus(k *supervise.Keeper) ProcessStatus {
	state, pid, _ := k.Status()
	return ProcessStatus{Name: k.Name(), PID: pid, State: string(state)}
}
