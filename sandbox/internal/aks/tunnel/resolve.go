// Package tunnel carries the API server's connections into a cluster, as konnectivity does on AKS:
// the API server connects to the address of a service or a pod, and the tunnel connects it to the
// local process that the pod runs as.
package tunnel

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	discoverylisters "k8s.io/client-go/listers/discovery/v1"
)

// Resolver maps addresses of the cluster to local addresses.
type Resolver struct {
	Services       corelisters.ServiceLister
	EndpointSlices discoverylisters.EndpointSliceLister
	// Local returns the loopback address of the process behind a port of a pod, by the pod's
	// address.
	Local func(podIP string, port int) (addr string, ok bool)
}

// Resolve returns the local address for the address (IP and port) of a service or of a pod. The API
// server repeats the error in its own messages.
func (r Resolver) Resolve(address string) (string, error) {
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("%q is not an address: %w", address, err)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return "", fmt.Errorf("%q is not an address: bad port", address)
	}
	if _, err := netip.ParseAddr(host); err != nil {
		return "", fmt.Errorf("%q names no service and no pod: an IP address is needed", host)
	}

	service, err := r.service(host)
	if err != nil {
		return "", err
	}
	if service != nil {
		return r.viaService(service, int32(port))
	}
	return r.viaPod(host, int(port))
}

func (r Resolver) service(clusterIP string) (*corev1.Service, error) {
	all, err := r.Services.List(labels.Everything())
	if err != nil {
		return nil, fmt.Errorf("services: %w", err)
	}
	for _, s := range all {
		if s.Spec.ClusterIP == clusterIP {
			return s, nil
		}
	}
	return nil, nil
}

func (r Resolver) viaService(s *corev1.Service, port int32) (string, error) {
	var portName string
	found := false
	for _, p := range s.Spec.Ports {
		if p.Port == port {
			portName, found = p.Name, true
		}
	}
	if !found {
		return "", fmt.Errorf("service %s/%s has no port %d", s.Namespace, s.Name, port)
	}
	of := labels.SelectorFromSet(labels.Set{discoveryv1.LabelServiceName: s.Name})
	slices, err := r.EndpointSlices.EndpointSlices(s.Namespace).List(of)
	if err != nil {
		return "", fmt.Errorf("endpoints of service %s/%s: %w", s.Namespace, s.Name, err)
	}
	type target struct {
		ip   string
		port int
	}
	var ready []target
	for _, slice := range slices {
		targetPort, ok := slicePort(slice, portName)
		if !ok {
			continue
		}
		for _, e := range slice.Endpoints {
			// An endpoint without a condition is ready, by the API's definition.
			if e.Conditions.Ready != nil && !*e.Conditions.Ready || len(e.Addresses) == 0 {
				continue
			}
			ready = append(ready, target{e.Addresses[0], targetPort})
		}
	}
	if len(ready) == 0 {
		return "", fmt.Errorf("no endpoints available for service %q", s.Name)
	}
	t := ready[rand.IntN(len(ready))]
	return r.viaPod(t.ip, t.port)
}

func slicePort(slice *discoveryv1.EndpointSlice, name string) (int, bool) {
	for _, p := range slice.Ports {
		if p.Port != nil && (p.Name == nil && name == "" || p.Name != nil && *p.Name == name) {
			return int(*p.Port), true
		}
	}
	return 0, false
}

func (r Resolver) viaPod(ip string, port int) (string, error) {
	if addr, ok := r.Local(ip, port); ok {
		return addr, nil
	}
	return "", fmt.Errorf("nothing listens on %s: the sandbox runs no containers and no kubelet, it runs the workload-identity webhook only",
		net.JoinHostPort(ip, strconv.Itoa(port)))
}
