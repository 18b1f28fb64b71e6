package rules

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	customRoles    = "https://learn.microsoft.com/azure/role-based-access-control/custom-roles"
	rbacPractices  = "https://learn.microsoft.com/azure/role-based-access-control/best-practices"
	rbacTrouble    = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting"
	rolePrincipals = "https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template"
)

// roleDefinitions is custom roles.
func roleDefinitions() []Rule {
	return []Rule{
		{
			Name: "role-no-wildcard", IDs: []string{"32"},
			Title:    "Custom roles name their actions.",
			Why:      "A wildcard over everything is Owner under another name, and grows with every service that Azure adds.",
			Remedy:   "List the actions that the workload needs; */read is allowed.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document:    "Azure custom roles",
			URL:         customRoles,
			Equivalents: []string{"Checkov CKV_AZURE_39", "Trivy AZU-0030", "Azure Policy a451c1ef-c6ca-483d-87ed-f49761e3ffb5", "Azure Policy 10ee2ea2-fb4d-45b8-a7e9-a2e770044cd9 (deprecated)"},
			Types:       []string{roleDefinition},
			Resource: eachAction(func(action string) string {
				switch strings.ToLower(action) {
				case "*", "*/write", "*/delete", "*/action":
					return "the role may do everything, everywhere in its scope"
				}
				return ""
			}),
		},
		{
			Name: "role-no-role-writing", IDs: []string{"32"},
			Title:    "Custom roles do not write roles.",
			Why:      "Who can assign roles can assign Owner.",
			Remedy:   "Leave out the write and delete actions of Microsoft.Authorization; assign roles in the deployment instead.",
			Severity: Critical, Level: Mandatory, Reason: unsafe,
			Document:    "Azure custom roles",
			URL:         customRoles,
			Equivalents: []string{"Trivy AZU-0052"},
			Types:       []string{roleDefinition},
			Resource: eachAction(func(action string) string {
				rest, ok := strings.CutPrefix(strings.ToLower(action), "microsoft.authorization/")
				if ok && (rest == "*" || strings.HasSuffix(rest, "/write") || strings.HasSuffix(rest, "/delete") || strings.HasSuffix(rest, "/*") || strings.HasSuffix(rest, "/action")) {
					return "the role may give itself other roles"
				}
				return ""
			}),
		},
	}
}

// eachAction makes a rule of a function from an action to what is wrong with it.
func eachAction(problem func(string) string) func(*Resource, Params) []Violation {
	return func(r *Resource, _ Params) []Violation {
		var found []Violation
		permissions, _ := r.Get("permissions").List()
		for _, permission := range permissions {
			for _, property := range []string{"actions", "dataActions"} {
				actions, _ := permission.Get(property).List()
				for _, v := range actions {
					if action, ok := v.KnownText(); ok && problem(action) != "" {
						found = append(found, r.fault(v, problem(action)))
					}
				}
			}
		}
		return found
	}
}

// workloadPrincipal is the principal type of managed identities and service principals alike.
const workloadPrincipal = "ServicePrincipal"

// roleAssignments is assignments, each for itself.
func roleAssignments() []Rule {
	return []Rule{
		{
			Name: "role-principal-type", IDs: []string{"N15"},
			Title:    "Role assignments say what kind of principal they are for.",
			Why:      "Azure otherwise looks the principal up, and answers PrincipalNotFound while a new one is still being replicated.",
			Remedy:   "Set principalType to ServicePrincipal (managed identities are that too), User or Group.",
			Severity: Medium, Level: Mandatory, Reason: breaks,
			Document: "Assign Azure roles using ARM templates, new service principal",
			URL:      rolePrincipals,
			Types:    []string{roleAssignment},
			Resource: func(r *Resource, _ Params) []Violation {
				if v := r.Get("principalType"); v.IsEmpty() {
					return r.faults(v, "the assignment does not say what kind of principal it is for")
				}
				return nil
			},
			Fix: fixPrincipalType,
		},
		{
			Name: "role-assignment-name", IDs: []string{"N15"},
			Title:    "Role assignments have names that follow from scope, principal and role.",
			Why:      "Azure allows the three once: the same assignment under a random name fails with RoleAssignmentExists.",
			Remedy:   "Compute the name from scope, principal and role as a version 5 UUID, as FederatedWorkload does.",
			Severity: Low, Level: Advisory, Reason: "Random names work until the assignment is made a second time.",
			Document: "Troubleshoot Azure RBAC",
			URL:      rbacTrouble,
			Types:    []string{roleAssignment},
			Resource: judgeAssignmentName,
		},
	}
}

func fixPrincipalType(r *Resource, p Params) (resource.PropertyMap, string) {
	if !r.Input("principalType").IsEmpty() {
		return nil, ""
	}
	fixed := r.Inputs.Copy()
	fixed["principalType"] = resource.NewProperty(workloadPrincipal)
	return fixed, "principalType is set to " + workloadPrincipal
}

func judgeAssignmentName(r *Resource, _ Params) []Violation {
	v := r.Get("roleAssignmentName")
	name, state := v.Text()
	switch {
	case state == Absent:
		return r.faults(v, "without a name the assignment gets a random one")
	case state == Unknown:
		return nil
	case !azure.IsGUID(name):
		return r.faults(v, "the name is not a GUID, and Azure takes nothing else")
	case name[14] == '4':
		return r.faults(v, "the name is a random UUID (version 4)")
	}
	return nil
}
