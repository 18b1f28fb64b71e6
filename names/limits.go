package names

const (
	// MaxFederatedCredentials is the number of federated identity credentials
	// that one user-assigned identity or Entra application may hold.
	// Source: learn.microsoft.com, "Important considerations and restrictions for
	// federated identity credentials".
	MaxFederatedCredentials = 20
	// MaxFederatedFieldLength is the longest issuer, subject, audience or
	// description of a federated identity credential, in characters. Same source.
	MaxFederatedFieldLength = 600
	// MaxFederatedCredentialName is the longest name of a federated identity
	// credential, in characters; the shortest is 3.
	MaxFederatedCredentialName = 120

	// MinTokenExpirationSeconds, MaxTokenExpirationSeconds and
	// DefaultTokenExpirationSeconds bound the projected token's lifetime. Outside
	// the range the webhook denies the pod.
	// Source: pkg/webhook of azure-workload-identity v1.6.0.
	MinTokenExpirationSeconds     = 3600
	MaxTokenExpirationSeconds     = 86400
	DefaultTokenExpirationSeconds = 3600

	// MaxNamespaceLength is the longest Kubernetes namespace (RFC 1123 label).
	MaxNamespaceLength = 63
	// MaxServiceAccountLength is the longest Kubernetes service account name
	// (RFC 1123 subdomain).
	MaxServiceAccountLength = 253
)
