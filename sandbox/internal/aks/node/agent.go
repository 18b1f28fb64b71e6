// Package node is the nodes of a cluster and its scheduler: it registers Node objects, binds pods
// to nodes, and runs the only image that the sandbox has, the workload-identity webhook, as local
// processes with the pod's own arguments, environment, Secret and service account.
package node

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

// workers is the number of pods that are processed at a time.
const workers = 4

// Options are the settings of an Agent.
type Options struct {
	// Client authenticates as the agent; Role has the rights that it needs.
	Client kubernetes.Interface
	// Informers are the informers of that client. The agent adds those it needs.
	Informers informers.SharedInformerFactory
	Cluster   Cluster
	// PodRange is the range of the pods' addresses; the zero Prefix means AKS's default.
	PodRange netip.Prefix

	// Self is the path of the sandbox binary. `Self webhook` runs the webhook.
	Self string
	// Pods, Logs and Run are the folders of the pods' files, logs and pid files.
	Pods, Logs, Run string
	// Server and CAFile are the API server's URL and authority in the pods' kubeconfigs.
	Server, CAFile string

	Log *slog.Logger
}

// Agent runs all nodes of one cluster.
type Agent struct {
	client  kubernetes.Interface
	cluster Cluster
	options Options
	log     *slog.Logger

	factory informers.SharedInformerFactory
	pods    corelisters.PodLister
	nodes   corelisters.NodeLister
	synced  []cache.InformerSynced
	queue   workqueue.TypedRateLimitingInterface[types.NamespacedName]
	ips     *addresses

	// scheduling is held from the choice of a node until the API server has the binding. The
	// informer sees the binding later; assigned counts it until then, so that pods are spread.
	scheduling sync.Mutex
	assigned   map[types.UID]string

	// resumed are the pods that an earlier agent ran. It is written before the workers start.
	resumed []types.UID

	mu      sync.Mutex
	owned   map[string]bool // names of the agent's nodes
	runners map[types.UID]*runner
	stopped bool

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// New returns an agent that does nothing before Start.
func New(o Options) (*Agent, error) {
	pods, nodes := o.Informers.Core().V1().Pods(), o.Informers.Core().V1().Nodes()
	ctx, cancel := context.WithCancel(context.Background())
	a := &Agent{
		client: o.Client, cluster: o.Cluster, options: o, log: o.Log,
		factory: o.Informers, pods: pods.Lister(), nodes: nodes.Lister(),
		queue:    workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[types.NamespacedName](50*time.Millisecond, 30*time.Second)),
		ips:      newAddresses(o.PodRange),
		assigned: map[types.UID]string{}, owned: map[string]bool{}, runners: map[types.UID]*runner{},
		ctx: ctx, cancel: cancel,
	}
	podEvents, err := pods.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    a.enqueue,
		UpdateFunc: func(_, obj any) { a.enqueue(obj) },
		DeleteFunc: a.enqueue,
	})
	if err != nil {
		cancel()
		return nil, fmt.Errorf("node agent: %w", err)
	}
	nodeEvents, err := nodes.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { a.enqueueUnbound() },
		UpdateFunc: func(any, any) { a.enqueueUnbound() },
	})
	if err != nil {
		cancel()
		return nil, fmt.Errorf("node agent: %w", err)
	}
	a.synced = []cache.InformerSynced{podEvents.HasSynced, nodeEvents.HasSynced}
	return a, nil
}

// Start runs the informers and the workers and returns when the state of the cluster has been read.
func (a *Agent) Start(ctx context.Context) error {
	a.factory.Start(a.ctx.Done())
	for kind, ok := range a.factory.WaitForCacheSync(ctx.Done()) {
		if !ok {
			return fmt.Errorf("node agent: %s not read: %w", kind, context.Cause(ctx))
		}
	}
	if !cache.WaitForCacheSync(ctx.Done(), a.synced...) {
		return fmt.Errorf("node agent: %w", context.Cause(ctx))
	}
	if err := a.rememberAddresses(); err != nil {
		return err
	}
	for range workers {
		a.wg.Go(func() { wait.UntilWithContext(a.ctx, a.work, time.Second) })
	}
	return nil
}

// rememberAddresses claims the addresses of an earlier run before any new address is assigned.
func (a *Agent) rememberAddresses() error {
	pods, err := a.pods.List(selectAll)
	if err != nil {
		return fmt.Errorf("node agent: %w", err)
	}
	for _, p := range pods {
		if p.Status.PodIP == "" {
			continue
		}
		if _, err := a.ips.claim(string(p.UID), p.Status.PodIP); err != nil {
			return fmt.Errorf("node agent: %w", err)
		}
		a.resumed = append(a.resumed, p.UID)
	}
	return nil
}

// WaitResumed returns when the pods of an earlier agent are ready again, or when ctx is done. Until
// then the cluster's state shows them as ready, and requests to them fail.
func (a *Agent) WaitResumed(ctx context.Context) error {
	return wait.PollUntilContextCancel(ctx, readinessInterval, true, func(context.Context) (bool, error) {
		pods, err := a.pods.List(selectAll)
		if err != nil {
			return false, err
		}
		for _, p := range pods {
			if p.DeletionTimestamp == nil && a.owns(p.Spec.NodeName) && slices.Contains(a.resumed, p.UID) && !a.isReady(p.UID) {
				return false, nil
			}
		}
		return true, nil
	})
}

func (a *Agent) isReady(uid types.UID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.runners[uid]
	return r != nil && r.isReady()
}

// Stop ends every process. The pods stay in the cluster's state, and the next agent runs them
// again.
func (a *Agent) Stop() {
	a.cancel()
	a.queue.ShutDown()
	a.wg.Wait()
	a.mu.Lock()
	a.stopped = true
	runners := a.runners
	a.runners = map[types.UID]*runner{}
	a.mu.Unlock()
	var wg sync.WaitGroup
	for _, r := range runners {
		wg.Go(r.stop)
	}
	wg.Wait()
	a.factory.Shutdown()
}

// setNodes sets the names of the agent's nodes.
func (a *Agent) setNodes(names map[string]bool) {
	a.mu.Lock()
	a.owned = names
	a.mu.Unlock()
	// These are the pods of a node that was added again, or that were bound to a node before it was
	// added.
	pods, err := a.pods.List(selectAll)
	if err != nil {
		return
	}
	for _, p := range pods {
		a.enqueue(p)
	}
}

func (a *Agent) owns(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.owned[name]
}

// Local returns the loopback address of the process behind a port of a pod, by the pod's address.
// ok is false unless a process of the sandbox listens there.
func (a *Agent) Local(podIP string, port int) (addr string, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range a.runners {
		if r.ip == podIP {
			return r.local(port)
		}
	}
	return "", false
}

// Process describes a pod's process for the status.
type Process struct {
	Name  string // namespace/pod
	PID   int
	State string
}

// Processes returns the pods' processes.
func (a *Agent) Processes() []Process {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []Process
	for _, r := range a.runners {
		out = append(out, r.process())
	}
	return out
}

func (a *Agent) enqueue(obj any) {
	key, err := cache.DeletionHandlingObjectToName(obj)
	if err != nil {
		return
	}
	a.queue.Add(types.NamespacedName{Namespace: key.Namespace, Name: key.Name})
}

// enqueueUnbound adds the pods without a node to the queue again.
func (a *Agent) enqueueUnbound() {
	pods, err := a.pods.List(selectAll)
	if err != nil {
		return
	}
	for _, p := range pods {
		if p.Spec.NodeName == "" {
			a.enqueue(p)
		}
	}
}

func (a *Agent) work(ctx context.Context) {
	for {
		key, quit := a.queue.Get()
		if quit {
			return
		}
		if err := a.sync(ctx, key); err != nil && ctx.Err() == nil {
			a.log.Debug("pod", "pod", key, "error", err)
			a.queue.AddRateLimited(key)
		} else {
			a.queue.Forget(key)
		}
		a.queue.Done(key)
	}
}

func podKey(p *corev1.Pod) types.NamespacedName {
	return types.NamespacedName{Namespace: p.Namespace, Name: p.Name}
}
