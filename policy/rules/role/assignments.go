package role

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// assignments returns the rules about the fields of a single role assignment.
func assignments() []rule.Rule {
	types := []string{graph.TypeRoleAssignment}
	return []rule.Rule{
		{
			Name:        "role-principal-type",
			Title:       "Role assignments name the type of their principal.",
			Why:         "Without it Azure looks the principal up, and answers PrincipalNotFound while a new one is being replicated.",
			Remedy:      "Set principalType to ServicePrincipal (also for managed identities), User or Group.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.Medium, Level: rule.Mandatory, Reason: rule.Fails,
			Source: newPrincipal,
			Types:  types,
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				if v := r.Get("principalType"); v.IsEmpty() {
					return rule.Found(r, v, "the assignment does not name the type of its principal")
				}
				return nil
			},
			Fix: fixPrincipalType,
		},
		{
			Name:        "role-assignment-name",
			Title:       "Role assignments have names that are computed from scope, principal and role.",
			Why:         "Azure allows one assignment of the three: the same one under a random name fails with RoleAssignmentExists.",
			Remedy:      "Compute the name from scope, principal and role as a version 5 UUID, as FederatedWorkload does.",
			FalseAlarms: "Random names work until the assignment is made a second time.",
			Severity:    rule.Low, Level: rule.Advisory, Reason: "Random names work until the assignment is made a second time.",
			Source: rule.Source{
				Title: "Troubleshoot Azure RBAC",
				URL:   "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
			},
			Types:         types,
			CheckResource: checkName,
		},
	}
}

// fixPrincipalType sets a principal type that is missing to that of workloads.
func fixPrincipalType(r *graph.Resource, _ rule.Params) (resource.PropertyMap, string) {
	if !r.Input("principalType").IsEmpty() {
		return nil, ""
	}
	fixed := r.Inputs.Copy()
	fixed["principalType"] = resource.NewProperty(servicePrincipal)
	return fixed, "principalType is set to " + servicePrincipal
}

// checkName finds an assignment with a random name, or one that Azure refuses.
func checkName(r *graph.Resource, _ rule.Params) []rule.Violation {
	v := r.Get("roleAssignmentName")
	name, state := v.Text()
	switch {
	case state == graph.Absent:
		return rule.Found(r, v, "without a name the assignment gets a random one")
	case state == graph.Unknown:
		return nil
	case !azure.IsGUID(name):
		return rule.Found(r, v, "the name is not a GUID, which Azure requires")
	case name[14] == '4': // The digit of the UUID's version.
		return rule.Found(r, v, "the name is a random UUID (version 4)")
	}
	return nil
}
