package azurebinding

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	sqlAdminToken    = "azure-native:sql:ServerAzureADAdministrator"
	getSqlAdminToken = "azure-native:sql:getServerAzureADAdministrator"
	// sqlAdminName is the only name, and the only type, that an administrator can have: a server
	// has one. Source: Microsoft.Sql/servers/administrators, enumerations AdministratorName and
	// AdministratorType.
	sqlAdminName = "ActiveDirectory"
)

// SqlServerAdmin is the one Microsoft Entra administrator of a SQL server.
type SqlServerAdmin struct {
	pulumi.CustomResourceState
}

// SqlServerAdminArgs are the inputs of a SqlServerAdmin.
type SqlServerAdminArgs struct {
	ResourceGroupName pulumi.StringInput
	ServerName        pulumi.StringInput
	// Login is the name that the server shows.
	Login pulumi.StringInput
	// Sid is the administrator's object id.
	Sid      pulumi.StringInput
	TenantId pulumi.StringInput
}

// sqlServerAdminInputs are the inputs as the SDK marshals them.
type sqlServerAdminInputs struct {
	AdministratorName pulumi.StringInput
	AdministratorType pulumi.StringInput
	Login             pulumi.StringInput
	ResourceGroupName pulumi.StringInput
	ServerName        pulumi.StringInput
	Sid               pulumi.StringInput
	TenantId          pulumi.StringInput
}

// sqlServerAdminPlain are the inputs when their values are known.
type sqlServerAdminPlain struct {
	AdministratorName string `pulumi:"administratorName"`
	AdministratorType string `pulumi:"administratorType"`
	Login             string `pulumi:"login"`
	ResourceGroupName string `pulumi:"resourceGroupName"`
	ServerName        string `pulumi:"serverName"`
	Sid               string `pulumi:"sid"`
	TenantId          string `pulumi:"tenantId"`
}

// ElementType returns the type sqlServerAdminPlain.
func (sqlServerAdminInputs) ElementType() reflect.Type {
	return reflect.TypeOf((*sqlServerAdminPlain)(nil)).Elem()
}

// NewSqlServerAdmin registers a server's administrator. It replaces the one that the server has;
// deleting it leaves the server without one.
func NewSqlServerAdmin(ctx *pulumi.Context, name string, args *SqlServerAdminArgs, opts ...pulumi.ResourceOption) (*SqlServerAdmin, error) {
	if args == nil || args.ResourceGroupName == nil || args.ServerName == nil || args.Login == nil || args.Sid == nil || args.TenantId == nil {
		return nil, errors.New("a SQL server's administrator needs resource group, server, login, sid and tenant")
	}
	in := sqlServerAdminInputs{
		AdministratorName: pulumi.String(sqlAdminName),
		AdministratorType: pulumi.String(sqlAdminName),
		Login:             args.Login,
		ResourceGroupName: args.ResourceGroupName,
		ServerName:        args.ServerName,
		Sid:               args.Sid,
		TenantId:          args.TenantId,
	}
	var admin SqlServerAdmin
	opts = append([]pulumi.ResourceOption{pulumi.Version(Version)}, opts...)
	if err := ctx.RegisterResource(sqlAdminToken, name, in, &admin, opts...); err != nil {
		return nil, err
	}
	return &admin, nil
}

// CurrentSqlAdmin is the administrator that a server has now.
type CurrentSqlAdmin struct {
	// Sid is empty if there is none.
	Sid   string `pulumi:"sid"`
	Login string `pulumi:"login"`
}

// CurrentSqlAdminOutput is a CurrentSqlAdmin that may be known only later.
type CurrentSqlAdminOutput struct{ *pulumi.OutputState }

// ElementType returns the type CurrentSqlAdmin.
func (CurrentSqlAdminOutput) ElementType() reflect.Type { return reflect.TypeOf(CurrentSqlAdmin{}) }

func init() { pulumi.RegisterOutputType(CurrentSqlAdminOutput{}) }

// LookupSqlAdmin reads the administrator of a server, which must exist.
func LookupSqlAdmin(ctx *pulumi.Context, parent pulumi.Resource, path string, server, group pulumi.StringInput) CurrentSqlAdminOutput {
	found := Lookup(ctx, parent, path, SqlServer, server, group)
	return pulumi.All(found, group).ApplyT(func(values []any) (CurrentSqlAdmin, error) {
		name := values[0].(Found).Name
		var current CurrentSqlAdmin
		err := invoke(ctx, parent, getSqlAdminToken, map[string]any{
			"administratorName": sqlAdminName, "serverName": name, "resourceGroupName": values[1].(string),
		}, &current)
		if NotFound(err) {
			return CurrentSqlAdmin{}, nil
		}
		if err != nil {
			return CurrentSqlAdmin{}, fmt.Errorf("%s: looking up the administrator of SQL server %q: %w", path, name, err)
		}
		return current, nil
	}).(CurrentSqlAdminOutput)
}
