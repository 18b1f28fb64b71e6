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
	ServiceRange      string // of services' addresses, in CIDR notation
	PodRange          string // of pods' addresses; "" if pods are in the nodes' subnet
	Pools             []Pool
	// WorkloadIdentityAddon asks for the managed webhook in kube-system.
	WorkloadIdentityAddon bool
	// Entra is how users sign in with Entra ID; nil if they do not.
	Entra *Entra
}

// Entra is how a cluster signs its users in.
type Entra struct {
	AdminGroups []string // object IDs of groups whose members may do everything
	AzureRBAC   bool     // Azure's roles decide on what Kubernetes' own do not allow
	Access      Access
}

// Access decides for the API server of one cluster, as AKS's own webhooks do. It is safe for concurrent use.
type Access interface {
	// Authenticate reads a bearer token. It answers nil for one that is not an access token of Entra's for this cluster.
	Authenticate(ctx context.Context, token string) (*User, error)
	// Authorize decides about a request of a user. The reason says why not.
	Authorize(ctx context.Context, a Attempt) (allowed bool, reason string, err error)
}

// User is who a token belongs to.
type User struct {
	Name   string // the object ID: principals without a mailbox have no other name
	Groups []string
}

// Attempt is what a user wants to do.
type Attempt struct {
	User                                          string
	Groups                                        []string
	Verb, Namespace, Group, Resource, Subresource string
	Path                                          string // of a request that is about no resource
}

// Pool is a node pool.
type Pool struct {
	Name   string
	Mode   string // System or User
	OSType string // Linux or Windows
	VMSize string
	Count  int
	Labels map[string]string
	Taints []string // "key=value:Effect"
	Zones  []string
	// MaxPods is how many pods a node takes.
	MaxPods int
}
