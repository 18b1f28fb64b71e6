package role

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// scopes returns the rules about which roles workloads have, and on what.
func scopes() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "role-scope",
			Title:       "Workloads have roles on resources or resource groups, not on subscriptions.",
			Why:         "A role on a subscription covers everything that is ever created in it.",
			Remedy:      "Assign the role on the resource that the workload uses.",
			FalseAlarms: "A workload that reads all resources of a subscription, such as an exporter; allow its scope by the parameter.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Insecure,
			Source: rule.RBACPractices,
			Params: []rule.Param{{
				Name: "allowedScopes", Type: rule.ListParam, Default: rule.Texts(),
				Description: "Patterns of broad scopes that are allowed nevertheless, a star for any characters.",
			}},
			CheckStack: eachRole(checkScope),
		},
		{
			Name:        "role-privileged",
			Title:       "Workloads are not Owner, Contributor or administrator of access; other principals give no roles.",
			Why:         "An attacker in the pod then controls everything in the role's scope; and a principal that gives roles can give itself Owner.",
			Remedy:      "Use a data role, or a custom role with the actions that the workload or pipeline needs.",
			FalseAlarms: "A workload that deploys, such as an operator of Azure resources; give it a custom role.",
			Severity:    rule.Critical, Level: rule.Mandatory, Reason: rule.Insecure,
			Source: rule.RBACPractices,
			Params: []rule.Param{{
				Name: "privilegedRoles", Type: rule.ListParam,
				Default:     rule.Texts("Owner", "Contributor", "User Access Administrator", "Role Based Access Control Administrator"),
				Description: "Roles, by the names of built-in ones or by GUID, that no workload may have: no identity that a service account uses.",
			}, {
				Name: "privilegedElsewhere", Type: rule.ListParam,
				Default:     rule.Texts("Owner", "User Access Administrator"),
				Description: "The same for other service principals: those of pipelines and clusters, and those that the stack does not have.",
			}},
			CheckStack: checkPrivileged,
		},
		{
			Name:        "role-data-scope",
			Title:       "Data roles are on the resource, if the stack has it.",
			Why:         "On the resource group the role covers every vault and account that is ever created in the group.",
			Remedy:      "Use the resource's id as scope.",
			FalseAlarms: "A workload that uses every vault or account of its resource group.",
			Severity:    rule.Medium, Level: rule.Advisory, Reason: rule.Advice,
			Source:     rule.RBACPractices,
			CheckStack: checkDataScope,
		},
	}
}

// eachRole returns the check of the role assignments of federated identities of the graph, and of
// all principals of the type ServicePrincipal.
func eachRole(check func(*graph.Resource, rule.Params) []rule.Violation) func(*graph.Graph, rule.Params) []rule.Violation {
	return func(g *graph.Graph, p rule.Params) []rule.Violation {
		var found []rule.Violation
		for _, r := range g.ByType(graph.TypeRoleAssignment) {
			if isForProgram(r, principalOf(g, r)) {
				found = append(found, check(r, p)...)
			}
		}
		return found
	}
}

// isForProgram reports whether a role assignment is certainly for a program, and not for a person
// or a group.
func isForProgram(r *graph.Resource, i *graph.Identity) bool {
	return r.Get("principalType").IsFold(servicePrincipal) || i != nil && len(i.Credentials) > 0
}

// The forms of scopes. azure.ParseScope takes valid ids only; a policy reads those of any program.
var (
	subscriptionScope = regexp.MustCompile(`(?i)^/subscriptions/[^/]+/?$`)
	managementScope   = regexp.MustCompile(`(?i)^/providers/Microsoft\.Management/managementGroups/[^/]+/?$`)
	groupScope        = regexp.MustCompile(`(?i)^/subscriptions/[^/]+/resourceGroups/([^/]+)/?$`)
)

// checkScope finds a role on a subscription or more.
func checkScope(r *graph.Resource, p rule.Params) []rule.Violation {
	v := r.Get("scope")
	scope, ok := v.KnownText()
	if !ok || rule.MatchesAny(scope, p.List("allowedScopes")) {
		return nil
	}
	switch {
	case scope == "/":
		return rule.Found(r, v, "the role covers the whole tenant")
	case subscriptionScope.MatchString(scope):
		return rule.Found(r, v, "the role covers the whole subscription")
	case managementScope.MatchString(scope):
		return rule.Found(r, v, "the role covers a whole management group")
	}
	return nil
}

// checkPrivileged finds a role that is more than a workload should have, or another program. An
// identity is a workload's if a service account of a cluster uses it; that is not known of an
// identity that the graph does not have.
func checkPrivileged(g *graph.Graph, p rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, r := range g.ByType(graph.TypeRoleAssignment) {
		i := principalOf(g, r)
		role, ok := graph.RoleOf(r)
		if !ok || !isForProgram(r, i) {
			continue
		}
		who, list := "principal", "privilegedElsewhere"
		if i != nil && i.IsWorkload() {
			who, list = "workload", "privilegedRoles"
		}
		for _, text := range p.List(list) {
			if privileged, err := azure.LookupRole(text); err == nil && privileged.GUID == role.GUID {
				found = append(found, rule.At(r, r.Get("roleDefinitionId"), fmt.Sprintf("the %s is %s", who, text)))
				break
			}
		}
	}
	return found
}

// checkDataScope finds data roles on the resource group of a vault or storage account of the stack.
func checkDataScope(g *graph.Graph, _ rule.Params) []rule.Violation {
	type place struct{ resourceType, group string }
	byPlace := map[place]*graph.Resource{}
	for _, r := range g.ByType(graph.TypeVault, graph.TypeStorageAccount) {
		if group, ok := r.Get("resourceGroupName").KnownText(); ok {
			byPlace[place{r.Type, strings.ToLower(group)}] = r
		}
	}
	var found []rule.Violation
	for _, r := range g.ByType(graph.TypeRoleAssignment) {
		role, ok := graph.RoleOf(r)
		v := r.Get("scope")
		scope, _ := v.KnownText()
		match := groupScope.FindStringSubmatch(scope)
		if !ok || match == nil {
			continue
		}
		if owner := byPlace[place{graph.DataTypeOf(role), strings.ToLower(match[1])}]; owner != nil {
			found = append(found, rule.At(r, v, fmt.Sprintf("%s is given on the resource group, although the stack has %s", role.Name, owner.Label())))
		}
	}
	return found
}
