// Package aks has the rules about AKS clusters and their node pools.
package aks

import (
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

var (
	clusterTypes = []string{graph.TypeManagedCluster}
	// poolTypes are the resources that have node pools: a cluster with its profiles, and a pool
	// that is a resource.
	poolTypes = []string{graph.TypeManagedCluster, graph.TypeAgentPool}
)

// Rules returns the rules of the package.
func Rules() []rule.Rule {
	return slices.Concat(access(), network(), workloadIdentity(), pools(), addOns(), versions(), operation())
}
