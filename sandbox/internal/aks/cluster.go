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

// portTries is the number of attempts to start a cluster, each with other ports: another process
// can take a free port before the cluster's process listens on it.
const portTries = 3

// resumeTimeout limits the wait for the pods of an earlier run, which takes a second or two.
const resumeTimeout = 15 * time.Second

// cluster is one cluster, running or not.
type cluster struct {
	options Options
	layout  layout
	log     *slog.Logger

	// work is held while the cluster is started, changed, stopped or deleted.
	work    sync.Mutex
	deleted bool

	mu       sync.RWMutex
	wanted   azure.ClusterSpec // of the last Start
	instance *instance         // nil: the cluster does not run
}

func newCluster(o Options, uid string) *cluster {
	return &cluster{options: o, layout: layout{root: filepath.Join(o.Dir, uid)}, log: o.Log.With("cluster", uid)}
}

// current returns the running instance, or nil.
func (c *cluster) current() *instance {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.instance
}

// spec returns the spec of the last Start, whether the cluster runs or not.
func (c *cluster) spec() azure.ClusterSpec {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.wanted
}

func (c *cluster) setSpec(s azure.ClusterSpec) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wanted = s
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
			// Every kubeconfig names the host.
			return fmt.Errorf("host name %s cannot be changed during a cluster's lifetime", now.FQDN)
		}
		if reason := restartReason(now, spec); reason != "" {
			// AKS restarts the API server too, for example when the OIDC issuer is enabled.
			c.log.Info("restarting the API server", "reason", reason)
			c.stopLocked()
			inst = nil
		}
	}
	if inst == nil {
		c.setSpec(spec)
		var err error
		if inst, err = c.startControlPlane(ctx, spec); err != nil {
			return err
		}
		c.setCurrent(inst)
		defer c.waitResumed(ctx, inst)
	}
	c.setSpec(spec)
	return inst.apply(ctx, spec)
}

// rotate gives a running cluster a new key for tokens.
func (c *cluster) rotate(ctx context.Context) error {
	c.work.Lock()
	defer c.work.Unlock()
	if c.current() == nil {
		return nil
	}
	c.stopLocked()
	if err := pki.Rotate(c.layout.pki()); err != nil {
		return err
	}
	inst, err := c.startControlPlane(ctx, c.spec())
	if err != nil {
		return err
	}
	c.setCurrent(inst)
	c.waitResumed(ctx, inst)
	return inst.apply(ctx, c.spec())
}

// restartReason returns why the API server must be restarted for another spec, or "".
func restartReason(now, next azure.ClusterSpec) string {
	switch {
	case now.IssuerURL != next.IssuerURL:
		return "the issuer changes to " + next.IssuerURL
	case now.PublicFQDN != next.PublicFQDN:
		return fmt.Sprintf("the public name changes from %q to %q", now.PublicFQDN, next.PublicFQDN)
	case (now.Entra == nil) != (next.Entra == nil):
		return "the users' login method changes"
	case now.Entra != nil && now.Entra.AzureRBAC != next.Entra.AzureRBAC:
		return "authorisation by Azure roles changes"
	}
	return ""
}

// waitResumed waits until the webhooks of an earlier run are ready again. A webhook that never
// becomes ready is not an error of the cluster: the status of its pod has the reason.
func (c *cluster) waitResumed(ctx context.Context, inst *instance) {
	ctx, cancel := context.WithTimeout(ctx, resumeTimeout)
	defer cancel()
	if err := inst.agent.WaitResumed(ctx); err != nil {
		c.log.Warn("pods of an earlier run are not ready again", "error", err)
	}
}

// startControlPlane starts the control plane. After an error nothing runs.
func (c *cluster) startControlPlane(ctx context.Context, spec azure.ClusterSpec) (*instance, error) {
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
	serviceIP, err := firstServiceIP(spec)
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
		c.log.Warn("start failed; retrying with other ports", "error", err)
	}
}

// clearLeftovers ends the cluster's processes that a killed daemon has left.
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
