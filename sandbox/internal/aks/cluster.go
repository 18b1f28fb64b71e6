package aks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/pki"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/supervise"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

// portTries is how often a start is tried with other ports: a port found free
// can be taken before the process listens on it.
const portTries = 3

// resumeTimeout bounds the wait for the pods of an earlier run: they take a
// second or two.
const resumeTimeout = 15 * time.Second

// cluster is one cluster, running or not.
type cluster struct {
	options Options
	layout  layout
	log     *slog.Logger

	// work is held by whoever starts, changes, stops or deletes the cluster.
	work    sync.Mutex
	deleted bool

	mu       sync.RWMutex
	known    azure.ClusterSpec // as last asked for
	instance *instance         // nil: does not run
}

func newCluster(o Options, uid string) *cluster {
	return &cluster{options: o, layout: layout{root: filepath.Join(o.Dir, uid)}, log: o.Log.With("cluster", uid)}
}

// current is the running instance, nil if there is none.
func (c *cluster) current() *instance {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.instance
}

// spec is what was last asked of the cluster, whether it runs or not.
func (c *cluster) spec() azure.ClusterSpec {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.known
}

func (c *cluster) setSpec(s azure.ClusterSpec) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = s
}

func (c *cluster) setCurrent(i *instance) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.instance = i
}

func (c *cluster) start(ctx context.Context, spec azure.ClusterSpec) error {
	c.work.Lock()
	defer c.work.Unlock()
	if c.deleted {
		return errors.New("deleted")
	}
	inst := c.current()
	if inst != nil {
		now := c.spec()
		if now.FQDN != spec.FQDN {
			// Every kubeconfig names it.
			return fmt.Errorf("host name %s is fixed for a cluster's life", now.FQDN)
		}
		if what := changed(now, spec); what != "" {
			// As AKS does, such as when the OIDC issuer is enabled on an existing cluster.
			c.log.Info("starting the API server again", "because", what)
			c.stopLocked()
			inst = nil
		}
	}
	if inst == nil {
		c.setSpec(spec)
		var err error
		if inst, err = c.bringUp(ctx, spec); err != nil {
			return err
		}
		c.setCurrent(inst)
		defer c.waitResumed(ctx, inst)
	}
	c.setSpec(spec)
	return inst.apply(ctx, spec)
}

// changed says what of a spec the API server only takes when it starts.
func changed(now, next azure.ClusterSpec) string {
	switch {
	case now.IssuerURL != next.IssuerURL:
		return "the issuer becomes " + next.IssuerURL
	case now.PublicFQDN != next.PublicFQDN:
		return fmt.Sprintf("its public name %q becomes %q", now.PublicFQDN, next.PublicFQDN)
	case (now.Entra == nil) != (next.Entra == nil):
		return "users sign in another way"
	case now.Entra != nil && now.Entra.AzureRBAC != next.Entra.AzureRBAC:
		return "Azure's roles begin or cease to decide"
	}
	return ""
}

// waitResumed gives the webhooks of an earlier run the time to answer again.
// One that never will is not the cluster's fault: its pod says why.
func (c *cluster) waitResumed(ctx context.Context, inst *instance) {
	ctx, cancel := context.WithTimeout(ctx, resumeTimeout)
	defer cancel()
	if err := inst.agent.WaitResumed(ctx); err != nil {
		c.log.Warn("pods of an earlier run are not ready again", "error", err)
	}
}

// bringUp starts the control plane. An error leaves nothing running.
func (c *cluster) bringUp(ctx context.Context, spec azure.ClusterSpec) (*instance, error) {
	for _, dir := range []string{c.layout.run(), c.layout.logs()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	if err := c.clearLeftovers(); err != nil {
		return nil, err
	}
	names := []string{spec.FQDN}
	if spec.PublicFQDN != "" {
		names = append(names, spec.PublicFQDN)
	}
	serviceIP, err := firstService(spec)
	if err != nil {
		return nil, err
	}
	files, err := pki.Ensure(c.layout.pki(), names, serviceIP)
	if err != nil {
		return nil, err
	}
	if err := ensureKubeconfigs(c.layout, files, spec); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		inst, err := startInstance(ctx, c.options, c.layout, files, spec, c.log)
		if err == nil {
			return inst, nil
		}
		var crashed *crashError
		if try == portTries || !errors.As(err, &crashed) {
			return nil, err
		}
		c.log.Warn("start failed; trying other ports", "error", err)
	}
}

// clearLeftovers ends what a killed daemon left of this cluster.
func (c *cluster) clearLeftovers() error {
	return supervise.KillLeftovers(c.layout.run(), c.layout.root+string(filepath.Separator))
}

func (c *cluster) stop() {
	c.work.Lock()
	defer c.work.Unlock()
	c.stopLocked()
}

func (c *cluster) stopLocked() {
	inst := c.current()
	c.setCurrent(nil)
	if inst != nil {
		inst.stop()
	}
}

func (c *cluster) delete() error {
	c.work.Lock()
	defer c.work.Unlock()
	c.deleted = true
	c.stopLocked()
	if err := c.clearLeftovers(); err != nil {
		return err
	}
	if err := os.RemoveAll(c.layout.root); err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	return nil
}
