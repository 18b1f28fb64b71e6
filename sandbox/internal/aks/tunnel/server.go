package tunnel

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/connect"
)

const (
	dialTimeout   = 5 * time.Second
	headerTimeout = 10 * time.Second
)

// Server is the HTTP CONNECT proxy of one API server.
type Server struct {
	http *http.Server
	log  *slog.Logger

	mu      sync.RWMutex
	resolve func(address string) (string, error)
	open    map[net.Conn]struct{} // to the cluster's pods
}

// New returns a server for the connections that config authenticates. It refuses every destination
// until SetResolve is called, because the API server must run before its services are known.
func New(config *tls.Config, log *slog.Logger) *Server {
	s := &Server{log: log, resolve: func(string) (string, error) {
		return "", fmt.Errorf("the cluster is starting")
	}}
	s.http = &http.Server{
		Handler:           s,
		TLSConfig:         config,
		ReadHeaderTimeout: headerTimeout,
		// HTTP/1.1 only: CONNECT takes over the connection.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
		ErrorLog:     slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return s
}

// SetResolve sets the function that finds destinations.
func (s *Server) SetResolve(resolve func(address string) (string, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resolve = resolve
}

// Serve accepts connections until Close.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.ServeTLS(l, "", ""); err != http.ErrServerClosed {
		return fmt.Errorf("egress tunnel: %w", err)
	}
	return nil
}

// Close stops accepting; open connections end with the API server.
func (s *Server) Close() error { return s.http.Close() }

// ServeHTTP answers one CONNECT request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "the egress tunnel answers CONNECT only", http.StatusMethodNotAllowed)
		return
	}
	s.mu.RLock()
	resolve := s.resolve
	s.mu.RUnlock()

	client, err := connect.Take(w)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	addr, err := resolve(r.Host)
	if err != nil {
		s.refuse(client, r.Host, err)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), dialTimeout)
	defer cancel()
	backend, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		s.refuse(client, r.Host, err)
		return
	}
	if err := connect.Accept(client); err != nil {
		client.Close()
		backend.Close()
		return
	}
	s.keep(backend)
	defer s.forget(backend)
	connect.Pipe(client, backend)
}

func (s *Server) keep(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[net.Conn]struct{}{}
	}
	s.open[c] = struct{}{}
}

func (s *Server) forget(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
}

// Cut ends the open connections. The API server keeps those to webhooks for later calls.
func (s *Server) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		_ = c.Close()
	}
}

func (s *Server) refuse(client net.Conn, host string, reason error) {
	defer client.Close()
	s.log.Debug("egress refused", "destination", host, "reason", reason)
	connect.Refuse(client, http.StatusBadGateway, reason.Error())
}
