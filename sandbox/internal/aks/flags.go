package aks

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/aks/pki"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

// KubernetesVersion is the version of every cluster; the version in its resource has no effect. The
// sandbox binary is built from this version.
const KubernetesVersion = "v1.34.4"

const (
	// serviceRange is AKS's default --service-cidr.
	serviceRange = "10.0.0.0/16"
	// advertiseAddress is the API server's own address. It must not be loopback. Nothing connects
	// to it, because no reconciler publishes it.
	advertiseAddress = "10.224.0.2"
)

// serviceRangeOf returns the address range of a cluster's services.
func serviceRangeOf(spec azure.ClusterSpec) string { return cmp.Or(spec.ServiceRange, serviceRange) }

// firstServiceIP returns the first address of the range, which the API server gives to the service
// "kubernetes".
func firstServiceIP(spec azure.ClusterSpec) (net.IP, error) {
	prefix, err := netip.ParsePrefix(serviceRangeOf(spec))
	if err != nil {
		return nil, fmt.Errorf("range of services: %w", err)
	}
	return prefix.Masked().Addr().Next().AsSlice(), nil
}

// layout has the paths of one cluster's files.
type layout struct{ root string }

func (l layout) pki() string         { return filepath.Join(l.root, "pki") }
func (l layout) etcd() string        { return filepath.Join(l.root, "etcd") }
func (l layout) logs() string        { return filepath.Join(l.root, "logs") }
func (l layout) run() string         { return filepath.Join(l.root, "run") }
func (l layout) pods() string        { return filepath.Join(l.root, "pods") }
func (l layout) auditPolicy() string { return filepath.Join(l.root, "run", "audit.yaml") }
func (l layout) egress() string      { return filepath.Join(l.root, "run", "egress.yaml") }
func (l layout) managerConfig() string {
	return filepath.Join(l.root, "run", "controller-manager.kubeconfig")
}

// reviewer returns the path of the kubeconfig for one path of the reviewer.
func (l layout) reviewer(path string) string {
	return filepath.Join(l.root, "run", strings.Trim(path, "/")+".kubeconfig")
}
func (l layout) log(name string) string { return filepath.Join(l.logs(), name+".log") }
func (l layout) pid(name string) string { return filepath.Join(l.run(), name+".pid") }
func (l layout) kubeconfig(admin bool) string {
	if admin {
		return filepath.Join(l.root, "kubeconfig-admin")
	}
	return filepath.Join(l.root, "kubeconfig-user")
}

// ports are the loopback ports of one start of a cluster.
type ports struct{ etcd, apiServer, tunnel, review int }

func etcdArgs(l layout, f pki.Files, p ports) []string {
	return []string{
		"--data-dir=" + l.etcd(),
		"--listen-client-url=" + loopbackURL(p.etcd),
		"--cert-file=" + f.EtcdServer.Cert,
		"--key-file=" + f.EtcdServer.Key,
		"--trusted-ca-file=" + f.InternalCA.Cert,
	}
}

// apiServerArgs returns the API server's flags: those whose effect users see on AKS, and others for
// a fast start and little memory.
func apiServerArgs(l layout, f pki.Files, p ports, spec azure.ClusterSpec) []string {
	issuer := spec.IssuerURL
	args := append([]string{
		// The service account issuer is configured as on AKS: its documents are served under the
		// issuer's own host, tokens live one day at most, and the lifetime of a token is not
		// extended silently (Kubernetes 1.30 and later on AKS).
		"--service-account-issuer=" + issuer,
		"--service-account-jwks-uri=" + issuer + "openid/v1/jwks",
		"--service-account-signing-key-file=" + f.ServiceAccount.Private,
		"--service-account-key-file=" + f.ServiceAccount.Public,
		"--service-account-key-file=" + f.Next.Public,
		"--service-account-extend-token-expiration=false",
		"--service-account-max-token-expiration=24h",
		"--api-audiences=" + strings.Join([]string{issuer, "https://kubernetes.default.svc", "https://kubernetes.default.svc.cluster.local", "https://" + spec.FQDN}, ","),

		"--authorization-mode=Node,RBAC",
		"--anonymous-auth=false",
		"--client-ca-file=" + f.ClusterCA.Cert,
		"--service-cluster-ip-range=" + serviceRangeOf(spec),
		"--allow-privileged=true",

		// Pods are reached through a tunnel, and webhooks at the addresses of their endpoints. On
		// AKS too, a webhook without a ready pod fails with "no endpoints available for service"
		// (Azure/AKS#5686).
		"--egress-selector-config-file=" + l.egress(),
		"--enable-aggregator-routing=true",

		"--bind-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", p.apiServer),
		"--tls-cert-file=" + f.APIServer.Cert,
		"--tls-private-key-file=" + f.APIServer.Key,
		"--advertise-address=" + advertiseAddress,
		"--endpoint-reconciler-type=none",

		"--etcd-servers=" + loopbackURL(p.etcd),
		"--etcd-cafile=" + f.InternalCA.Cert,
		"--etcd-certfile=" + f.EtcdClient.Cert,
		"--etcd-keyfile=" + f.EtcdClient.Key,

		"--profiling=false",
		"--enable-priority-and-fairness=false",
	}, slices.Concat(auditArgs(l), reviewArgs(l, spec.Entra))...)
	if f.Old.Public != "" {
		args = append(args, "--service-account-key-file="+f.Old.Public)
	}
	return args
}

// controllers are the controllers that have an effect in a cluster without real nodes. Those of
// nodes, volumes, certificates and bootstrap tokens are left out.
var controllers = []string{
	"clusterrole-aggregation-controller",
	"cronjob-controller",
	"daemonset-controller",
	"deployment-controller",
	"disruption-controller",
	"endpoints-controller",
	"endpointslice-controller",
	"garbage-collector-controller",
	"job-controller",
	"namespace-controller",
	"pod-garbage-collector-controller",
	"replicaset-controller",
	"resourcequota-controller",
	"root-ca-certificate-publisher-controller",
	"serviceaccount-controller",
	"serviceaccount-token-controller",
	"statefulset-controller",
	"ttl-after-finished-controller",
}

func controllerManagerArgs(l layout, f pki.Files) []string {
	return []string{
		"--kubeconfig=" + l.managerConfig(),
		"--controllers=" + strings.Join(controllers, ","),
		// As on AKS, each controller uses its own service account, so that admission sees the same
		// users as there.
		"--use-service-account-credentials=true",
		"--service-account-private-key-file=" + f.ServiceAccount.Private,
		"--root-ca-file=" + f.ClusterCA.Cert,
		"--leader-elect=false",
		// A start creates a service account and a token for each controller; the default limits (20
		// and 30) would slow it down.
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
		// No serving port: nothing uses it, and no port can conflict.
		"--secure-port=0",
		"--profiling=false",
	}
}

func loopbackURL(port int) string { return fmt.Sprintf("https://127.0.0.1:%d", port) }

// egressConfig returns the configuration that sends the API server's connections to pods, services
// and nodes through the tunnel, as AKS does with konnectivity.
func egressConfig(f pki.Files, p ports) string {
	return fmt.Sprintf(`apiVersion: apiserver.k8s.io/v1beta1
kind: EgressSelectorConfiguration
egressSelections:
- name: cluster
  connection:
    proxyProtocol: HTTPConnect
    transport:
      tcp:
        url: %q
        tlsConfig:
          caBundle: %q
          clientCert: %q
          clientKey: %q
`, loopbackURL(p.tunnel), f.InternalCA.Cert, f.TunnelClient.Cert, f.TunnelClient.Key)
}
