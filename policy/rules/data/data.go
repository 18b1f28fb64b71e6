// Package data has the rules about the services whose data workloads use: Key Vault, Storage and
// SQL.
package data

import (
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// Rules returns the rules of the package.
func Rules() []rule.Rule {
	return slices.Concat(vaults(), vaultAccess(), storage(), sqlServers(), sqlAdministrators(), localAuth(), protection())
}
