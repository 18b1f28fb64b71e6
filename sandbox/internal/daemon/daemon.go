// Package daemon puts the sandbox together: Azure's state and rules, the
// clusters' processes, the chart repository, and the door in front of them.
package daemon

import (
	"context"
	"crypto/rand"
	"encoding/hex"
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
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/door"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
)

// Options are the settings of a daemon.
type Options struct {
	Home   home.Home
	Self   string // the sandbox's own binary, run again for each process of a cluster
	Charts string // folder that has the webhook's chart
	Port   int    // of the door; 0: last time's port if it is free, else any
	ForRun bool   // started by `sandbox run`: the last one to end stops it
	Log    *slog.Logger
}

// lockPatience outlasts those who have the folder's lock for a moment only.
const lockPatience = time.Second

// Run serves until the context ends. It publishes its address when every
// cluster of the state has been tried again, and takes it back at the end.
func Run(ctx context.Context, o Options) error {
	lock, err := o.Home.LockWithin(lockPatience)
	if err != nil {
		return err
	}
	defer lock.Close()
	// What a killed daemon left would be taken for this one's.
	if err := errors.Join(o.Home.RemoveRunning(), o.Home.DropTokens(), o.Home.Mark()); err != nil {
		return err
	}
	defer o.Home.DropTokens()
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

	ca, err := door.OpenCA(o.Home.CADir())
	if err != nil {
		return err
	}
	repository, err := charts.Repository(o.Charts, o.Home.ChartsDir())
	if err != nil {
		return err
	}
	clusters, err := aks.New(aks.Options{Dir: o.Home.ClustersDir(), Self: o.Self, Charts: o.Charts, Log: o.Log.With("part", "aks")})
	if err != nil {
		return fmt.Errorf("clusters: %w", err)
	}
	defer clusters.Close()

	hosts := &hosts{clusters: clusters, issuers: clusters.IssuerHandler(), charts: repository}
	token, err := newToken()
	if err != nil {
		return err
	}
	published := &publication{home: o.Home, running: home.Running{
		PID: os.Getpid(), Port: addr.Port, Token: token, Started: time.Now(), Build: build, ForRun: o.ForRun,
	}}
	control := &control{clusters: clusters, stop: stop, token: token, started: published.running.Started, keep: published.keep}
	front := door.New(ca, hosts, control.handler(), o.Log.With("part", "door"))
	hosts.azure, err = azure.Open(ctx, azure.Options{
		Dir:      o.Home.AzureDir(),
		Clusters: clusters,
		HTTP:     ca.Client("http://" + addr.String()),
		Log:      o.Log.With("part", "azure"),
	})
	if err != nil {
		return fmt.Errorf("state of Azure in %s: %w", o.Home.AzureDir(), err)
	}
	defer hosts.azure.Close()
	control.azure = hosts.azure

	served := make(chan error, 1)
	go func() { served <- front.Serve(listener) }()
	defer front.Close()

	if err := resume(ctx, hosts.azure, o.Log); err != nil {
		return err
	}
	if err := o.Home.KeepPort(addr.Port); err != nil {
		return err
	}
	if err := published.publish(); err != nil {
		return err
	}
	defer published.withdraw()
	o.Log.Info("the sandbox serves", "port", addr.Port)

	select {
	case <-ctx.Done():
		o.Log.Info("the sandbox stops")
		return nil
	case err := <-served:
		return fmt.Errorf("door: %w", err)
	}
}

// resume starts the clusters of the state again. One that cannot start is
// Failed in Azure, as `sandbox status` shows; the sandbox serves without it, so
// that it can be looked at and deleted.
func resume(ctx context.Context, azure interface{ Resume(context.Context) error }, log *slog.Logger) error {
	err := azure.Resume(ctx)
	if ctx.Err() != nil {
		return fmt.Errorf("stopped while the clusters started again: %w", ctx.Err())
	}
	if err != nil {
		log.Error("not every cluster runs again", "err", err)
	}
	return nil
}

// listen takes the wanted port. A port that was asked for must be had; last
// time's port is only preferred.
func listen(o Options) (net.Listener, error) {
	want := o.Port
	if want == 0 {
		want = o.Home.LastPort()
	}
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", want))
	if err == nil {
		return l, nil
	}
	if o.Port != 0 {
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("port %d on 127.0.0.1 is taken by another process; leave --port out to use a free one, or find the process with `ss -ltnp 'sport = :%d'`", o.Port, o.Port)
		}
		return nil, fmt.Errorf("listen on port %d: %w", o.Port, err)
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

func newToken() (string, error) {
	raw := make([]byte, 24)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("control token: %w", err)
	}
	return hex.EncodeToString(raw), nil
}

// hosts says who plays which host.
type hosts struct {
	azure    *azure.Azure
	clusters *aks.Runtime
	issuers  http.Handler
	charts   http.Handler
}

// IssuerSuffix ends the host names of AKS's cluster issuers.
const IssuerSuffix = ".oic.prod-aks.azure.com"

func (h *hosts) Handler(host string) http.Handler {
	switch {
	case host == charts.Host:
		return h.charts
	case strings.HasSuffix(host, IssuerSuffix):
		return h.issuers
	}
	return h.azure.Handler(host)
}

func (h *hosts) Tunnel(host string) (string, bool) { return h.clusters.Addr(host) }
