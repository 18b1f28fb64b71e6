package rules

// sqlServers is how people and programs sign in to SQL.
func sqlServers() []Rule {
	return []Rule{
		{
			Name: "sql-entra-admin", IDs: []string{"35"},
			Title:    "SQL servers have an Entra administrator.",
			Why:      "Without one no identity can be let into a database.",
			Remedy:   "Set administrators to a group of people.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document:    "Configure Microsoft Entra authentication for Azure SQL",
			URL:         "https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-configure",
			Equivalents: []string{"Azure Policy 1f314764-cb73-4fc9-b863-8eca98ac36e9"},
			Stack: func(g *Graph, _ Params) []Violation {
				var found []Violation
				others := g.sqlChildren(sqlAdministrator)
				for _, r := range g.ByType(sqlServer) {
					if v := r.Get("administrators"); v.IsEmpty() && !others.mayHave(r) {
						found = append(found, r.fault(v, "the server has no Entra administrator"))
					}
				}
				return found
			},
		},
		{
			Name: "sql-entra-only", IDs: []string{"35"},
			Title:    "SQL servers take Entra sign-ins only.",
			Why:      "A SQL login is a password, which stands in the program that made it.",
			Remedy:   "Set administrators.azureADOnlyAuthentication to true, and leave out administratorLoginPassword.",
			Severity: High, Level: Mandatory, Reason: "Workloads with an identity need no password.",
			Document:    "Microsoft Entra-only authentication with Azure SQL",
			URL:         "https://learn.microsoft.com/azure/azure-sql/database/authentication-azure-ad-only-authentication",
			Equivalents: []string{"Azure Policy b3a22bc9-66de-45fb-98fa-00f5df42f41a"},
			Stack: func(g *Graph, _ Params) []Violation {
				var found []Violation
				others := g.sqlChildren(sqlEntraOnly)
				for _, r := range g.ByType(sqlServer) {
					if v := r.Get("administrators", "azureADOnlyAuthentication"); v.NotTrue() && !others.mayHave(r) {
						found = append(found, r.fault(v, "the server takes passwords"))
					}
				}
				return found
			},
		},
	}
}

// sqlChildren tells which servers have a child resource of some type.
type sqlChildren struct {
	urns, names map[string]bool
	// unknown says that some child's server cannot be told.
	unknown bool
}

func (g *Graph) sqlChildren(childType string) *sqlChildren {
	c := &sqlChildren{urns: map[string]bool{}, names: map[string]bool{}}
	for _, r := range g.ByType(childType) {
		if childType == sqlEntraOnly && r.Get("azureADOnlyAuthentication").NotTrue() {
			continue
		}
		sources := g.sources(r, "serverName", sqlServer)
		for _, source := range sources {
			c.urns[source.URN] = true
		}
		v := r.Get("serverName")
		if name, ok := v.KnownText(); ok {
			c.names[name] = true
		}
		c.unknown = c.unknown || v.IsUnknown() && len(sources) == 0
	}
	return c
}

// mayHave reports that a server has a child, or might.
func (c *sqlChildren) mayHave(r *Resource) bool {
	name, ok := r.Get("serverName").KnownText()
	if !ok {
		name, ok = r.Output("name").KnownText()
	}
	return c.unknown || c.urns[r.URN] || c.names[name] || !ok && len(c.names) > 0
}
