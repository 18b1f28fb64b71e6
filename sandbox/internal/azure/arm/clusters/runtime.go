package clusters

import "context"

// Runtime starts and stops the processes of clusters: a Kubernetes API server for each.
type Runtime interface {
	// Start starts the API server and returns when it is ready. It is idempotent, because it is
	// called again after a restart of the daemon and when the spec changes.
	Start(ctx context.Context, c Spec) error
	// Delete stops the processes and removes their folder. It is no error if there is no such
	// cluster.
	Delete(ctx context.Context, uid string) error
	// Kubeconfig returns a kubeconfig, whose text never changes for a cluster.
	Kubeconfig(ctx context.Context, uid string, admin bool) ([]byte, error)
}

// Spec describes a managed cluster to the runtime.
type Spec struct {
	// UID identifies the cluster. A cluster that is deleted and created again has another.
	UID               string
	ResourceID        string
	Name              string
	ResourceGroup     string
	NodeResourceGroup string
	Location          string
	TenantID          string
	KubernetesVersion string // version of the API server
	IssuerURL         string // of service account tokens, ends with a slash
	FQDN              string // host name of the API server in kubeconfigs
	PublicFQDN        string // public host name of a private cluster; "" if it has none
	ServiceRange      string // of services' addresses, in CIDR notation
	PodRange          string // of pods' addresses; "" if pods are in the nodes' subnet
	Pools             []Pool
	// WorkloadIdentityAddon enables the managed webhook in kube-system.
	WorkloadIdentityAddon bool
	// Entra describes how users sign in with Entra ID; nil if they do not.
	Entra *Entra
}

// Entra describes how the users of a cluster sign in with Entra ID.
type Entra struct {
	AdminGroups []string // object IDs of the groups whose members are cluster administrators
	AzureRBAC   bool     // Azure roles decide on requests that Kubernetes roles do not allow
	Access      Access
}

// Access authenticates and authorises requests to the API server of one cluster, as the webhooks of
// AKS do. It is safe for concurrent use.
type Access interface {
	// Authenticate returns the user of a bearer token; nil if it is not an access token of Entra
	// for this cluster.
	Authenticate(ctx context.Context, token string) (*User, error)
	// Authorize reports whether a user is allowed a request. The reason is that of a refusal.
	Authorize(ctx context.Context, a Attempt) (allowed bool, reason string, err error)
}

// User is the user of a token.
type User struct {
	Name   string // object ID, the only name of a principal without a mailbox
	Groups []string
}

// Attempt is a request of a user to the API server.
type Attempt struct {
	User                                          string
	Groups                                        []string
	Verb, Namespace, Group, Resource, Subresource string
	Path                                          string // of a request for no resource
}

// Pool describes a node pool to the runtime.
type Pool struct {
	Name   string
	Mode   string // System or User
	OSType string // Linux or Windows
	VMSize string
	Count  int
	Labels map[string]string
	Taints []string // "key=value:Effect"
	Zones  []string
	// MaxPods is the largest number of pods on a node.
	MaxPods int
}
