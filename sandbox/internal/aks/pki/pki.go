// Package pki creates and keeps the keys and certificates of one cluster.
//
// There are two authorities: the cluster's own, which is in kubeconfigs and signs the clients of
// the API server, and one for the internal connections of the control plane (etcd, egress tunnel),
// which a user's certificate cannot open.
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

// Pair has the paths of a certificate and its key, both PEM.
type Pair struct{ Cert, Key string }

// Files has the paths of all keys and certificates of one cluster.
type Files struct {
	// ClusterCA signs the API server's certificate and those of its clients.
	ClusterCA Pair
	// InternalCA signs the certificates of the control plane's internal connections.
	InternalCA Pair

	APIServer Pair // serving
	Admin     Pair // clusterAdmin kubeconfig, and the daemon itself
	User      Pair // clusterUser kubeconfig
	Manager   Pair // kube-controller-manager
	Agent     Pair // node agent and egress tunnel
	Issuer    Pair // reader of the issuer's documents

	EtcdServer, EtcdClient     Pair
	TunnelServer, TunnelClient Pair

	// ServiceAccount signs service account tokens (RS256, the only algorithm that Entra accepts
	// from a federated issuer). Next is published beside it and signs nothing: AKS publishes two
	// keys, so that a rotation needs no waiting time.
	ServiceAccount, Next SigningKey
	// Old is the key before the last rotation. Its tokens are accepted and nothing is signed with
	// it; empty if there was no rotation.
	Old SigningKey
}

// SigningKey has the paths of an RSA key and its public half, both PEM.
type SigningKey struct{ Private, Public string }

// The users of the API server, by the common name of their certificates.
const (
	// AgentUser is the node agent; package aks binds it to its own role.
	AgentUser = "system:sandbox:node-agent"
	// IssuerUser reads the issuer's two documents.
	IssuerUser = "system:sandbox:issuer"
	// managerUser is bound to its role by Kubernetes itself.
	managerUser = "system:kube-controller-manager"
	// masterUser is the name in the certificates that AKS gives out.
	masterUser   = "masterclient"
	mastersGroup = "system:masters"
)

// Paths returns the paths of the files in dir, whether they exist or not.
func Paths(dir string) Files {
	pair := func(name string) Pair {
		return Pair{Cert: filepath.Join(dir, name+".crt"), Key: filepath.Join(dir, name+".key")}
	}
	signing := func(name string) SigningKey {
		return SigningKey{Private: filepath.Join(dir, name+".key"), Public: filepath.Join(dir, name+".pub")}
	}
	return Files{
		ClusterCA: pair("ca"), InternalCA: pair("internal-ca"),
		APIServer: pair("apiserver"), Admin: pair("admin"), User: pair("user"),
		Manager: pair("controller-manager"), Agent: pair("node-agent"), Issuer: pair("issuer"),
		EtcdServer: pair("etcd-server"), EtcdClient: pair("etcd-client"),
		TunnelServer: pair("tunnel-server"), TunnelClient: pair("tunnel-client"),
		ServiceAccount: signing("sa"), Next: signing("sa-next"),
	}
}

// Ensure creates the missing files in dir and returns the paths. Existing files are kept, because
// kubeconfigs and federated credentials depend on them. A certificate is issued again only if it
// lacks a name, as that of the API server can, or if another authority signed it.
//
// names are those of the API server; serviceIP is the first address of the services' range.
func Ensure(dir string, names []string, serviceIP net.IP) (Files, error) {
	f := Paths(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Files{}, fmt.Errorf("pki: %w", err)
	}
	var g errgroup.Group
	// RSA keys take the longest.
	g.Go(func() error { return ensureSigningKey(f.ServiceAccount) })
	g.Go(func() error { return ensureSigningKey(f.Next) })
	g.Go(func() error { return ensureClusterPairs(f, names, serviceIP) })
	g.Go(func() error { return ensureInternalPairs(f) })
	if err := g.Wait(); err != nil {
		return Files{}, fmt.Errorf("pki: %w", err)
	}
	if old := oldKey(dir); exists(old.Public) {
		f.Old = old
	}
	return f, nil
}

func oldKey(dir string) SigningKey {
	return SigningKey{Private: filepath.Join(dir, "sa-old.key"), Public: filepath.Join(dir, "sa-old.pub")}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// Rotate makes the published key the one that signs, and keeps the one that signed. The next Ensure
// creates another published key. AKS accepts the old key for 24 hours
// (https://learn.microsoft.com/azure/aks/use-oidc-issuer#rotate-the-oidc-key); here it is accepted
// until the next rotation.
func Rotate(dir string) error {
	f := Paths(dir)
	for _, move := range [][2]SigningKey{{f.ServiceAccount, oldKey(dir)}, {f.Next, f.ServiceAccount}} {
		// The public half moves last: a key without it is created again.
		if err := os.Rename(move[0].Private, move[1].Private); err != nil {
			return fmt.Errorf("pki: %w", err)
		}
		if err := os.Rename(move[0].Public, move[1].Public); err != nil {
			return fmt.Errorf("pki: %w", err)
		}
	}
	return nil
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

func ensureInternalPairs(f Files) error {
	ca, err := ensureAuthority(f.InternalCA, "internal-ca")
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
