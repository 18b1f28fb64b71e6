// Package identity has the rules about identities and what they trust: user-assigned identities,
// Entra applications, their federated credentials, issuers and subjects.
package identity

import (
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// Rules returns the rules of the package.
func Rules() []rule.Rule {
	return slices.Concat(identities(), credentials(), issuers(), github(), clusterIssuers(), subjects(),
		limits(), sharing(), writes(), secrets(), ids(), expressions())
}

// ownerOf returns the resource that a violation by all credentials of a parent is about: the
// identity, if it is in the graph, or else the first credential.
func ownerOf(group []*graph.Credential) *graph.Resource {
	if i := group[0].Identity; i != nil {
		return i.Resource
	}
	return group[0].Resource
}
