package proxy

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type testHosts struct {
	handlers map[string]http.Handler
	tunnels  map[string]string
}

func (h testHosts) Handler(host string) http.Handler { return h.handlers[host] }
func (h testHosts) Tunnel(host string) (string, bool) {
	addr, ok := h.tunnels[host]
	return addr, ok
}

func proxyClient(t *testing.T, hosts Hosts) *http.Client {
	t.Helper()
	client, _ := startProxy(t, hosts)
	return client
}

func startProxy(t *testing.T, hosts Hosts) (*http.Client, *Proxy) {
	t.Helper()
	ca, err := OpenCA(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	control := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "control") })
	p := New(ca, hosts, control, slog.New(slog.DiscardHandler))
	go p.Serve(l)
	t.Cleanup(func() { p.Close() })
	return ca.Client("http://" + l.Addr().String()), p
}

func respondWith(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s %s", text, r.Method, r.URL.Path)
	})
}

func TestProxy(t *testing.T) {
	backend := httptest.NewTLSServer(respondWith("api server"))
	defer backend.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	client := proxyClient(t, testHosts{
		handlers: map[string]http.Handler{"management.azure.com": respondWith("arm")},
		tunnels:  map[string]string{"dead.hcp.westeurope.azmk8s.io": closed.Addr().String()},
	})

	cases := map[string]struct {
		url, want, wantErr string
	}{
		"a host of Azure is served by its handler, under its own name": {
			url: "https://management.azure.com/subscriptions", want: "arm GET /subscriptions"},
		"the case of a host name does not matter": {
			url: "https://Management.Azure.com/", want: "arm GET /"},
		"another host is refused with a message that names it": {
			url: "https://example.com/", wantErr: `the sandbox has no host "example.com"`},
		"another port of a known host is refused": {
			url: "https://management.azure.com:8443/", wantErr: "port 443 only"},
		"an API server that is down is named": {
			url: "https://dead.hcp.westeurope.azmk8s.io/", wantErr: "does not answer"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			resp, err := client.Get(tc.url)
			if tc.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tc.wantErr) {
					t.Fatalf("error = %v, want one with %q", err, tc.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			if string(body) != tc.want {
				t.Errorf("body = %q, want %q", body, tc.want)
			}
		})
	}

	t.Run("plain HTTP to any host is refused", func(t *testing.T) {
		resp, err := client.Get("http://management.azure.com/")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("status = %d, want 403", resp.StatusCode)
		}
	})
}

func TestTunnelLeavesTLSToTheServer(t *testing.T) {
	backend := httptest.NewTLSServer(respondWith("api server"))
	defer backend.Close()
	client := proxyClient(t, testHosts{tunnels: map[string]string{"example.com": backend.Listener.Addr().String()}})
	// httptest's certificate is valid for example.com, and the client trusts that certificate's
	// authority only: the handshake is with the server behind the tunnel, not with the proxy.
	client.Transport.(*http.Transport).TLSClientConfig.RootCAs = backend.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	resp, err := client.Get("https://example.com/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); string(body) != "api server GET /readyz" {
		t.Errorf("body = %q", body)
	}
}

func TestCloseEndsATunnelThatIsInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, p := startProxy(t, testHosts{tunnels: map[string]string{"watch.hcp.westeurope.azmk8s.io": l.Addr().String()}})
	go client.Get("https://watch.hcp.westeurope.azmk8s.io/api/v1/pods?watch=true")
	backend, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Close()
	// The client's first bytes have arrived, so the tunnel exists.
	if _, err := backend.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	backend.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.Copy(io.Discard, backend); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the tunnel outlived the proxy")
	}
}

func TestServeRefusesToListenBeyondLoopback(t *testing.T) {
	ca, err := OpenCA(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := New(ca, testHosts{}, http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if err := p.Serve(publicListener{}); err == nil || !strings.Contains(err.Error(), "loopback only") {
		t.Errorf("error = %v, want a refusal", err)
	}
}

type publicListener struct{ net.Listener }

func (publicListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 443} }

func TestOpenCA(t *testing.T) {
	dir := t.TempDir()
	first, err := OpenCA(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := OpenCA(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !first.cert.Equal(again.cert) {
		t.Error("a second start made another authority: clients that trust the first one would fail")
	}
	info, err := os.Stat(filepath.Join(dir, "ca.key"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the key's mode is %v, want 0600", info.Mode().Perm())
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.key"), []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCA(dir); err == nil || !strings.Contains(err.Error(), "remove the folder") {
		t.Errorf("error = %v, want a remedy for a broken key", err)
	}
}
