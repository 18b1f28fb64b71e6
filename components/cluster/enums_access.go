package cluster

// Network plugins.
const (
	PluginAzure   = "azure"
	PluginKubenet = "kubenet"
	// PluginNone leaves the network to a plugin that somebody else installs.
	PluginNone = "none"
)

// NetworkPlugins lists the network plugins.
func NetworkPlugins() []string { return []string{PluginAzure, PluginKubenet, PluginNone} }

// Modes of the network plugin.
const (
	// ModeOverlay gives pods addresses of a range of their own.
	ModeOverlay = "overlay"
	// ModeNone gives pods addresses of the virtual network. It is this package's
	// word for leaving the mode out.
	ModeNone = "none"
)

// NetworkPluginModes lists the modes of the network plugin.
func NetworkPluginModes() []string { return []string{ModeOverlay, ModeNone} }

// Data planes.
const (
	DataplaneCilium = "cilium"
	DataplaneAzure  = "azure"
)

// NetworkDataplanes lists the data planes.
func NetworkDataplanes() []string { return []string{DataplaneCilium, DataplaneAzure} }

// Engines of network policy.
const (
	PolicyCilium = "cilium"
	PolicyAzure  = "azure"
	PolicyCalico = "calico"
	// PolicyNone ignores NetworkPolicy objects.
	PolicyNone = "none"
)

// NetworkPolicies lists the engines of network policy.
func NetworkPolicies() []string {
	return []string{PolicyCilium, PolicyAzure, PolicyCalico, PolicyNone}
}

// Ways out of the cluster.
const (
	OutboundLoadBalancer    = "loadBalancer"
	OutboundManagedNAT      = "managedNATGateway"
	OutboundUserAssignedNAT = "userAssignedNATGateway"
	OutboundUserRouting     = "userDefinedRouting"
)

// OutboundTypes lists the ways out of the cluster. Azure's "none" is left out: a
// cluster without any needs a private image cache (bootstrapProfile) that this
// component does not set up.
func OutboundTypes() []string {
	return []string{OutboundLoadBalancer, OutboundManagedNAT, OutboundUserAssignedNAT, OutboundUserRouting}
}

// SKUs of the load balancer.
const (
	LoadBalancerStandard = "standard"
	// LoadBalancerBasic is retired for new clusters; it is here for those that have it.
	LoadBalancerBasic = "basic"
)

// LoadBalancerSkus lists the SKUs of the load balancer.
func LoadBalancerSkus() []string { return []string{LoadBalancerStandard, LoadBalancerBasic} }

// How the Kubernetes provider gets into the cluster.
const (
	// CredentialsUser is the kubeconfig of "Azure Kubernetes Service Cluster User
	// Role", with a client certificate. Only clusters without Entra have it.
	CredentialsUser = "user"
	// CredentialsAdmin is the kubeconfig of "Azure Kubernetes Service Cluster Admin
	// Role", with a client certificate that goes round Entra. Needs local accounts.
	CredentialsAdmin = "admin"
	// CredentialsKubelogin is a kubeconfig without a credential, which calls the
	// program kubelogin for an Entra token. Needs Entra.
	CredentialsKubelogin = "kubelogin"
)

// CredentialModes lists the ways into the cluster.
func CredentialModes() []string {
	return []string{CredentialsUser, CredentialsAdmin, CredentialsKubelogin}
}

// Logins of kubelogin that need no person. Source: Azure/kubelogin,
// docs/book/src/cli/get-token.md.
const (
	// LoginAzureCLI uses the deployer's "az login".
	LoginAzureCLI = "azurecli"
	// LoginWorkloadIdentity exchanges the token in AZURE_FEDERATED_TOKEN_FILE.
	LoginWorkloadIdentity = "workloadidentity"
	// LoginServicePrincipal reads AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or
	// AZURE_CLIENT_CERTIFICATE_PATH from the deployer's environment.
	LoginServicePrincipal = "spn"
	// LoginManagedIdentity uses the identity of the machine that deploys.
	LoginManagedIdentity = "msi"
)

// KubeloginLogins lists the logins of kubelogin that a program can use; device
// code and browser logins wait for a person.
func KubeloginLogins() []string {
	return []string{LoginAzureCLI, LoginWorkloadIdentity, LoginServicePrincipal, LoginManagedIdentity}
}
