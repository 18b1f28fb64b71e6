package tunnel

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	dialTimeout   = 5 * time.Second
	headerTimeout = 10 * time.Second
)

// Server answers HTTP CONNECT from one API server.
type Server struct {
	http *http.Server
	log  *slog.Logger

	mu      sync.RWMutex
	resolve func(address string) (string, error)
}

// New makes a server that accepts the connections config authenticates. Until
// SetResolve it refuses every destination: the API server has to run before
// its services can be known.
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

// SetResolve says how destinations are found from now on.
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

// ServeHTTP answers one CONNECT request. A refusal carries its reason in the
// status line, because that is all of it that the API server shows.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "the egress tunnel answers CONNECT only", http.StatusMethodNotAllowed)
		return
	}
	s.mu.RLock()
	resolve := s.resolve
	s.mu.RUnlock()

	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer client.Close()
	// The server's header deadline must not cut a long connection.
	_ = client.SetDeadline(time.Time{})

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
	defer backend.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	pipe(client, buffered.Reader, backend)
}

func (s *Server) refuse(client net.Conn, host string, reason error) {
	s.log.Debug("egress refused", "destination", host, "reason", reason)
	text := strings.NewReplacer("\r", " ", "\n", " ").Replace(reason.Error())
	_, _ = fmt.Fprintf(client, "HTTP/1.1 502 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", text)
}

// pipe copies both ways until either side is done.
func pipe(client net.Conn, fromClient *bufio.Reader, backend net.Conn) {
	done := make(chan struct{}, 2)
	go func() { _, _ = io.Copy(backend, fromClient); done <- struct{}{} }()
	go func() { _, _ = io.Copy(client, backend); done <- struct{}{} }()
	<-done
}
