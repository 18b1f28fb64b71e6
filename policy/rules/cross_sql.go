package rules

// crossSQL is who administers SQL servers.
func crossSQL() []Rule {
	return []Rule{
		{
			Name: "sql-workload-not-admin", IDs: []string{"N18"},
			Title:    "No workload's identity is the administrator of a SQL server.",
			Why:      "A server has one Entra administrator: the workload takes the place of the people, and may do everything in every database.",
			Remedy:   "Make a group of people the administrator, and let the identity into its database as a contained user (CREATE USER … WITH SID, TYPE = E).",
			Severity: Critical, Level: Mandatory, Reason: unsafe,
			Document: "Configure Microsoft Entra authentication for Azure SQL",
			URL:      "https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-configure",
			Stack:    judgeSQLAdmin,
		},
		{
			Name: "sql-one-admin", IDs: []string{"N18"},
			Title:    "A SQL server's administrator is said once.",
			Why:      "A server has one Entra administrator: the second replaces the first, at every deployment anew.",
			Remedy:   "Keep the server's own administrators, or the one ServerAzureADAdministrator.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Configure Microsoft Entra authentication for Azure SQL",
			URL:      "https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-configure",
			Stack:    judgeSQLAdmins,
		},
	}
}

func judgeSQLAdmin(g *Graph, _ Params) []Violation {
	var found []Violation
	check := func(r *Resource, v Value, property string) {
		f := g.federation()
		i := lookup(f.byPrincipal, v)
		if i == nil {
			i = lookup(f.byClientID, v)
		}
		if i == nil && v.IsUnknown() {
			i = f.oneOf(g.sources(r, property, append(identityTypes, servicePrincipal)...))
		}
		if i != nil {
			found = append(found, r.fault(v, i.resource.Label()+" becomes the server's administrator"))
		}
	}
	for _, r := range g.ByType(sqlServer) {
		check(r, r.Get("administrators", "sid"), "administrators")
	}
	for _, r := range g.ByType(sqlAdministrator) {
		check(r, r.Get("sid"), "sid")
	}
	return found
}

func judgeSQLAdmins(g *Graph, _ Params) []Violation {
	byName := map[string]*Resource{}
	for _, r := range g.ByType(sqlServer) {
		if name, ok := r.Get("serverName").KnownText(); ok {
			byName[name] = r
		}
	}
	first := map[string]string{}
	for _, r := range g.ByType(sqlServer) {
		if v := r.Input("administrators"); v.IsKnown() && !v.IsEmpty() {
			first[r.URN] = r.Label()
		}
	}
	var found []Violation
	for _, r := range g.ByType(sqlAdministrator) {
		v := r.Get("serverName")
		name, known := v.KnownText()
		key := name
		server := g.source(r, "serverName", sqlServer)
		if server == nil {
			server = byName[name]
		}
		if server != nil {
			key = server.URN
		} else if !known {
			continue
		}
		if before := first[key]; before != "" {
			found = append(found, r.fault(v, before+" names an administrator of the same server"))
			continue
		}
		first[key] = r.Label()
	}
	return found
}
