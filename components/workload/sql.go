package workload

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
)

// powerfulSqlRoles let a user change what others may do, or everything.
// Source: learn.microsoft.com, "Database-level roles".
var powerfulSqlRoles = map[string]bool{"db_owner": true, "db_securityadmin": true, "db_accessadmin": true}

// registerSql writes the scripts of the database users, and registers the server's
// administrator if one is asked for.
func (w *FederatedWorkload) registerSql(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs) error {
	scripts := pulumi.StringMap{}
	for i := range args.SqlUsers {
		u := &args.SqlUsers[i]
		scripts[u.Key] = w.ClientId.ApplyT(func(client string) (string, error) {
			text, err := sqlScript(client, u.Database, u.user(name), u.Roles)
			if err != nil {
				return "", fmt.Errorf("sqlUsers[%d] of workload %q: %w", i, name, err)
			}
			return text, nil
		}).(pulumi.StringOutput)
		if found := filter(u.Roles, func(r string) bool { return powerfulSqlRoles[strings.ToLower(r)] }); len(found) > 0 {
			w.warn(ctx, "sqlUsers[%d] gets the roles %s of database %q: a workload hardly ever needs them; db_datareader and db_datawriter read and write", i, strings.Join(found, " and "), u.Database)
		}
	}
	w.SqlScripts = scripts.ToStringMapOutput()
	if args.SqlServerAdmin == nil {
		return nil
	}
	return w.registerSqlServerAdmin(ctx, name, args.SqlServerAdmin)
}

// registerSqlServerAdmin makes the identity a server's administrator.
func (w *FederatedWorkload) registerSqlServerAdmin(ctx *pulumi.Context, name string, a *SqlServerAdminArgs) error {
	w.warn(ctx, "sqlServerAdmin makes the workload the only Microsoft Entra administrator of its SQL server: it rules every database there, and destroying the stack leaves the server without one; sqlUsers need none of that")

	path := fmt.Sprintf("sqlServerAdmin of workload %q", name)
	login := pulumi.StringInput(pulumi.String(name))
	if a.Login != nil {
		login = a.Login.ToStringPtrOutput().Elem()
	}
	admin, err := azurebinding.NewSqlServerAdmin(ctx, name+"-sqladmin", &azurebinding.SqlServerAdminArgs{
		ResourceGroupName: a.ResourceGroupName,
		ServerName:        a.ServerName,
		Login:             login,
		Sid:               w.adminSid(ctx, path, a),
		TenantId:          w.TenantId,
	}, pulumi.Parent(w))
	if err != nil {
		return fmt.Errorf("registering %s: %w", path, err)
	}
	w.Ready = append(w.Ready, admin)
	return nil
}

// adminSid is the identity's object id, for a server whose administrator may be
// replaced. It is the administrator's input, so that nothing is written before the
// server has been looked at.
func (w *FederatedWorkload) adminSid(ctx *pulumi.Context, path string, a *SqlServerAdminArgs) pulumi.StringOutput {
	current := azurebinding.LookupSqlAdmin(ctx, w, path, a.ServerName, a.ResourceGroupName)
	return pulumi.All(current, w.PrincipalId, w.ClientId).ApplyT(func(values []any) (string, error) {
		now, principal, client := values[0].(azurebinding.CurrentSqlAdmin), values[1].(string), values[2].(string)
		// Azure shows an application by either of its ids.
		if now.Sid == "" || strings.EqualFold(now.Sid, principal) || strings.EqualFold(now.Sid, client) {
			return principal, nil
		}
		if !a.ReplaceExisting {
			return "", problem.New(path, fmt.Sprintf("the SQL server has the administrator %q (%s), and only one: use sqlUsers, which need no administrator, or set replaceExisting to take over", now.Login, now.Sid))
		}
		w.warn(ctx, "sqlServerAdmin replaces %q (%s), the server's administrator until now", now.Login, now.Sid)
		return principal, nil
	}).(pulumi.StringOutput)
}

// user is the user's name in the database, the default filled in.
func (u *SqlUserArgs) user(component string) string {
	if u.UserName == "" {
		return component
	}
	return u.UserName
}
