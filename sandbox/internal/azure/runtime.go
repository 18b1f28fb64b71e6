package azure

import "github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/clusters"

// ClusterRuntime is what Azure needs of AKS's machinery.
type ClusterRuntime = clusters.Runtime

// ClusterSpec is a managed cluster as the runtime sees it.
type ClusterSpec = clusters.Spec

// PoolSpec is a node pool of a ClusterSpec.
type PoolSpec = clusters.Pool

// EntraSpec is how a cluster of a ClusterSpec signs its users in.
type EntraSpec = clusters.Entra

// ClusterAccess decides for the API server of a cluster with Entra ID.
type ClusterAccess = clusters.Access

// ClusterUser and ClusterAttempt are what the decisions of an EntraSpec are about.
type (
	ClusterUser    = clusters.User
	ClusterAttempt = clusters.Attempt
)
