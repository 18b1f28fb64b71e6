package roles

import "github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rules"

const (
	troubleshooting = "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting"
	byREST          = "https://learn.microsoft.com/azure/role-based-access-control/role-assignments-rest"
	conditions      = "https://learn.microsoft.com/azure/role-based-access-control/conditions-role-assignments-rest"
)

var (
	ruleName = rules.New(rules.Documented, "assignment.name",
		"A role assignment's name is a GUID", byREST)
	ruleComplete = rules.New(rules.Documented, "assignment.complete",
		"A role assignment has a role and a principal; the code is inferred", byREST)
	rulePrincipalID = rules.New(rules.Inferred, "assignment.principal-id",
		"A principal's ID is a GUID", byREST)
	ruleKnownType = rules.New(rules.Documented, "assignment.known-type",
		"A principal is of a type that the specification lists; the code is inferred",
		"Azure/azure-rest-api-specs, authorization-RoleAssignmentsCalls.json")
	ruleConditionVersion = rules.New(rules.Documented, "assignment.condition-version",
		"A condition has version 2.0, and a version needs a condition; the code is inferred", conditions)
	ruleConditionLength = rules.New(rules.Documented, "assignment.condition-length",
		"A condition has at most 8 KB; the code is inferred",
		"https://learn.microsoft.com/azure/role-based-access-control/conditions-format")
	ruleCondition = rules.New(rules.Documented, "assignment.condition",
		"A condition is well formed; the code is inferred",
		"https://learn.microsoft.com/azure/role-based-access-control/conditions-format")
	ruleImmutable = rules.New(rules.Documented, "assignment.immutable",
		"Role and principal of an assignment do not change", troubleshooting)
	ruleRoleExists = rules.New(rules.Documented, "assignment.role-exists",
		"The role of an assignment exists", troubleshooting)
	ruleAssignable = rules.New(rules.Inferred, "assignment.assignable",
		"A custom role is assigned only within its assignable scopes; outside them it does not exist",
		"https://learn.microsoft.com/azure/role-based-access-control/role-definitions#assignablescopes")
	ruleOnce = rules.New(rules.Reported, "assignment.once",
		"A principal has a role at a scope once", "ansible-collections/azure#1137, and many others with the same text")
	ruleNameOnce = rules.New(rules.Documented, "assignment.name-once",
		"A name stands for one assignment in the tenant, whatever its scope", troubleshooting)
	rulePrincipalKnown = rules.New(rules.Documented, "assignment.principal-known",
		"Without principalType, the principal is in the directory, and replicated", troubleshooting)
	ruleTypeMatches = rules.New(rules.Reported, "assignment.type-matches",
		"principalType is the type that the directory has", "Azure/modern-web-app-pattern-dotnet#129")
)
