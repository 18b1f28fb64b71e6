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

// isAutomatic reports whether a cluster is AKS Automatic, or may be. AKS Automatic sets what a
// program leaves out: Kubernetes and Azure RBAC, Entra integration without local accounts, the OIDC
// issuer and workload identity, Cilium's network policies, upgrades, the policy add-on and the
// Standard tier. Source: learn.microsoft.com/azure/aks/intro-aks-automatic, table of features.
func isAutomatic(r *graph.Resource) bool {
	v := r.Get("sku", "name")
	return v.IsUnknown() || v.IsFold("Automatic")
}

// wantTrue returns the check of a property that must be true. Leaving it out means false, but in
// AKS Automatic.
func wantTrue(problem string, path ...string) func(*graph.Resource, rule.Params) []rule.Violation {
	return func(r *graph.Resource, _ rule.Params) []rule.Violation {
		v := r.Get(path...)
		if v.IsFalse() || v.IsAbsent() && !isAutomatic(r) {
			return rule.Found(r, v, problem)
		}
		return nil
	}
}

// Rules returns the rules of the package.
func Rules() []rule.Rule {
	return slices.Concat(access(), network(), workloadIdentity(), pools(), addOns(), versions(), operation())
}
