package clusters

import "context"

// Runtime is what Azure needs of AKS's machinery: processes that are a Kubernetes API server.
type Runtime interface {
	// Start returns when the API server is ready. It is called again after a restart of the daemon and when the spec
	// changes, so it must be idempotent.
	Start(ctx context.Context, c Spec) error
	// Delete stops the processes and removes their folder. An unknown cluster is no error.
	Delete(ctx context.Context, uid string) error
	// Kubeconfig answers the same text for as long as the cluster lives.
	Kubeconfig(ctx context.Context, uid string, admin bool) ([]byte, error)
}

// Spec is a managed cluster as the runtime sees it.
type Spec struct {
	UID               string // one cluster's life; a cluster created anew under the same name has another
	ResourceID        string
	Name              string
	ResourceGroup     string
	NodeResourceGroup string
	Location          string
	TenantID          string
	KubernetesVersion string // what the API server really is
	IssuerURL         string // of service account tokens, ends with a slash
	FQDN              string // of the API server, as kubeconfigs name it
	PublicFQDN        string // a second name of a private cluster's API server; "" if it has none
	Pools             []Pool
	// WorkloadIdentityAddon asks for the managed webhook in kube-system.
	WorkloadIdentityAddon bool
}

// Pool is a node pool.
type Pool struct {
	Name   string
	Mode   string // System or User
	OSType string // Linux or Windows
	VMSize string
	Count  int
}
