package names

// Labels and annotations that the azure-workload-identity webhook reads.
// Source: pkg/webhook/consts.go of github.com/Azure/azure-workload-identity v1.6.0.
const (
	// LabelUse on a pod template makes the webhook mutate the pod. On a service
	// account it has had no effect since webhook v1.0.
	LabelUse = "azure.workload.identity/use"
	// LabelUseValue is the only value of LabelUse that the webhook's object
	// selector matches.
	LabelUseValue = "true"

	// AnnotationClientID on a service account becomes AZURE_CLIENT_ID in its
	// pods. Without it the webhook injects the token but no client id, and
	// reports no error.
	AnnotationClientID = "azure.workload.identity/client-id"
	// AnnotationTenantID on a service account overrides the webhook's tenant. Its
	// presence decides: an empty value removes AZURE_TENANT_ID from the pod.
	AnnotationTenantID = "azure.workload.identity/tenant-id"
	// AnnotationTokenExpiration on a service account or a pod is the lifetime of
	// the projected token in seconds; see MinTokenExpirationSeconds.
	AnnotationTokenExpiration = "azure.workload.identity/service-account-token-expiration"
	// AnnotationSkipContainers on a pod lists containers, separated by
	// semicolons, that the webhook leaves alone.
	AnnotationSkipContainers = "azure.workload.identity/skip-containers"
	// AnnotationInjectProxySidecar on a pod adds the migration proxy. Presence
	// alone decides: the value "false" still injects it.
	AnnotationInjectProxySidecar = "azure.workload.identity/inject-proxy-sidecar"
	// AnnotationProxySidecarPort on a pod is the port of the migration proxy.
	AnnotationProxySidecarPort = "azure.workload.identity/proxy-sidecar-port"

	// LabelPodIdentity is the pod label of AAD Pod Identity, the predecessor. A
	// pod must not carry both.
	LabelPodIdentity = "aadpodidbinding"
)

// Environment variables that the webhook injects into every container. A value
// that the container sets itself wins over the injected one.
const (
	EnvClientID           = "AZURE_CLIENT_ID"
	EnvTenantID           = "AZURE_TENANT_ID"
	EnvFederatedTokenFile = "AZURE_FEDERATED_TOKEN_FILE"
	EnvAuthorityHost      = "AZURE_AUTHORITY_HOST"
)

// InjectedEnv lists the environment variables that the webhook owns, in the
// order in which it injects them.
func InjectedEnv() []string {
	return []string{EnvClientID, EnvTenantID, EnvFederatedTokenFile, EnvAuthorityHost}
}

// Folders under which the webhook mounts the projected token. The path changed
// in v1.6.0, and will again: programs read AZURE_FEDERATED_TOKEN_FILE instead.
const (
	// TokenMountPath is the folder since webhook v1.6.0.
	TokenMountPath = "/var/run/secrets/azure/wi"
	// TokenMountPathBefore16 is the folder up to webhook v1.5.1.
	TokenMountPathBefore16 = "/var/run/secrets/azure/tokens"
)
