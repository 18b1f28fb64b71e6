// Package door is the one way from a command into the sandbox: an HTTP CONNECT
// proxy on loopback. For Azure's hosts it ends TLS with a certificate of the
// sandbox's own authority and hands the request to whoever plays that host;
// API servers are reached through a plain tunnel, so that their TLS is
// their own; every other host is refused, so nothing leaves the machine by accident.
package door

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Hosts is what lies behind the door.
type Hosts interface {
	// Handler plays the host (lower case, without port), or is nil.
	Handler(host string) http.Handler
	// Tunnel is the loopback address that host's port 443 is connected to.
	Tunnel(host string) (addr string, ok bool)
}

// Door serves the proxy.
type Door struct {
	ca      *CA
	hosts   Hosts
	control http.Handler
	log     *slog.Logger
	front   *http.Server
	inner   *http.Server
	conns   *connListener
	tunnels live
}

// New makes a door. Requests that are addressed to the door itself, not
// through it, go to control.
func New(ca *CA, hosts Hosts, control http.Handler, log *slog.Logger) *Door {
	d := &Door{ca: ca, hosts: hosts, control: control, log: log, conns: newConnListener()}
	d.front = &http.Server{
		Handler:           http.HandlerFunc(d.serveFront),
		ReadHeaderTimeout: 30 * time.Second,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	d.inner = &http.Server{
		Handler:           http.HandlerFunc(d.serveHost),
		ReadHeaderTimeout: 30 * time.Second,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return d
}

// Serve answers on the listener, which must be on loopback, until Close.
func (d *Door) Serve(l net.Listener) error {
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok || !addr.IP.IsLoopback() {
		return fmt.Errorf("the door listens on loopback only, not on %s", l.Addr())
	}
	go d.inner.Serve(d.conns)
	if err := d.front.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends the door and every connection through it.
func (d *Door) Close() error {
	d.conns.Close()
	err := errors.Join(d.inner.Close(), d.front.Close())
	d.tunnels.Close()
	return err
}

func (d *Door) serveFront(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect {
		d.connect(w, r)
		return
	}
	if r.URL.IsAbs() {
		http.Error(w, refusal(r.URL.Hostname())+" (plain HTTP is never answered)", http.StatusForbidden)
		return
	}
	d.control.ServeHTTP(w, r)
}

func (d *Door) connect(w http.ResponseWriter, r *http.Request) {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil || port != "443" {
		refuse(w, fmt.Sprintf("the sandbox answers on port 443 only, not %s", r.Host))
		return
	}
	host = strings.ToLower(host)
	if addr, ok := d.hosts.Tunnel(host); ok {
		d.tunnel(w, r, host, addr)
		return
	}
	if d.hosts.Handler(host) == nil {
		d.log.Info("refused a host that is not Azure's", "host", host)
		refuse(w, refusal(host))
		return
	}
	conn, err := hijack(w)
	if err != nil {
		d.log.Error("cannot take over a connection", "host", host, "err", err)
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		conn.Close()
		return
	}
	d.conns.offer(tls.Server(conn, &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if hello.ServerName != "" && !strings.EqualFold(hello.ServerName, host) {
				return nil, fmt.Errorf("asked for %s through a connection to %s", hello.ServerName, host)
			}
			return d.ca.Leaf(host)
		},
	}))
}

// serveHost hands a decrypted request to whoever plays its host.
func (d *Door) serveHost(w http.ResponseWriter, r *http.Request) {
	host := strings.ToLower(r.Host)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	handler := d.hosts.Handler(host)
	if handler == nil {
		http.Error(w, refusal(host), http.StatusMisdirectedRequest)
		return
	}
	handler.ServeHTTP(w, r)
}

func (d *Door) tunnel(w http.ResponseWriter, r *http.Request, host, addr string) {
	var dialer net.Dialer
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	back, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		refuse(w, fmt.Sprintf("the API server behind %s does not answer; see `sandbox status`", host))
		return
	}
	conn, err := hijack(w)
	if err != nil {
		back.Close()
		return
	}
	if !d.tunnels.add(conn, back) {
		conn.Close()
		back.Close()
		return
	}
	defer d.tunnels.remove(conn, back)
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		conn.Close()
		back.Close()
		return
	}
	Pipe(conn, back)
}

// Pipe copies between two connections until both directions have ended, and closes both.
func Pipe(a, b net.Conn) {
	var wg sync.WaitGroup
	for _, pair := range [][2]net.Conn{{a, b}, {b, a}} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			io.Copy(pair[0], pair[1])
			if half, ok := pair[0].(interface{ CloseWrite() error }); ok {
				half.CloseWrite()
				return
			}
			pair[0].Close()
		}()
	}
	wg.Wait()
	a.Close()
	b.Close()
}

func hijack(w http.ResponseWriter) (net.Conn, error) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	if n := buffered.Reader.Buffered(); n > 0 {
		early := make([]byte, n)
		if _, err := io.ReadFull(buffered, early); err != nil {
			conn.Close()
			return nil, err
		}
		return &eagerConn{Conn: conn, early: early}, nil
	}
	return conn, nil
}

// eagerConn gives back what a client sent before it had the proxy's answer.
type eagerConn struct {
	net.Conn
	early []byte
}

func (c *eagerConn) Read(p []byte) (int, error) {
	if len(c.early) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.early)
	c.early = c.early[n:]
	return n, nil
}

func refusal(host string) string {
	return fmt.Sprintf("the sandbox has no host %q, and nothing leaves this machine through it", host)
}

// refuse answers a CONNECT. Clients show the reason phrase of the status line
// and drop the body, so the sentence stands in both.
func refuse(w http.ResponseWriter, sentence string) {
	conn, err := hijack(w)
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "HTTP/1.1 403 Forbidden: %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s\n",
		sentence, len(sentence)+1, sentence)
}
