package aks

import (
	"context"
	"fmt"
	"net"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/supervise"
)

// waitListening returns when a process accepts connections.
func (i *instance) waitListening(ctx context.Context, k *supervise.Keeper, port int) error {
	return i.poll(ctx, k, func() bool {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
}

// waitReady returns when the API server is ready and the controllers have created the first service
// account, without which no pod can be created.
func (i *instance) waitReady(ctx context.Context) error {
	err := i.poll(ctx, i.apiServer, func() bool {
		return i.admin.CoreV1().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error() == nil
	})
	if err != nil {
		return err
	}
	version, err := i.admin.Discovery().ServerVersion()
	if err != nil {
		return fmt.Errorf("version: %w", err)
	}
	i.version = version.GitVersion
	if i.version != KubernetesVersion {
		// The webhook reads this version and fails if it is not a valid one.
		return fmt.Errorf("the API server reports version %s instead of %s: the sandbox binary was built without its -ldflags", i.version, KubernetesVersion)
	}
	return i.poll(ctx, i.manager, func() bool {
		_, err := i.admin.CoreV1().ServiceAccounts(metav1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{})
		return err == nil
	})
}

// poll calls ok until it returns true, until the process has ended once, or until ctx is done.
func (i *instance) poll(ctx context.Context, k *supervise.Keeper, ok func() bool) error {
	for {
		if ok() {
			return nil
		}
		if _, _, restarts := k.Status(); restarts > 0 {
			return &crashError{process: k.Name(), log: i.layout.log(k.Name())}
		}
		if err := pause(ctx, pollEvery); err != nil {
			return fmt.Errorf("%s: %w", k.Name(), err)
		}
	}
}

// waitAllowed returns when the agent's role has reached the API server's cache, a few milliseconds
// after it was written.
func waitAllowed(ctx context.Context, agent kubernetes.Interface) error {
	for {
		_, err := agent.DiscoveryV1().EndpointSlices("").List(ctx, metav1.ListOptions{Limit: 1})
		if err == nil {
			return nil
		}
		if !apierrors.IsForbidden(err) {
			return fmt.Errorf("node agent: %w", err)
		}
		if err := pause(ctx, pollEvery); err != nil {
			return fmt.Errorf("node agent's role: %w", err)
		}
	}
}

// pause waits, or returns the cause of the end of ctx. The wait package of apimachinery would
// return ctx.Err() instead, without the reason that a timeout has.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
