package role

import (
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// definitions returns the rules about custom roles.
func definitions() []rule.Rule {
	customRoles := rule.Source{
		Title: "Azure custom roles",
		URL:   "https://learn.microsoft.com/azure/role-based-access-control/custom-roles",
	}
	types := []string{"azure-native:authorization:RoleDefinition"}
	return []rule.Rule{
		{
			Name:        "role-no-wildcard",
			Title:       "Custom roles list their actions.",
			Why:         "A wildcard over everything is Owner under another name, and grows with every service that Azure adds.",
			Remedy:      "List the actions that the workload needs; */read is allowed.",
			FalseAlarms: "A role for people, with actions that are taken away by notActions.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Insecure,
			Source: customRoles,
			Equivalents: []string{
				"Checkov CKV_AZURE_39", "Trivy AZU-0030", "Azure Policy a451c1ef-c6ca-483d-87ed-f49761e3ffb5",
				"Azure Policy 10ee2ea2-fb4d-45b8-a7e9-a2e770044cd9 (deprecated)",
			},
			Types:         types,
			CheckResource: eachAction(allowsEverything, "the role may do everything in its scope"),
		},
		{
			Name:        "role-no-role-writing",
			Title:       "Custom roles do not write roles.",
			Why:         "A principal that can assign roles can assign Owner to itself.",
			Remedy:      "Leave out the write and delete actions of Microsoft.Authorization; assign roles in the deployment instead.",
			FalseAlarms: "The role of a deployer that gives roles on purpose, with a condition that limits them.",
			Severity:    rule.Critical, Level: rule.Mandatory, Reason: rule.Insecure,
			Source:        customRoles,
			Equivalents:   []string{"Trivy AZU-0052"},
			Types:         types,
			CheckResource: eachAction(writesRoles, "the role may give itself other roles"),
		},
	}
}

// eachAction returns the check of a role's actions, one by one.
func eachAction(forbidden func(action string) bool, problem string) func(*graph.Resource, rule.Params) []rule.Violation {
	return func(r *graph.Resource, _ rule.Params) []rule.Violation {
		var found []rule.Violation
		permissions, _ := r.Get("permissions").List()
		for _, permission := range permissions {
			for _, property := range []string{"actions", "dataActions"} {
				actions, _ := permission.Get(property).List()
				for _, v := range actions {
					if action, ok := v.KnownText(); ok && forbidden(strings.ToLower(action)) {
						found = append(found, rule.At(r, v, problem))
					}
				}
			}
		}
		return found
	}
}

// allowsEverything reports whether an action stands for the operations of all services. Reading all
// of them is allowed.
func allowsEverything(action string) bool {
	return slices.Contains([]string{"*", "*/write", "*/delete", "*/action"}, action)
}

// writesRoles reports whether an action changes any object of Microsoft.Authorization: also
// denials, locks and policies, which azure.GivesRoles does not report.
func writesRoles(action string) bool {
	operation, ok := strings.CutPrefix(action, "microsoft.authorization/")
	return ok && (operation == "*" || slices.ContainsFunc([]string{"/write", "/delete", "/action", "/*"},
		func(suffix string) bool { return strings.HasSuffix(operation, suffix) }))
}
