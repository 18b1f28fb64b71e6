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

// sqlFirewall documents who reaches a server.
var sqlFirewall = rule.Source{
	Title: "Azure SQL Database network access controls",
	URL:   "https://learn.microsoft.com/azure/azure-sql/database/network-access-controls-overview",
}

// checkFirewallRule finds a firewall rule that lets all of Azure, or the whole Internet, in.
func checkFirewallRule(r *graph.Resource, _ rule.Params) []rule.Violation {
	start, end := r.Get("startIpAddress"), r.Get("endIpAddress")
	switch {
	case start.Is("0.0.0.0") && end.Is("0.0.0.0"):
		return rule.Found(r, start, "the rule lets in all of Azure, other customers too")
	case start.Is("0.0.0.0") && end.Is("255.255.255.255"):
		return rule.Found(r, start, "the rule lets in the whole Internet")
	}
	return nil
}

// sqlServers returns the rules about how people and programs sign in to SQL servers.
func sqlServers() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "sql-entra-admin",
			Title:       "SQL servers have an Entra administrator.",
			Why:         "Without one no identity can get access to a database.",
			Remedy:      "Set administrators to a group of people.",
			FalseAlarms: "An administrator that is set outside of the stack.",
			Severity:    rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source:      sqlEntra,
			Equivalents: []string{"Azure Policy 1f314764-cb73-4fc9-b863-8eca98ac36e9"},
			CheckStack:  checkEntraAdministrator,
		},
		{
			Name:        "sql-entra-only",
			Title:       "SQL servers accept Entra sign-ins only.",
			Why:         "A SQL login has a password, which is in the program that created it.",
			Remedy:      "Set administrators.azureADOnlyAuthentication to true, and leave out administratorLoginPassword.",
			FalseAlarms: "Applications that sign in with a SQL login.",
			Severity:    rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source: rule.Source{
				Title: "Microsoft Entra-only authentication with Azure SQL",
				URL:   "https://learn.microsoft.com/azure/azure-sql/database/authentication-azure-ad-only-authentication",
			},
			Equivalents: []string{"Azure Policy b3a22bc9-66de-45fb-98fa-00f5df42f41a"},
			CheckStack:  checkEntraOnly,
		},
		{
			Name:        "sql-firewall",
			Title:       "SQL servers do not let all of Azure, or the whole Internet, in.",
			Why:         "The rule 0.0.0.0 lets in the virtual machines of every customer of Azure.",
			Remedy:      "Remove the rule, and connect by a private endpoint or a virtual network rule.",
			FalseAlarms: "Services of Azure without an address of their own, such as old plans of App Service.",
			Severity:    rule.Medium, Level: rule.Advisory, Reason: rule.Hardening,
			Source:        sqlFirewall,
			Equivalents:   []string{"Checkov CKV_AZURE_11", "PSRule Azure.SQL.AllowAzureAccess"},
			Types:         []string{"azure-native:sql:FirewallRule"},
			CheckResource: checkFirewallRule,
		},
		{
			Name:        "sql-public-access-off",
			Title:       "SQL servers are closed to the public network.",
			Why:         "Otherwise a stolen token can be used from every address that a firewall rule lets in.",
			Remedy:      "Set publicNetworkAccess to Disabled, and connect by a private endpoint.",
			FalseAlarms: "Servers with firewall rules for single addresses.",
			Severity:    rule.Medium, Level: rule.Disabled, Reason: rule.OptIn,
			Source:      sqlFirewall,
			Equivalents: []string{"Checkov CKV_AZURE_113", "Azure Policy 1b8ca024-1d5c-4dec-8995-b1a932b41780"},
			Types:       []string{graph.TypeSQLServer},
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				if v := r.Get("publicNetworkAccess"); v.IsAbsent() || v.IsFold("Enabled") {
					return rule.Found(r, v, "the server is open to the public network")
				}
				return nil
			},
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
