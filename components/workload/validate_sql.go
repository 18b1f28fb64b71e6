package workload

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
)

func (args *FederatedWorkloadArgs) validateSql(l *problems.List, name string) {
	byKey := firsts{}
	for i := range args.SqlUsers {
		u, path := &args.SqlUsers[i], fmt.Sprintf("sqlUsers[%d]", i)
		validateChildKey(l, path+".key", "script", u.Key)
		if j, taken := byKey.twice(u.Key, i); taken && u.Key != "" {
			l.Addf(path+".key", "sqlUsers[%d] has the key %q already: give each script one of its own", j, u.Key)
		}
		l.Add(path+".database", validateSqlName(u.Database))
		if err := validateSqlUser(u.user(name)); err != nil && u.UserName == "" {
			l.Addf(path+".userName", "the component's name cannot be the user's: %s; name the user", err)
		} else if err != nil {
			l.Add(path+".userName", err)
		}
		seen := firsts{}
		for k, role := range u.Roles {
			at := fmt.Sprintf("%s.roles[%d]", path, k)
			l.Add(at, validateSqlName(role))
			if j, taken := seen.twice(fold(role), k); taken {
				l.Addf(at, "roles[%d] is the same: leave one out", j)
			}
		}
	}
	if args.SqlServerAdmin == nil {
		return
	}
	requireName(l, "sqlServerAdmin.serverName", azurebinding.SqlServer, args.SqlServerAdmin.ServerName)
	requireGroup(l, "sqlServerAdmin.resourceGroupName", args.SqlServerAdmin.ResourceGroupName)
	if login, ok := known.String(args.SqlServerAdmin.Login); ok {
		if err := validateSqlName(login); err != nil {
			l.Add("sqlServerAdmin.login", err)
		}
	}
}
