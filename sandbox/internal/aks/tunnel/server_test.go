package tunnel

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/pki"
)

// TestServer uses the tunnel exactly as kube-apiserver does.
func TestServer(t *testing.T) {
	files, err := pki.Ensure(t.TempDir(), []string{"x"}, net.IPv4(10, 0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	backend := echo(t)
	s := serve(t, files)

	if _, line := dialTunnel(t, s, files, "10.0.7.7:443"); line != "502 the cluster is starting" {
		t.Errorf("before the cluster is known: %q", line)
	}
	s.server.SetResolve(func(address string) (string, error) {
		if address == "10.0.7.7:443" {
			return backend, nil
		}
		return "", fmt.Errorf("not\nthere")
	})
	if _, line := dialTunnel(t, s, files, "10.0.8.8:443"); line != "502 not there" {
		t.Errorf("refusal: %q", line)
	}
	conn, line := dialTunnel(t, s, files, "10.0.7.7:443")
	if line != "200 Connection established" {
		t.Fatalf("connect: %q", line)
	}
	if _, err := io.WriteString(conn, "hello\n"); err != nil {
		t.Fatal(err)
	}
	if got, err := bufio.NewReader(conn).ReadString('\n'); err != nil || got != "hello\n" {
		t.Errorf("echo %q, %v", got, err)
	}
}

func TestServerRequiresACertificate(t *testing.T) {
	files, err := pki.Ensure(t.TempDir(), []string{"x"}, net.IPv4(10, 0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, files)
	files.TunnelClient = files.User // signed by the cluster's own authority
	conn, err := tls.Dial("tcp", s.addr, clientConfig(t, files))
	if err == nil {
		// With TLS 1.3 the client sees the refusal at its first read.
		_, err = conn.Read(make([]byte, 1))
	}
	if err == nil || err == io.EOF {
		t.Errorf("a user's certificate was accepted: %v", err)
	}
}

type running struct {
	server *Server
	addr   string
}

func serve(t *testing.T, f pki.Files) running {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(f.TunnelServer.Cert, f.TunnelServer.Key)
	if err != nil {
		t.Fatal(err)
	}
	s := New(&tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool(t, f), ClientAuth: tls.RequireAndVerifyClientCert}, slog.New(slog.DiscardHandler))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		_ = s.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return running{s, l.Addr().String()}
}

func pool(t *testing.T, f pki.Files) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(f.InternalCA.Cert)
	if err != nil {
		t.Fatal(err)
	}
	p := x509.NewCertPool()
	p.AppendCertsFromPEM(text)
	return p
}

func clientConfig(t *testing.T, f pki.Files) *tls.Config {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(f.TunnelClient.Cert, f.TunnelClient.Key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: pool(t, f)}
}

func dialTunnel(t *testing.T, s running, f pki.Files, address string) (net.Conn, string) {
	t.Helper()
	conn, err := tls.Dial("tcp", s.addr, clientConfig(t, f))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", address); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return conn, res.Status
}

func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c); c.Close() }()
		}
	}()
	return l.Addr().String()
}
