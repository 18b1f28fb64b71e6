// Package pki makes and keeps the keys and certificates of one cluster.
//
// Two authorities keep two worlds apart: the cluster's own, which kubeconfigs
// name and the API server accepts clients of, and one for the wires between
// the control plane's parts (etcd, egress tunnel), which no user's certificate
// opens.
package pki

import (
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Pair is the paths of a certificate and its key, both PEM.
type Pair struct{ Cert, Key string }

// Files is where everything of one cluster lies.
type Files struct {
	// ClusterCA signs the API server's certificate and those of its clients.
	ClusterCA Pair
	// WiresCA signs the certificates of the control plane's inner connections.
	WiresCA Pair

	APIServer Pair // serving
	Admin     Pair // clusterAdmin kubeconfig, and the daemon's own administration
	User      Pair // clusterUser kubeconfig
	Manager   Pair // kube-controller-manager
	Agent     Pair // node agent and egress tunnel
	Issuer    Pair // reads the issuer's documents, nothing else

	EtcdServer, EtcdClient     Pair
	TunnelServer, TunnelClient Pair

	// ServiceAccount signs service account tokens (RS256, the only algorithm
	// that Entra accepts of a federated issuer). Next is published beside it
	// and signs nothing: AKS publishes two keys, so that rotation needs no wait.
	ServiceAccount, Next SigningKey
}

// SigningKey is the paths of an RSA key and its public half, both PEM.
type SigningKey struct{ Private, Public string }

// Users of the API server, by the common name of their certificates.
const (
	// AgentUser is the node agent; package aks binds it to a role of its own.
	AgentUser = "system:sandbox:node-agent"
	// IssuerUser reads the issuer's two documents.
	IssuerUser = "system:sandbox:issuer"
	// managerUser is bound to its role by Kubernetes itself.
	managerUser = "system:kube-controller-manager"
	// masterUser is the name in the certificates that AKS gives out.
	masterUser   = "masterclient"
	mastersGroup = "system:masters"
)

// Paths says where the files of dir lie, made or not.
func Paths(dir string) Files {
	pair := func(name string) Pair {
		return Pair{Cert: filepath.Join(dir, name+".crt"), Key: filepath.Join(dir, name+".key")}
	}
	signing := func(name string) SigningKey {
		return SigningKey{Private: filepath.Join(dir, name+".key"), Public: filepath.Join(dir, name+".pub")}
	}
	return Files{
		ClusterCA: pair("ca"), WiresCA: pair("wires-ca"),
		APIServer: pair("apiserver"), Admin: pair("admin"), User: pair("user"),
		Manager: pair("controller-manager"), Agent: pair("node-agent"), Issuer: pair("issuer"),
		EtcdServer: pair("etcd-server"), EtcdClient: pair("etcd-client"),
		TunnelServer: pair("tunnel-server"), TunnelClient: pair("tunnel-client"),
		ServiceAccount: signing("sa"), Next: signing("sa-next"),
	}
}

// Ensure makes in dir whatever is not there yet and returns the paths. What is
// there is kept, for good: kubeconfigs and federated credentials name it. Only
// the API server's certificate is made anew, when it lacks one of its names.
//
// names are the API server's; serviceIP the first address of the services' range.
func Ensure(dir string, names []string, serviceIP net.IP) (Files, error) {
	f := Paths(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Files{}, fmt.Errorf("pki: %w", err)
	}
	var g errgroup.Group
	// RSA keys take longest.
	g.Go(func() error { return ensureSigningKey(f.ServiceAccount) })
	g.Go(func() error { return ensureSigningKey(f.Next) })
	g.Go(func() error { return ensureClusterPairs(f, names, serviceIP) })
	g.Go(func() error { return ensureWirePairs(f) })
	if err := g.Wait(); err != nil {
		return Files{}, fmt.Errorf("pki: %w", err)
	}
	return f, nil
}

func ensureClusterPairs(f Files, names []string, serviceIP net.IP) error {
	ca, err := ensureAuthority(f.ClusterCA, "ca")
	if err != nil {
		return err
	}
	loopback := net.IPv4(127, 0, 0, 1)
	return ca.ensureAll(
		leaf{files: f.APIServer, commonName: "apiserver", usage: x509.ExtKeyUsageServerAuth,
			dns: append(slices.Clone(names), "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost"),
			ips: []net.IP{loopback, serviceIP}},
		leaf{files: f.Admin, commonName: masterUser, groups: []string{mastersGroup}, usage: x509.ExtKeyUsageClientAuth},
		leaf{files: f.User, commonName: masterUser, groups: []string{mastersGroup}, usage: x509.ExtKeyUsageClientAuth},
		leaf{files: f.Manager, commonName: managerUser, usage: x509.ExtKeyUsageClientAuth},
		leaf{files: f.Agent, commonName: AgentUser, usage: x509.ExtKeyUsageClientAuth},
		leaf{files: f.Issuer, commonName: IssuerUser, usage: x509.ExtKeyUsageClientAuth},
	)
}

func ensureWirePairs(f Files) error {
	ca, err := ensureAuthority(f.WiresCA, "wires-ca")
	if err != nil {
		return err
	}
	loopback := []net.IP{net.IPv4(127, 0, 0, 1)}
	return ca.ensureAll(
		leaf{files: f.EtcdServer, commonName: "etcd", usage: x509.ExtKeyUsageServerAuth, ips: loopback},
		leaf{files: f.EtcdClient, commonName: "kube-apiserver", usage: x509.ExtKeyUsageClientAuth},
		leaf{files: f.TunnelServer, commonName: "tunnel", usage: x509.ExtKeyUsageServerAuth, ips: loopback},
		leaf{files: f.TunnelClient, commonName: "kube-apiserver", usage: x509.ExtKeyUsageClientAuth},
	)
}
