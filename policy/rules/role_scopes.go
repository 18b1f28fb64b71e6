package rules

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// roleScopes is what workloads may do, and where.
func roleScopes() []Rule {
	return []Rule{
		{
			Name: "role-scope", IDs: []string{"N15"},
			Title:    "Workloads have roles on resources or resource groups, not on subscriptions.",
			Why:      "A role on a subscription reaches everything that is ever put into it.",
			Remedy:   "Assign the role on the resource that the workload uses.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document: "Best practices for Azure RBAC",
			URL:      rbacPractices,
			Params: []Param{{
				Name: "allowedScopes", Type: ListParam, Default: texts(),
				Description: "Patterns of broad scopes that are allowed all the same, a star for any characters.",
			}},
			Stack: eachWorkloadRole(judgeScope),
		},
		{
			Name: "role-privileged", IDs: []string{"N15"},
			Title:    "Workloads are not Owner, Contributor or administrator of access.",
			Why:      "Who gets into the pod then owns what the role covers.",
			Remedy:   "Use a data role, or a custom role with the actions that the workload needs.",
			Severity: Critical, Level: Mandatory, Reason: unsafe,
			Document: "Best practices for Azure RBAC",
			URL:      rbacPractices,
			Params: []Param{{
				Name: "privilegedRoles", Type: ListParam,
				Default:     texts("Owner", "Contributor", "User Access Administrator", "Role Based Access Control Administrator"),
				Description: "Roles, by the names of built-in ones or by GUID, that no workload may have.",
			}},
			Stack: eachWorkloadRole(judgePrivileged),
		},
		{
			Name: "role-data-scope", IDs: []string{"N15"},
			Title:    "Data roles are on the resource, where the stack has it.",
			Why:      "On the resource group the role reads every vault and account that is ever put beside it.",
			Remedy:   "Use the resource's id as scope.",
			Severity: Medium, Level: Advisory, Reason: hygiene,
			Document: "Best practices for Azure RBAC",
			URL:      rbacPractices,
			Stack:    judgeDataScope,
		},
		{
			Name: "role-principal-type-matches", IDs: []string{"N15"},
			Title:    "Roles of identities of the stack are for the principal type ServicePrincipal.",
			Why:      "Pulumi's SDKs fill in User where nothing is said; Azure refuses another type than the principal's.",
			Remedy:   "Set principalType to ServicePrincipal.",
			Severity: Medium, Level: Mandatory, Reason: breaks,
			Document: "Assign Azure roles using ARM templates, new service principal",
			URL:      rolePrincipals,
			Stack: func(g *Graph, _ Params) []Violation {
				var found []Violation
				for _, r := range g.ByType(roleAssignment) {
					v := r.Get("principalType")
					text, ok := v.KnownText()
					if ok && !strings.EqualFold(text, workloadPrincipal) && g.principalOf(r) != nil {
						found = append(found, r.fault(v, "the principal is an identity, and not a "+text))
					}
				}
				return found
			},
		},
		{
			Name: "role-principal-id", IDs: []string{"N5"},
			Title:    "Roles are for the principal's object id, not the client id.",
			Why:      "Azure answers PrincipalNotFound, or assigns the role to nobody.",
			Remedy:   "Use the identity's principalId, or the service principal's objectId.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Understand role assignments",
			URL:      "https://learn.microsoft.com/azure/role-based-access-control/role-assignments",
			Stack: func(g *Graph, _ Params) []Violation {
				f := g.federation()
				var found []Violation
				for _, r := range g.ByType(roleAssignment) {
					v := r.Get("principalId")
					switch {
					case lookup(f.byPrincipal, v) != nil:
					case lookup(f.byClientID, v) != nil:
						found = append(found, r.fault(v, "this is a client id"))
					case lookup(f.byObjectID, v) != nil:
						found = append(found, r.fault(v, "this is the application's object id, not its service principal's"))
					}
				}
				return found
			},
		},
	}
}

// principalOf is the identity of the graph that a role assignment is for, when that is certain.
func (g *Graph) principalOf(r *Resource) *identity {
	f := g.federation()
	v := r.Get("principalId")
	if i := lookup(f.byPrincipal, v); i != nil {
		return i
	}
	if v.IsKnown() {
		return nil
	}
	return f.oneOf(g.sources(r, "principalId", append(identityTypes, servicePrincipal)...))
}

// eachWorkloadRole makes a rule of a function over role assignments of workloads: identities of the graph that are
// federated, or whatever says that it is a service principal.
func eachWorkloadRole(judge func(*Resource, Params) []Violation) func(*Graph, Params) []Violation {
	return func(g *Graph, p Params) []Violation {
		var found []Violation
		for _, r := range g.ByType(roleAssignment) {
			i := g.principalOf(r)
			if r.Get("principalType").IsFold(workloadPrincipal) || i != nil && len(i.credentials) > 0 {
				found = append(found, judge(r, p)...)
			}
		}
		return found
	}
}

func judgeScope(r *Resource, p Params) []Violation {
	v := r.Get("scope")
	scope, ok := v.KnownText()
	if !ok || matchesAny(scope, p.List("allowedScopes")) {
		return nil
	}
	switch {
	case scope == "/":
		return r.faults(v, "the role reaches the whole tenant")
	case subscriptionScope.MatchString(scope):
		return r.faults(v, "the role reaches the whole subscription")
	case managementScope.MatchString(scope):
		return r.faults(v, "the role reaches a whole management group")
	}
	return nil
}

// roleOf is the role that an assignment gives, when it is known.
func roleOf(r *Resource) (azure.Role, bool) {
	id, ok := r.Get("roleDefinitionId").KnownText()
	if !ok {
		return azure.Role{}, false
	}
	role, err := azure.LookupRole(id)
	return role, err == nil
}

func judgePrivileged(r *Resource, p Params) []Violation {
	role, ok := roleOf(r)
	if !ok {
		return nil
	}
	for _, text := range p.List("privilegedRoles") {
		if privileged, err := azure.LookupRole(text); err == nil && privileged.GUID == role.GUID {
			v := r.Get("roleDefinitionId")
			return r.faults(v, fmt.Sprintf("the workload is %s", text))
		}
	}
	return nil
}

// dataRoles are the words in a built-in role's name that tell whose data it is about.
var dataRoles = []struct{ prefix, owner string }{
	{"Key Vault ", keyVault},
	{"Storage Blob Data ", storageAccount},
	{"Storage Queue Data ", storageAccount},
	{"Storage Table Data ", storageAccount},
	{"Storage File Data ", storageAccount},
}

// controlRoles begin like data roles and are none.
var controlRoles = map[string]bool{"Key Vault Contributor": true, "Key Vault Reader": true}

func dataRoleOwner(role azure.Role) string {
	for _, d := range dataRoles {
		if strings.HasPrefix(role.Name, d.prefix) && !controlRoles[role.Name] {
			return d.owner
		}
	}
	return ""
}

func judgeDataScope(g *Graph, _ Params) []Violation {
	byGroup := map[string]*Resource{}
	for _, r := range g.ByType(keyVault, storageAccount) {
		if group, ok := r.Get("resourceGroupName").KnownText(); ok {
			byGroup[r.Type+strings.ToLower(group)] = r
		}
	}
	var found []Violation
	for _, r := range g.ByType(roleAssignment) {
		role, ok := roleOf(r)
		v := r.Get("scope")
		scope, _ := v.KnownText()
		match := groupScope.FindStringSubmatch(scope)
		if !ok || match == nil {
			continue
		}
		if owner := byGroup[dataRoleOwner(role)+strings.ToLower(match[1])]; owner != nil {
			found = append(found, r.fault(v, fmt.Sprintf("%s is given on the resource group, although the stack has %s", role.Name, owner.Label())))
		}
	}
	return found
}
