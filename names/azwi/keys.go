package azwi

// KeyPrefix begins the labels and annotations that the webhook reads.
const KeyPrefix = "azure.workload.identity/"

// Labels and annotations that the webhook reads.
const (
	// LabelUse on a pod template makes the webhook mutate the pod. On a service account it has had
	// no effect since webhook v1.0.
	LabelUse = KeyPrefix + "use"
	// LabelUseValue is the only value of LabelUse that the webhook's object selector matches.
	LabelUseValue = "true"

	// AnnotationClientID on a service account becomes AZURE_CLIENT_ID in its pods. Without it the
	// webhook injects the token but no client id, and reports no error.
	AnnotationClientID = KeyPrefix + "client-id"
	// AnnotationTenantID on a service account overrides the webhook's tenant. Its presence decides:
	// an empty value removes AZURE_TENANT_ID from the pod.
	AnnotationTenantID = KeyPrefix + "tenant-id"
	// AnnotationTokenExpiration on a service account or a pod is the lifetime of the projected
	// token in seconds; see MinTokenExpirationSeconds.
	AnnotationTokenExpiration = KeyPrefix + "service-account-token-expiration"
	// AnnotationSkipContainers on a pod lists containers, separated by semicolons, that the webhook
	// does not change.
	AnnotationSkipContainers = KeyPrefix + "skip-containers"
	// AnnotationInjectProxySidecar on a pod adds the migration proxy. Presence alone decides: the
	// value "false" still injects it.
	AnnotationInjectProxySidecar = KeyPrefix + "inject-proxy-sidecar"
	// AnnotationProxySidecarPort on a pod is the port of the migration proxy.
	AnnotationProxySidecarPort = KeyPrefix + "proxy-sidecar-port"

	// LabelPodIdentity is the pod label of AAD Pod Identity, the predecessor. A pod must not carry
	// both.
	LabelPodIdentity = "aadpodidbinding"
)

// Environment variables that the webhook injects into every container. A value that the container
// sets itself wins over the injected one.
const (
	EnvClientID           = "AZURE_CLIENT_ID"
	EnvTenantID           = "AZURE_TENANT_ID"
	EnvFederatedTokenFile = "AZURE_FEDERATED_TOKEN_FILE"
	EnvAuthorityHost      = "AZURE_AUTHORITY_HOST"
)

// InjectedEnv lists the environment variables that the webhook owns, in the order in which it
// injects them.
func InjectedEnv() []string {
	return []string{EnvClientID, EnvTenantID, EnvFederatedTokenFile, EnvAuthorityHost}
}
