package data

import (
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// sqlAdministrators returns the rules about who administers SQL servers.
func sqlAdministrators() []rule.Rule {
	return []rule.Rule{
		{
			Name:  "sql-workload-not-admin",
			Title: "No workload's identity is the administrator of a SQL server.",
			Why:   "A server has one Entra administrator: the workload replaces the people, and may do everything in every database.",
			Remedy: "Make a group of people the administrator, and give the identity access to its database as a contained user " +
				"(CREATE USER … WITH SID, TYPE = E).",
			FalseAlarms: "A workload that migrates the schema of every database.",
			Severity:    rule.Critical, Level: rule.Mandatory, Reason: rule.Insecure,
			Source:     sqlEntra,
			CheckStack: checkWorkloadAdministrators,
		},
		{
			Name:        "sql-one-admin",
			Title:       "A SQL server's administrator is set in one place.",
			Why:         "A server has one Entra administrator: the second replaces the first, at every deployment.",
			Remedy:      "Set either the server's administrators or one ServerAzureADAdministrator.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     sqlEntra,
			CheckStack: checkOneAdministrator,
		},
	}
}

// checkWorkloadAdministrators finds servers that an identity of the stack administers.
func checkWorkloadAdministrators(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, r := range g.ByType(graph.TypeSQLServer) {
		found = append(found, checkWorkloadAdministrator(g, r, r.Get("administrators", "sid"), "administrators")...)
	}
	for _, r := range g.ByType(typeSQLAdministrator) {
		found = append(found, checkWorkloadAdministrator(g, r, r.Get("sid"), "sid")...)
	}
	return found
}

// checkWorkloadAdministrator finds an administrator's id that belongs to an identity, or will: the
// property is where the id comes from.
func checkWorkloadAdministrator(g *graph.Graph, r *graph.Resource, sid graph.Value, property string) []rule.Violation {
	f := g.Federation()
	i := f.ByPrincipalID(sid)
	if i == nil {
		i = f.ByClientID(sid)
	}
	if i == nil && sid.IsUnknown() {
		i = g.IdentityOfOrigin(r, property)
	}
	if i == nil {
		return nil
	}
	return rule.Found(r, sid, i.Resource.Label()+" becomes the server's administrator")
}

// checkOneAdministrator finds administrators of a server that has another one.
func checkOneAdministrator(g *graph.Graph, _ rule.Params) []rule.Violation {
	byName := map[string]*graph.Resource{}
	// first has the labels of the first administrators, by their server's URN or name.
	first := map[string]string{}
	for _, r := range g.ByType(graph.TypeSQLServer) {
		if name, ok := r.Get("serverName").KnownText(); ok {
			byName[name] = r
		}
		if v := r.Input("administrators"); v.IsKnown() && !v.IsEmpty() {
			first[r.URN] = r.Label()
		}
	}
	var found []rule.Violation
	for _, r := range g.ByType(typeSQLAdministrator) {
		v := r.Get("serverName")
		name, known := v.KnownText()
		server := g.Origin(r, "serverName", graph.TypeSQLServer)
		if server == nil {
			server = byName[name]
		}
		key := name
		if server != nil {
			key = server.URN
		} else if !known {
			continue
		}
		if before := first[key]; before != "" {
			found = append(found, rule.At(r, v, before+" sets an administrator of the same server"))
			continue
		}
		first[key] = r.Label()
	}
	return found
}
