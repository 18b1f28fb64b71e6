// Package rules lists the rules of the policy pack. Each package below it has those of one subject:
// aks (clusters), identity (identities, and which issuers and service accounts they trust), pod
// (pods, service accounts and secrets in a cluster), webhook, role, data (vaults, storage, SQL) and
// tags.
//
// Rules are pure functions over one resource, or over the graph of a whole stack. They need no
// Pulumi engine, so that a test, or another tool, can call them.
package rules

import (
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules/aks"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules/data"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules/identity"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules/pod"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules/role"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules/tags"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules/webhook"
)

// All returns the rules of the pack, sorted by name.
func All() []rule.Rule {
	list := slices.Concat(aks.Rules(), identity.Rules(), pod.Rules(), webhook.Rules(), role.Rules(), data.Rules(), tags.Rules())
	slices.SortFunc(list, func(a, b rule.Rule) int { return strings.Compare(a.Name, b.Name) })
	return list
}
