package azure

import "github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/clusters"

// ClusterRuntime starts and stops the API servers of managed clusters.
type ClusterRuntime = clusters.Runtime

// ClusterSpec describes a managed cluster to the runtime.
type ClusterSpec = clusters.Spec

// PoolSpec describes a node pool of a ClusterSpec.
type PoolSpec = clusters.Pool

// EntraSpec describes how the users of a cluster sign in with Entra ID.
type EntraSpec = clusters.Entra

// ClusterAccess authenticates and authorises requests to the API server of a cluster with Entra ID.
type ClusterAccess = clusters.Access

// ClusterUser and ClusterAttempt describe the user and the request that a ClusterAccess decides
// about.
type (
	ClusterUser    = clusters.User
	ClusterAttempt = clusters.Attempt
)
