package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// identities is user-assigned identities themselves.
func identities() []Rule {
	return []Rule{
		{
			Name: "identity-name", IDs: []string{"22"},
			Title:    "User-assigned identities have legal names.",
			Why:      "Azure refuses the name.",
			Remedy:   "Use 3 to 128 letters, digits, hyphens and underscores, starting with a letter or digit; or leave the name to Pulumi.",
			Severity: Low, Level: Mandatory, Reason: breaks,
			Document:    "Naming rules and restrictions for Azure resources",
			URL:         "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
			Equivalents: []string{"PSRule Azure.Identity.UserAssignedName"},
			Types:       []string{userAssigned},
			Resource: func(r *Resource, _ Params) []Violation {
				v := r.Get("resourceName")
				if name, state := v.Text(); state == Known {
					if err := azure.ValidateIdentityName(name); err != nil {
						return r.faults(v, err.Error())
					}
				}
				return nil
			},
		},
		{
			Name: "identity-region", IDs: []string{"N19"},
			Title:    "Federated identities stand in regions that support federation.",
			Why:      "Azure answers 405: support for federated identity credentials not enabled.",
			Remedy:   "Put the identity into another region; where it stands does not matter to its pods.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Params: []Param{{
				Name: "unsupportedRegions", Type: ListParam, Default: texts("malaysiasouth", "newzealandnorth"),
				Description: "Regions whose user-assigned identities cannot be federated.",
			}},
			Stack: judgeRegions,
		},
	}
}

// considerations is where Microsoft lists what a federated identity credential may be.
const considerations = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"

func judgeRegions(g *Graph, p Params) []Violation {
	unsupported := p.List("unsupportedRegions")
	var found []Violation
	for _, i := range g.federation().identities {
		v := i.resource.Get("location")
		region, ok := v.KnownText()
		region = strings.ToLower(strings.ReplaceAll(region, " ", ""))
		if ok && len(i.credentials) > 0 && slices.Contains(unsupported, region) {
			found = append(found, i.resource.fault(v, fmt.Sprintf("identities of region %q cannot be federated", region)))
		}
	}
	return found
}
