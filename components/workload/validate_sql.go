package workload

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

func (args *FederatedWorkloadArgs) validateSql(l *problem.List, name string) {
	byKey := firsts{}
	for i := range args.SqlUsers {
		u, path := &args.SqlUsers[i], problem.Path("sqlUsers").Index(i)
		validateChildKey(l, path+".key", "script", u.Key)
		if j, taken := byKey.twice(u.Key, i); taken && u.Key != "" {
			l.Add(path+".key", fmt.Sprintf("sqlUsers[%d] has the key %q already", j, u.Key), "give each script one of its own")
		}
		l.AddError(path+".database", validateSqlName(u.Database))
		if err := validateSqlUser(u.user(name)); err != nil && u.UserName == "" {
			l.Add(path+".userName", "the component's name cannot be the user's", fmt.Sprintf("%s; name the user", err))
		} else if err != nil {
			l.AddError(path+".userName", err)
		}
		seen := firsts{}
		for k, role := range u.Roles {
			at := path.Field("roles").Index(k)
			l.AddError(at, validateSqlName(role))
			if j, taken := seen.twice(fold(role), k); taken {
				l.Add(at, fmt.Sprintf("roles[%d] is the same", j), "leave one out")
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
			l.AddError("sqlServerAdmin.login", err)
		}
	}
}
