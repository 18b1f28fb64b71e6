// Package proxy is the HTTP CONNECT proxy on loopback through which a command reaches the sandbox.
// For Azure's hosts it terminates TLS with a certificate of the sandbox's own authority and hands
// the request to the handler of that host. A connection to an API server is tunnelled as it is,
// because the API server has its own certificate. Every other host is refused, so that nothing
// leaves the machine by accident.
package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/connect"
)

// Hosts finds what serves a host.
type Hosts interface {
	// Handler returns the handler of a host (lower case, without port), or nil.
	Handler(host string) http.Handler
	// Tunnel returns the loopback address that connections to the host's port 443 are tunnelled to.
	Tunnel(host string) (addr string, ok bool)
}

// Proxy serves the hosts of Hosts.
type Proxy struct {
	ca      *CA
	hosts   Hosts
	control http.Handler
	log     *slog.Logger
	outer   *http.Server  // CONNECT, and the requests for control
	inner   *http.Server  // the requests inside the decrypted connections
	conns   *connListener // feeds inner
	tunnels connSet
}

// New returns a proxy. Requests that are addressed to the proxy itself go to control.
func New(ca *CA, hosts Hosts, control http.Handler, log *slog.Logger) *Proxy {
	p := &Proxy{ca: ca, hosts: hosts, control: control, log: log, conns: newConnListener()}
	server := func(handler http.HandlerFunc) *http.Server {
		return &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: 30 * time.Second,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		}
	}
	p.outer, p.inner = server(p.serveOuter), server(p.serveHost)
	return p
}

// Serve answers on the listener, which must be on loopback, until Close.
func (p *Proxy) Serve(l net.Listener) error {
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok || !addr.IP.IsLoopback() {
		return fmt.Errorf("the proxy listens on loopback only, not on %s", l.Addr())
	}
	go p.inner.Serve(p.conns)
	if err := p.outer.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close stops the proxy and ends every connection through it.
func (p *Proxy) Close() error {
	p.conns.Close()
	err := errors.Join(p.inner.Close(), p.outer.Close())
	p.tunnels.Close()
	return err
}

// Cut ends the tunnelled connections to a host; with "", to all.
func (p *Proxy) Cut(host string) { p.tunnels.cut(strings.ToLower(host)) }

func (p *Proxy) serveOuter(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		p.connect(w, r)
		return
	}
	if r.URL.IsAbs() {
		http.Error(w, unknownHost(r.URL.Hostname())+" (plain HTTP is never answered)", http.StatusForbidden)
		return
	}
	p.control.ServeHTTP(w, r)
}

func (p *Proxy) connect(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil || port != "443" {
		refuse(w, fmt.Sprintf("the sandbox answers on port 443 only, not %s", r.Host))
		return
	}
	host = strings.ToLower(host)
	if addr, ok := p.hosts.Tunnel(host); ok {
		p.tunnel(w, r, host, addr)
		return
	}
	if p.hosts.Handler(host) == nil {
		p.log.Info("refused a host that is not Azure's", "host", host)
		refuse(w, unknownHost(host))
		return
	}
	conn, err := connect.Take(w)
	if err != nil {
		p.log.Error("cannot take over a connection", "host", host, "error", err)
		return
	}
	if err := connect.Accept(conn); err != nil {
		conn.Close()
		return
	}
	p.conns.offer(tls.Server(conn, &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if hello.ServerName != "" && !strings.EqualFold(hello.ServerName, host) {
				return nil, fmt.Errorf("asked for %s through a connection to %s", hello.ServerName, host)
			}
			return p.ca.Leaf(host)
		},
	}))
}

// serveHost hands a decrypted request to the handler of its host.
func (p *Proxy) serveHost(w http.ResponseWriter, r *http.Request) {
	host := strings.ToLower(r.Host)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	handler := p.hosts.Handler(host)
	if handler == nil {
		http.Error(w, unknownHost(host), http.StatusMisdirectedRequest)
		return
	}
	handler.ServeHTTP(w, r)
}

func (p *Proxy) tunnel(w http.ResponseWriter, r *http.Request, host, addr string) {
	var dialer net.Dialer
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	backend, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		refuse(w, fmt.Sprintf("the API server behind %s does not answer; see `sandbox status`", host))
		return
	}
	client, err := connect.Take(w)
	if err != nil {
		backend.Close()
		return
	}
	if !p.tunnels.add(host, client, backend) {
		client.Close()
		backend.Close()
		return
	}
	defer p.tunnels.remove(client, backend)
	if err := connect.Accept(client); err != nil {
		client.Close()
		backend.Close()
		return
	}
	connect.Pipe(client, backend)
}

func unknownHost(host string) string {
	return fmt.Sprintf("the sandbox has no host %q, and nothing leaves this machine through it", host)
}

// refuse answers a CONNECT request with 403 and a sentence.
func refuse(w http.ResponseWriter, sentence string) {
	conn, err := connect.Take(w)
	if err != nil {
		return
	}
	defer conn.Close()
	connect.Refuse(conn, http.StatusForbidden, "Forbidden: "+sentence)
}
