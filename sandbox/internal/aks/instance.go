package aks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/node"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/pki"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/supervise"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/tunnel"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

const (
	// startTimeout limits the start of a control plane, which takes about 3 s on two idle cores.
	startTimeout = 2 * time.Minute
	// stopGrace is the time that each process has to end after SIGTERM.
	stopGrace = 10 * time.Second
	pollEvery = 20 * time.Millisecond
)

// instance is one run of a cluster's processes.
type instance struct {
	options Options
	layout  layout
	files   pki.Files
	ports   ports
	log     *slog.Logger

	etcd, apiServer, manager *supervise.Keeper
	tunnel                   *tunnel.Server
	reviews                  *http.Server // of users' sign-ins and changes
	agent                    *node.Agent
	admin                    kubernetes.Interface
	issuer                   *http.Client
	version                  string
}

// crashError is the error of a process that ended during its start.
type crashError struct{ process, log string }

func (e *crashError) Error() string {
	return fmt.Sprintf("%s ended during its start; see %s", e.process, e.log)
}

// startInstance starts the processes and returns when the control plane and the node agent are
// ready. After an error nothing runs.
func startInstance(ctx context.Context, o Options, l layout, f pki.Files, spec azure.ClusterSpec, log *slog.Logger) (_ *instance, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("not ready after %s; see %s", startTimeout, l.logs()))
	defer cancel()
	i := &instance{options: o, layout: l, files: f, log: log}
	defer func() {
		if err != nil {
			i.stop()
		}
	}()

	free, err := supervise.FreePorts(2)
	if err != nil {
		return nil, err
	}
	i.ports.etcd, i.ports.apiServer = free[0], free[1]
	if err := i.listenTunnel(); err != nil {
		return nil, err
	}
	if err := i.listenReviews(spec); err != nil {
		return nil, err
	}
	if err := i.startProcesses(ctx, spec); err != nil {
		return nil, err
	}
	if i.admin, err = kubernetes.NewForConfig(i.config(f.Admin)); err != nil {
		return nil, err
	}
	if i.issuer, err = rest.HTTPClientFor(i.config(f.Issuer)); err != nil {
		return nil, err
	}
	if err := i.waitReady(ctx); err != nil {
		return nil, err
	}
	if err := ensureAccess(ctx, i.admin); err != nil {
		return nil, err
	}
	if err := i.checkIssuer(ctx, spec.IssuerURL); err != nil {
		return nil, err
	}
	if err := i.startAgent(ctx, spec); err != nil {
		return nil, err
	}
	return i, nil
}

// listenTunnel starts the tunnel. It must listen before the API server starts, which reads the
// tunnel's address once.
func (i *instance) listenTunnel() error {
	config, err := internalTLS(i.files)
	if err != nil {
		return fmt.Errorf("egress tunnel: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("egress tunnel: %w", err)
	}
	i.ports.tunnel = l.Addr().(*net.TCPAddr).Port
	i.tunnel = tunnel.New(config, i.log)
	go func() {
		if err := i.tunnel.Serve(l); err != nil {
			i.log.Error("webhooks cannot be reached", "error", err)
		}
	}()
	return nil
}

// startProcesses starts the three processes. It waits a few milliseconds for etcd to listen,
// because an API server that finds no etcd waits for a second.
func (i *instance) startProcesses(ctx context.Context, spec azure.ClusterSpec) error {
	if err := os.WriteFile(i.layout.egress(), []byte(egressConfig(i.files, i.ports)), 0o600); err != nil {
		return err
	}
	if err := clientcmd.WriteToFile(managerKubeconfig(i.files, i.ports), i.layout.managerConfig()); err != nil {
		return err
	}
	for _, path := range []string{authenticatePath, authorizePath, auditPath} {
		if err := clientcmd.WriteToFile(reviewerKubeconfig(i.files, i.ports, path), i.layout.reviewer(path)); err != nil {
			return err
		}
	}
	var err error
	if i.etcd, err = i.keep("etcd", etcdArgs(i.layout, i.files, i.ports)); err != nil {
		return err
	}
	if err := i.waitListening(ctx, i.etcd, i.ports.etcd); err != nil {
		return err
	}
	if i.apiServer, err = i.keep("kube-apiserver", apiServerArgs(i.layout, i.files, i.ports, spec)); err != nil {
		return err
	}
	i.manager, err = i.keep("kube-controller-manager", controllerManagerArgs(i.layout, i.files))
	return err
}

func (i *instance) keep(name string, args []string) (*supervise.Keeper, error) {
	return supervise.Keep(supervise.Spec{
		Name: name, Path: i.options.Self, Args: append([]string{name}, args...),
		// Earlier garbage collection saves 30 MiB for each API server, and costs no measurable
		// time.
		Env:     []string{"GOGC=50"},
		LogFile: i.layout.log(name), PIDFile: i.layout.pid(name),
	}, i.log)
}

// startAgent starts the node agent and gives the tunnel its destinations.
func (i *instance) startAgent(ctx context.Context, spec azure.ClusterSpec) error {
	client, err := kubernetes.NewForConfig(i.config(i.files.Agent))
	if err != nil {
		return err
	}
	if err := waitAllowed(ctx, client); err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTransform(dropManagedFields))
	services, slices := factory.Core().V1().Services(), factory.Discovery().V1().EndpointSlices()
	// The factory starts the informers that were requested before the agent starts.
	services.Informer()
	slices.Informer()
	var pods netip.Prefix // none if pods are in the nodes' subnet
	if spec.PodRange != "" {
		if pods, err = netip.ParsePrefix(spec.PodRange); err != nil {
			return fmt.Errorf("range of pods: %w", err)
		}
	}
	agent, err := node.New(node.Options{
		Client: client, Informers: factory, Cluster: nodeCluster(spec, i.version), PodRange: pods,
		Self: i.options.Self, Pods: i.layout.pods(), Logs: i.layout.logs(), Run: i.layout.run(),
		Server: loopbackURL(i.ports.apiServer), CAFile: i.files.ClusterCA.Cert, Log: i.log,
	})
	if err != nil {
		return err
	}
	i.agent = agent
	if err := agent.Start(ctx); err != nil {
		return err
	}
	resolver := tunnel.Resolver{Services: services.Lister(), EndpointSlices: slices.Lister(), Local: agent.Local}
	i.tunnel.SetResolve(func(address string) (string, error) {
		if i.options.Faults.Down(fault.Webhook) {
			return "", errors.New("a fault of the sandbox stops the webhooks; `sandbox fault` shows it")
		}
		return resolver.Resolve(address)
	})
	return nil
}

// stop ends everything that was started: first what uses the API server, then the API server, then
// what the API server uses.
func (i *instance) stop() {
	if i.agent != nil {
		i.agent.Stop()
	}
	var wg sync.WaitGroup
	for _, k := range []*supervise.Keeper{i.manager, i.apiServer} {
		if k != nil {
			wg.Go(func() { k.Stop(stopGrace) })
		}
	}
	wg.Wait()
	if i.tunnel != nil {
		_ = i.tunnel.Close()
	}
	if i.reviews != nil {
		_ = i.reviews.Close()
	}
	if i.etcd != nil {
		i.etcd.Stop(stopGrace)
	}
}

// processes lists the running processes, the control plane first.
func (i *instance) processes() []ProcessStatus {
	var out []ProcessStatus
	for _, k := range []*supervise.Keeper{i.etcd, i.apiServer, i.manager} {
		out = append(out, processStatus(k))
	}
	for _, p := range i.agent.Processes() {
		out = append(out, ProcessStatus{Name: p.Name, PID: p.PID, State: p.State})
	}
	return out
}
