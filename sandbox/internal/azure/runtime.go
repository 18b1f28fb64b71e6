package azure

import "github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/clusters"

// ClusterRuntime is what Azure needs of AKS's machinery.
type ClusterRuntime = clusters.Runtime

// ClusterSpec is a managed cluster as the runtime sees it.
type ClusterSpec = clusters.Spec

// PoolSpec is a node pool of a ClusterSpec.
type PoolSpec = clusters.Pool
