package data

import (
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

const (
	typeSQLAdministrator = "azure-native:sql:ServerAzureADAdministrator"
	typeSQLEntraOnly     = "azure-native:sql:ServerAzureADOnlyAuthentication"
)

// sqlEntra documents the Entra administrator of a server.
var sqlEntra = rule.Source{
	Title: "Configure Microsoft Entra authentication for Azure SQL",
	URL:   "https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-configure",
}

// sqlServers returns the rules about how people and programs sign in to SQL servers.
func sqlServers() []rule.Rule {
	return []rule.Rule{
		{
			Name:     "sql-entra-admin",
			Title:    "SQL servers have an Entra administrator.",
			Why:      "Without one no identity can get access to a database.",
			Remedy:   "Set administrators to a group of people.",
			Severity: rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source:      sqlEntra,
			Equivalents: []string{"Azure Policy 1f314764-cb73-4fc9-b863-8eca98ac36e9"},
			CheckStack:  checkEntraAdministrator,
		},
		{
			Name:     "sql-entra-only",
			Title:    "SQL servers accept Entra sign-ins only.",
			Why:      "A SQL login has a password, which is in the program that created it.",
			Remedy:   "Set administrators.azureADOnlyAuthentication to true, and leave out administratorLoginPassword.",
			Severity: rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source: rule.Source{
				Title: "Microsoft Entra-only authentication with Azure SQL",
				URL:   "https://learn.microsoft.com/azure/azure-sql/database/authentication-azure-ad-only-authentication",
			},
			Equivalents: []string{"Azure Policy b3a22bc9-66de-45fb-98fa-00f5df42f41a"},
			CheckStack:  checkEntraOnly,
		},
	}
}

// checkEntraAdministrator finds servers without an Entra administrator, in the server or beside it.
func checkEntraAdministrator(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	administrators := serversOf(g, g.ByType(typeSQLAdministrator))
	for _, r := range g.ByType(graph.TypeSQLServer) {
		if v := r.Get("administrators"); v.IsEmpty() && !administrators.mayHave(r) {
			found = append(found, rule.At(r, v, "the server has no Entra administrator"))
		}
	}
	return found
}

// checkEntraOnly finds servers that accept passwords, by the server's setting and the one beside
// it.
func checkEntraOnly(g *graph.Graph, _ rule.Params) []rule.Violation {
	var settings []*graph.Resource
	for _, r := range g.ByType(typeSQLEntraOnly) {
		if !r.Get("azureADOnlyAuthentication").NotTrue() {
			settings = append(settings, r)
		}
	}
	var found []rule.Violation
	entraOnly := serversOf(g, settings)
	for _, r := range g.ByType(graph.TypeSQLServer) {
		if v := r.Get("administrators", "azureADOnlyAuthentication"); v.NotTrue() && !entraOnly.mayHave(r) {
			found = append(found, rule.At(r, v, "the server accepts passwords"))
		}
	}
	return found
}

// servers are the SQL servers that some resources belong to.
type servers struct {
	urns, names map[string]bool
	// incomplete is true if the server of some resource is not known.
	incomplete bool
}

// serversOf returns the servers that resources name in serverName.
func serversOf(g *graph.Graph, resources []*graph.Resource) *servers {
	s := &servers{urns: map[string]bool{}, names: map[string]bool{}}
	for _, r := range resources {
		origins := g.Origins(r, "serverName", graph.TypeSQLServer)
		for _, server := range origins {
			s.urns[server.URN] = true
		}
		v := r.Get("serverName")
		if name, ok := v.KnownText(); ok {
			s.names[name] = true
		}
		s.incomplete = s.incomplete || v.IsUnknown() && len(origins) == 0
	}
	return s
}

// mayHave reports whether a server is one of the servers, or may be.
func (s *servers) mayHave(r *graph.Resource) bool {
	name, ok := r.Get("serverName").KnownText()
	if !ok {
		name, ok = r.Output("name").KnownText()
	}
	return s.incomplete || s.urns[r.URN] || s.names[name] || !ok && len(s.names) > 0
}
