package identity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// identities returns the rules about user-assigned identities.
func identities() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "identity-name",
			Title:       "User-assigned identities have legal names.",
			Why:         "Azure refuses other names.",
			Remedy:      "Use 3 to 128 letters, digits, hyphens and underscores, starting with a letter or digit; or let Pulumi choose the name.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.Low, Level: rule.Mandatory, Reason: rule.Fails,
			Source: rule.Source{
				Title: "Naming rules and restrictions for Azure resources",
				URL:   "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
			},
			Equivalents:   []string{"PSRule Azure.Identity.UserAssignedName"},
			Types:         []string{graph.TypeUserAssignedIdentity},
			CheckResource: checkName,
		},
		{
			Name:        "identity-region",
			Title:       "Federated identities are in regions that support federation.",
			Why:         "In others Azure answers 405: support for federated identity credentials not enabled.",
			Remedy:      "Put the identity into another region; its pods do not depend on the region.",
			FalseAlarms: "The list of regions ages; see the source.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source: rule.FederationLimits,
			Params: []rule.Param{{
				Name: "unsupportedRegions", Type: rule.ListParam, Default: rule.Texts("malaysiasouth", "newzealandnorth"),
				Description: "Regions whose user-assigned identities cannot be federated.",
			}},
			CheckStack: checkRegions,
		},
	}
}

// checkName finds an identity name that Azure refuses.
func checkName(r *graph.Resource, _ rule.Params) []rule.Violation {
	v := r.Get("resourceName")
	name, state := v.Text()
	if state != graph.Known {
		return nil
	}
	if err := azure.ValidateIdentityName(name); err != nil {
		return rule.Found(r, v, err.Error())
	}
	return nil
}

// checkRegions finds identities with credentials in regions that do not support them.
func checkRegions(g *graph.Graph, p rule.Params) []rule.Violation {
	unsupported := p.List("unsupportedRegions")
	var found []rule.Violation
	for _, i := range g.Federation().Identities {
		v := i.Resource.Get("location")
		region, ok := v.KnownText()
		region = strings.ToLower(strings.ReplaceAll(region, " ", ""))
		if ok && len(i.Credentials) > 0 && slices.Contains(unsupported, region) {
			found = append(found, rule.At(i.Resource, v, fmt.Sprintf("identities of region %q cannot be federated", region)))
		}
	}
	return found
}
