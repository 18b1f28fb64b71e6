package role

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// effect returns the rules about roles that give other rights than they seem to.
func effect() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "role-has-effect",
			Title:       "Role assignments have an effect on the service that they are for.",
			Why:         "The data of Cosmos DB, and registries in ABAC mode, do not read the roles that other services read.",
			Remedy:      "For Cosmos DB make a SqlResourceSqlRoleAssignment (NoSQL); for a registry in ABAC mode use Container Registry Repository Reader.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source: rule.Source{
				Title: "Connect to Azure Cosmos DB for NoSQL using role-based access control; and ABAC repository permissions of Azure Container Registry",
				URL:   "https://learn.microsoft.com/azure/cosmos-db/nosql/how-to-connect-role-based-access-control",
			},
			CheckStack: checkEffect,
		},
		{
			Name:        "no-directory-role",
			Title:       "No identity of a workload or pipeline has a directory role.",
			Why:         "A directory role covers the whole tenant: an administrator of applications can sign in as every application.",
			Remedy:      "Give the principal the single Graph permission that it needs, or make it owner of the objects that it changes.",
			FalseAlarms: "A pipeline that manages the directory itself.",
			Severity:    rule.Critical, Level: rule.Mandatory, Reason: rule.Insecure,
			Source: rule.Source{
				Title: "Best practices for Microsoft Entra roles",
				URL:   "https://learn.microsoft.com/entra/identity/role-based-access-control/best-practices",
			},
			CheckStack: checkDirectoryRole,
		},
	}
}

const (
	typeRegistry = "azure-native:containerregistry:Registry"
	// abacMode is the mode in which a registry reads conditions on repositories, and ignores
	// AcrPull, AcrPush and AcrDelete. Source: learn.microsoft.com/azure/container-registry,
	// "Microsoft Entra attribute-based access control for repository permissions".
	abacMode = "AbacRepositoryPermissions"
)

// registryRoles are the roles that a registry in ABAC mode ignores.
var registryRoles = []string{"AcrPull", "AcrPush", "AcrDelete"}

// checkEffect finds role assignments that give no access.
func checkEffect(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, r := range g.ByType(graph.TypeRoleAssignment) {
		v := r.Get("roleDefinitionId")
		id, ok := v.KnownText()
		if !ok {
			continue
		}
		for cosmos := range azure.CosmosDataRoles() {
			if strings.HasSuffix(strings.ToLower(id), "/"+cosmos) {
				found = append(found, rule.At(r, v, "the role is one of Cosmos DB's own, which Azure RBAC does not have"))
			}
		}
		role, ok := graph.RoleOf(r)
		if !ok {
			continue
		}
		registry := registryOf(g, r)
		if registry == nil || !registry.Get("roleAssignmentMode").IsFold(abacMode) {
			continue
		}
		for _, ignored := range registryRoles {
			if role.Name == ignored {
				found = append(found, rule.At(r, v, registry.Label()+" is in ABAC mode, in which "+ignored+" has no effect"))
			}
		}
	}
	return found
}

// registryOf returns the registry of the graph that a role assignment is on, or nil.
func registryOf(g *graph.Graph, r *graph.Resource) *graph.Resource {
	if registry := g.Origin(r, "scope", typeRegistry); registry != nil {
		return registry
	}
	scope, ok := r.Get("scope").KnownText()
	if !ok {
		return nil
	}
	for _, registry := range g.ByType(typeRegistry) {
		if name, known := registry.Get("registryName").KnownText(); known && strings.HasSuffix(strings.ToLower(scope), "/registries/"+strings.ToLower(name)) {
			return registry
		}
	}
	return nil
}

// directoryRoles are the resources that give a directory role.
var directoryRoles = []string{
	"azuread:index:DirectoryRoleAssignment", "azuread:index:DirectoryRoleMember", "azuread:index:DirectoryRoleEligibilityScheduleRequest",
}

// checkDirectoryRole finds directory roles of federated identities.
func checkDirectoryRole(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, r := range g.ByType(directoryRoles...) {
		for _, property := range []string{"principalObjectId", "memberObjectId", "principalId"} {
			v := r.Get(property)
			i := g.Federation().ByPrincipalID(v)
			if i == nil && !v.IsKnown() {
				i = g.IdentityOfOrigin(r, property)
			}
			if i != nil && (i.IsWorkload() || len(i.Credentials) > 0) {
				found = append(found, rule.At(r, v, i.Resource.Label()+" has a role in the whole directory"))
			}
		}
	}
	return found
}
