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

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/pki"
)

func service(name, ip string, port int32) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "wi", Name: name},
		Spec:       corev1.ServiceSpec{ClusterIP: ip, Ports: []corev1.ServicePort{{Port: port}}},
	}
}

func slice(name, service string, port int32, endpoints ...discoveryv1.Endpoint) *discoveryv1.EndpointSlice {
	unnamed := ""
	return &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: "wi", Name: name, Labels: map[string]string{discoveryv1.LabelServiceName: service}},
		Ports:      []discoveryv1.EndpointPort{{Name: &unnamed, Port: &port}},
		Endpoints:  endpoints,
	}
}

func endpoint(ip string, ready bool) discoveryv1.Endpoint {
	return discoveryv1.Endpoint{Addresses: []string{ip}, Conditions: discoveryv1.EndpointConditions{Ready: &ready}}
}

// resolver returns a Resolver for the objects and one process: 127.0.0.1:31337 for port 9443 of
// 10.244.0.2.
func resolver(t *testing.T, objects ...runtime.Object) Resolver {
	t.Helper()
	factory := informers.NewSharedInformerFactory(fake.NewClientset(objects...), 0)
	r := Resolver{
		Services:       factory.Core().V1().Services().Lister(),
		EndpointSlices: factory.Discovery().V1().EndpointSlices().Lister(),
		Local: func(ip string, port int) (string, bool) {
			return "127.0.0.1:31337", ip == "10.244.0.2" && port == 9443
		},
	}
	factory.Start(t.Context().Done())
	factory.WaitForCacheSync(t.Context().Done())
	return r
}

func TestResolve(t *testing.T) {
	const noProcess = "nothing listens on %s: the sandbox runs no containers and no kubelet, it runs the workload-identity webhook only"
	hook := service("hook", "10.0.7.7", 443)
	for name, tc := range map[string]struct {
		objects []runtime.Object
		address string
		want    string
		err     string
	}{
		"a service leads to its ready pod": {
			objects: []runtime.Object{hook, slice("a", "hook", 9443, endpoint("10.244.0.9", false), endpoint("10.244.0.2", true))},
			address: "10.0.7.7:443", want: "127.0.0.1:31337"},
		"an endpoint without a condition is ready": {
			objects: []runtime.Object{hook, slice("a", "hook", 9443, discoveryv1.Endpoint{Addresses: []string{"10.244.0.2"}})},
			address: "10.0.7.7:443", want: "127.0.0.1:31337"},
		"a pod's own address leads to the pod: the API server resolves endpoints itself": {
			address: "10.244.0.2:9443", want: "127.0.0.1:31337"},
		"no ready pod, no connection": {
			objects: []runtime.Object{hook, slice("a", "hook", 9443, endpoint("10.244.0.2", false))},
			address: "10.0.7.7:443", err: `no endpoints available for service "hook"`},
		"slices of another service are not its endpoints": {
			objects: []runtime.Object{hook, slice("a", "other", 9443, endpoint("10.244.0.2", true))},
			address: "10.0.7.7:443", err: `no endpoints available for service "hook"`},
		"a port that the service does not have": {
			objects: []runtime.Object{hook}, address: "10.0.7.7:80", err: "service wi/hook has no port 80"},
		"a ready pod without a process": {
			objects: []runtime.Object{hook, slice("a", "hook", 9443, endpoint("10.244.0.3", true))},
			address: "10.0.7.7:443", err: fmt.Sprintf(noProcess, "10.244.0.3:9443")},
		"a kubelet, as kubectl logs asks for": {
			address: "10.224.0.4:10250", err: fmt.Sprintf(noProcess, "10.224.0.4:10250")},
		"a host name: nothing leaves the machine": {
			address: "example.com:443", err: `"example.com" names no service and no pod: an IP address is needed`},
		"a bad port": {
			address: "10.0.7.7:99999", err: `"10.0.7.7:99999" is not an address: bad port`},
		"no port": {
			address: "10.0.7.7", err: `"10.0.7.7" is not an address: address 10.0.7.7: missing port in address`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := resolver(t, tc.objects...).Resolve(tc.address)
			msg := ""
			if err != nil {
				msg = err.Error()
			}
			if diff := cmp.Diff([2]string{tc.want, tc.err}, [2]string{got, msg}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

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
