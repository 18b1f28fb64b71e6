package rules

import (
	"slices"
	"strings"
)

// All are the rules of the pack, sorted by name.
func All() []Rule {
	list := slices.Concat(
		aksAccess(), aksIssuer(), aksNetwork(), aksNodes(), aksAddOns(), aksCluster(),
		identities(), issuers(), credentials(),
		roleDefinitions(), roleAssignments(), roleScopes(),
		keyVaults(), keyVaultAccess(), storageAccounts(), sqlServers(), tags(),
		podSecurity(), podEnvironment(), podIdentity(), accounts(), secrets(),
		crossLabels(), crossSubjects(), crossIssuers(), crossWrites(), crossClients(), crossSharing(),
		crossWebhook(), crossWebhookPods(), crossVault(), crossSQL(), crossCloud(),
	)
	slices.SortFunc(list, func(a, b Rule) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// The reasons for default levels that several rules share.
const (
	breaks      = "It does not work this way: the deployment or the workload fails."
	unsafe      = "Nobody means it, and it gives away access."
	needsChoice = "Off until it is chosen: it needs something that a small cluster does without (network, money, another resource)."
	hygiene     = "It works, and costs something later."
)
