package tunnel

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
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
