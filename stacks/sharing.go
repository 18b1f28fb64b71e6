package stacks

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// betweenWorkloads checks what enabled workloads may not have in common. A disabled workload does
// not count.
func (v *validator) betweenWorkloads() {
	accounts, identities, namespaces := map[string]string{}, map[string]string{}, map[string]decision{}
	for _, name := range sortedKeys(v.config.Workloads) {
		w := v.config.Workloads[name]
		if !w.Enabled {
			continue
		}
		at := v.root("workloads").Key(name)
		v.ownAccounts(at, name, &w, accounts)
		v.ownIdentity(at.Field("identity"), name, &w, identities)
		v.agreedNamespaces(at, name, &w, namespaces)
	}
}

// ownAccounts checks that no two workloads write to one service account: it has one client-id
// annotation. owners has the workload of each account.
func (v *validator) ownAccounts(at problem.Path, name string, w *Workload, owners map[string]string) {
	for _, account := range w.accounts(name) {
		owner, taken := owners[account]
		if !taken {
			owners[account] = name
			continue
		}
		if owner != name {
			v.Add(at.Join("serviceAccount.name"), fmt.Sprintf("%s is created by the workload %s already", account, owner),
				"use another name: a service account stands for one identity")
		}
	}
}

// ownIdentity checks that no two workloads have one identity. The credentials of an identity must
// be written one at a time, which one workload does and two would not; and two new identities of
// one name, in the stack's one resource group, would be one. Azure ignores case in both. owners has
// the workload of each identity.
func (v *validator) ownIdentity(at problem.Path, name string, w *Workload, owners map[string]string) {
	if w.Identity == nil {
		return
	}
	here, value, remedy := at.Field("id"), text(w.Identity.Id), "make them one workload with several federations"
	switch w.kind() {
	case workload.ExistingUserAssigned, workload.ExistingApplication:
	case workload.UserAssigned:
		here, value, remedy = at.Field("name"), text(w.Identity.Name), "use another name, or make them one workload with several federations"
	default:
		return
	}
	if value == "" {
		return
	}
	id := string(w.kind()) + " " + strings.ToLower(value)
	if owner, taken := owners[id]; taken {
		v.Add(here, "is the identity of the workload "+owner+" already", remedy)
		return
	}
	owners[id] = name
}
