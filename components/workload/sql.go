package workload

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/tsql"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// SqlUserArgs describes the identity's contained user in a database.
type SqlUserArgs struct {
	// Key names the script in the output: 1 to 63 letters, digits, hyphens and underscores.
	// Required.
	Key string `pulumi:"key"`
	// Database is the database's name, 1 to 128 characters. The script refuses to run in another
	// one. Required.
	Database string `pulumi:"database"`
	// UserName is the user's name in the database, 1 to 128 characters. Azure SQL identifies the
	// identity by its client id, so any name will do. Default: the component's name.
	UserName string `pulumi:"userName,optional"`
	// Roles are the user's database roles, built-in or user-defined, each 1 to 128 characters.
	// Default: db_datareader.
	Roles []string `pulumi:"roles,optional"`
}

// SqlServerAdminArgs makes the identity the Microsoft Entra administrator of a SQL server. A server
// has only one: the pods get full access to all its databases, and the previous administrator loses
// access. Prefer SqlUsers.
type SqlServerAdminArgs struct {
	// ServerName is the server's name, without domain. Required.
	ServerName pulumi.StringInput `pulumi:"serverName"`
	// ResourceGroupName is the server's resource group. Required.
	ResourceGroupName pulumi.StringInput `pulumi:"resourceGroupName"`
	// Login is the administrator's name on the server, 1 to 128 characters. Default: the
	// component's name.
	Login pulumi.StringPtrInput `pulumi:"login,optional"`
	// ReplaceExisting permits that another administrator is replaced. Destroying the stack does not
	// bring the old one back. Default: false, it is refused.
	ReplaceExisting bool `pulumi:"replaceExisting,optional"`
}

// checkSqlUsers records what is wrong with the database users of a workload of that name.
func (args *FederatedWorkloadArgs) checkSqlUsers(l *problem.List, name string) {
	var byKey repeats
	for i := range args.SqlUsers {
		u, path := &args.SqlUsers[i], problem.Path("sqlUsers").Index(i)
		checkKey(l, path+".key", "script", u.Key)
		if j, repeated := byKey.earlier(u.Key, i); repeated && u.Key != "" {
			l.Add(path+".key", fmt.Sprintf("sqlUsers[%d] has the key %q already", j, u.Key), "give each script a key that no other has")
		}
		l.AddError(path+".database", tsql.ValidateName(u.Database))
		if err := tsql.ValidateUserName(cmp.Or(u.UserName, name)); err != nil && u.UserName == "" {
			l.Add(path+".userName", "the component's name cannot be the user's", fmt.Sprintf("%s; name the user", err))
		} else if err != nil {
			l.AddError(path+".userName", err)
		}
		var roles repeats
		for k, role := range u.Roles {
			at := path.Field("roles").Index(k)
			l.AddError(at, tsql.ValidateName(role))
			if j, repeated := roles.earlier(strings.ToLower(role), k); repeated {
				l.Add(at, fmt.Sprintf("roles[%d] is the same", j), "leave one out")
			}
		}
	}
}

// checkSqlServerAdmin records what is wrong with the server's administrator.
func (args *FederatedWorkloadArgs) checkSqlServerAdmin(l *problem.List) {
	a := args.SqlServerAdmin
	if a == nil {
		return
	}
	requireName(l, "sqlServerAdmin.serverName", azurebinding.SqlServer, a.ServerName)
	requireGroup(l, "sqlServerAdmin.resourceGroupName", a.ResourceGroupName)
	if login, ok := known.String(a.Login); ok {
		l.AddError("sqlServerAdmin.login", tsql.ValidateName(login))
	}
}

// powerfulRoles let a database user change the rights of others, or have all rights. Source:
// learn.microsoft.com, "Database-level roles".
var powerfulRoles = map[string]bool{"db_owner": true, "db_securityadmin": true, "db_accessadmin": true}

// sqlScripts returns the scripts of the database users, by key.
func (r *registration) sqlScripts(id *identity) pulumi.StringMap {
	scripts := pulumi.StringMap{}
	for i := range r.args.SqlUsers {
		u := &r.args.SqlUsers[i]
		scripts[u.Key] = id.clientID.ApplyT(func(client string) (string, error) {
			user := tsql.User{ClientID: client, Database: u.Database, Name: cmp.Or(u.UserName, r.name), Roles: u.Roles}
			text, err := user.Script()
			return text, r.about(problem.Path("sqlUsers").Index(i), err)
		}).(pulumi.StringOutput)
		if found := filter(u.Roles, func(role string) bool { return powerfulRoles[strings.ToLower(role)] }); len(found) > 0 {
			r.warn("sqlUsers[%d] gets the roles %s of database %q: a workload hardly ever needs them; db_datareader and db_datawriter read and write", i, strings.Join(found, " and "), u.Database)
		}
	}
	return scripts
}

// registerSqlServerAdmin makes the identity a server's administrator, if the arguments ask for it.
func (r *registration) registerSqlServerAdmin(id *identity) ([]pulumi.Resource, error) {
	a := r.args.SqlServerAdmin
	if a == nil {
		return nil, nil
	}
	r.warn("sqlServerAdmin makes the workload the only Microsoft Entra administrator of its SQL server: it rules every database there, and destroying the stack leaves the server without one; sqlUsers need none of that")

	login := pulumi.StringInput(pulumi.String(r.name))
	if a.Login != nil {
		login = a.Login.ToStringPtrOutput().Elem()
	}
	admin, err := azurebinding.NewSqlServerAdmin(r.ctx, r.name+"-sqladmin", &azurebinding.SqlServerAdminArgs{
		ResourceGroupName: a.ResourceGroupName,
		ServerName:        a.ServerName,
		Login:             login,
		Sid:               r.adminSid(id, a),
		TenantId:          id.tenantID,
	}, pulumi.Parent(r.component))
	if err != nil {
		return nil, fmt.Errorf("registering sqlServerAdmin of workload %q: %w", r.name, err)
	}
	return []pulumi.Resource{admin}, nil
}

// adminSid returns the identity's object id as an output that fails if the server has another
// administrator that must not be replaced. It is an input of the administrator, so that the check
// is done before anything is written.
func (r *registration) adminSid(id *identity, a *SqlServerAdminArgs) pulumi.StringOutput {
	current := azurebinding.LookupSqlAdmin(r.ctx, r.component, r.place("sqlServerAdmin"), a.ServerName, a.ResourceGroupName)
	return pulumi.All(current, id.principalID, id.clientID).ApplyT(func(values []any) (string, error) {
		now, principal, client := values[0].(azurebinding.CurrentSqlAdmin), values[1].(string), values[2].(string)
		// Azure shows an application by either of its ids.
		if now.Sid == "" || strings.EqualFold(now.Sid, principal) || strings.EqualFold(now.Sid, client) {
			return principal, nil
		}
		if !a.ReplaceExisting {
			return "", r.about("sqlServerAdmin", problem.New(
				fmt.Sprintf("the SQL server has the administrator %q (%s), and only one", now.Login, now.Sid),
				"use sqlUsers, which need no administrator, or set replaceExisting to take over"))
		}
		r.warn("sqlServerAdmin replaces %q (%s), the server's administrator until now", now.Login, now.Sid)
		return principal, nil
	}).(pulumi.StringOutput)
}
