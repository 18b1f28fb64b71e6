// Package daemon runs the sandbox: Azure's state and rules, the clusters' processes, the chart
// repository, and the proxy in front of them.
package daemon

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/charts"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/proxy"
)

// Options are the settings of a daemon.
type Options struct {
	Home   home.Home
	Self   string // the sandbox's own binary, which each process of a cluster runs
	Charts string // folder of the webhook's chart
	Port   int    // of the proxy; 0: that of the last start if it is free, else any
	ForRun bool   // started by `sandbox run`; the last such command stops it
	Log    *slog.Logger
}

// lockTimeout is longer than the moment for which Held, or a command that starts a daemon, holds
// the lock.
const lockTimeout = time.Second

// Run serves until the context ends. It publishes its address once it has tried to start every
// cluster of the state again, and withdraws it at the end.
func Run(ctx context.Context, o Options) error {
	lock, err := o.Home.LockWithin(lockTimeout)
	if err != nil {
		return err
	}
	defer lock.Close()
	// Clients would take the files of a killed daemon for this one's.
	if err := errors.Join(o.Home.RemoveRunning(), o.Home.RemoveTokens(), o.Home.Mark()); err != nil {
		return err
	}
	defer o.Home.RemoveTokens()
	build, err := Build(o.Self)
	if err != nil {
		return err
	}

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	listener, err := listen(o)
	if err != nil {
		return err
	}
	defer listener.Close()
	addr := listener.Addr().(*net.TCPAddr)

	ca, err := proxy.OpenCA(o.Home.CADir())
	if err != nil {
		return err
	}
	repository, err := charts.Repository(o.Charts, o.Home.ChartsDir())
	if err != nil {
		return err
	}
	// The faults stop connections of the proxy and of the clusters, which are made below.
	var server *proxy.Proxy
	var clusters *aks.Runtime
	faults, err := fault.Open(fault.Options{
		File: o.Home.FaultsFile(), Log: o.Log.With("part", "faults"),
		Stopped: func(part string) {
			if part == fault.Webhook {
				clusters.CutWebhooks()
				return
			}
			server.Cut("")
		},
	})
	if err != nil {
		return err
	}
	clusters, err = aks.New(aks.Options{
		Dir: o.Home.ClustersDir(), Self: o.Self, Charts: o.Charts, Faults: faults, Log: o.Log.With("part", "aks"),
		Cut: func(fqdn string) { server.Cut(fqdn) },
	})
	if err != nil {
		return fmt.Errorf("clusters: %w", err)
	}
	defer clusters.Close()

	hosts := &hosts{faults: faults, clusters: clusters, issuers: clusters.IssuerHandler(), charts: repository}
	published := &publication{home: o.Home, running: home.Running{
		PID: os.Getpid(), Port: addr.Port, Token: rand.Text(), Started: time.Now(), Build: build, ForRun: o.ForRun,
	}}
	control := &control{faults: faults, clusters: clusters, stop: stop, token: published.running.Token, started: published.running.Started, keep: published.keep}
	server = proxy.New(ca, hosts, control.handler(), o.Log.With("part", "proxy"))
	hosts.azure, err = azure.Open(ctx, azure.Options{
		Dir:      o.Home.AzureDir(),
		Clusters: clusters,
		Faults:   faults,
		Now:      faults.Clock(time.Now),
		HTTP:     ca.Client("http://" + addr.String()),
		Log:      o.Log.With("part", "azure"),
	})
	if err != nil {
		return fmt.Errorf("state of Azure in %s: %w", o.Home.AzureDir(), err)
	}
	defer hosts.azure.Close()
	control.azure = hosts.azure

	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer server.Close()

	if err := resume(ctx, hosts.azure, o.Log); err != nil {
		return err
	}
	if err := o.Home.SavePort(addr.Port); err != nil {
		return err
	}
	if err := published.publish(); err != nil {
		return err
	}
	defer published.withdraw()
	o.Log.Info("the sandbox is ready", "port", addr.Port)

	select {
	case <-ctx.Done():
		o.Log.Info("the sandbox is stopping")
		return nil
	case err := <-served:
		return fmt.Errorf("proxy: %w", err)
	}
}

// resume starts the clusters of the state again. A cluster that cannot start is Failed in Azure, as
// `sandbox status` shows; the sandbox runs without it, so that the cluster can be inspected and
// deleted.
func resume(ctx context.Context, azure interface{ Resume(context.Context) error }, log *slog.Logger) error {
	err := azure.Resume(ctx)
	if ctx.Err() != nil {
		return fmt.Errorf("stopped while the clusters started again: %w", ctx.Err())
	}
	if err != nil {
		log.Error("not every cluster runs again", "error", err)
	}
	return nil
}

// listen listens on the requested port. Without a request it prefers the port of the last start,
// and takes any other if that is not free.
func listen(o Options) (net.Listener, error) {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", cmp.Or(o.Port, o.Home.LastPort())))
	if err == nil {
		return l, nil
	}
	if o.Port != 0 {
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("port %d on 127.0.0.1 is in use by another process; leave --port out to use a free one, or find the process with `ss -ltnp 'sport = :%d'`", o.Port, o.Port)
		}
		return nil, fmt.Errorf("listen on port %d: %w", o.Port, err)
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

// hosts maps host names to what serves them.
type hosts struct {
	faults   *fault.Set
	azure    *azure.Azure
	clusters *aks.Runtime
	issuers  http.Handler
	charts   http.Handler
}

// issuerSuffix is the end of the host names of AKS's cluster issuers.
const issuerSuffix = ".oic.prod-aks.azure.com"

func (h *hosts) Handler(host string) http.Handler {
	handler := h.service(host)
	if handler == nil {
		return nil
	}
	return h.faults.Handler(host, handler)
}

func (h *hosts) service(host string) http.Handler {
	switch {
	case host == charts.Host:
		return h.charts
	case strings.HasSuffix(host, issuerSuffix):
		return h.issuers
	}
	return h.azure.Handler(host)
}

// Tunnel returns the address of an API server. One that a fault stops has an address where nothing
// listens.
func (h *hosts) Tunnel(host string) (string, bool) {
	addr, ok := h.clusters.Addr(host)
	if ok && h.faults.Down(fault.APIServer) {
		return "127.0.0.1:0", true
	}
	return addr, ok
}
