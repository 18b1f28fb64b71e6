package azurebinding_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestSqlServerAdmin(t *testing.T) {
	r := pulumitest.Run(t, within(func(ctx *pulumi.Context, parent pulumi.Resource) error {
		_, err := azurebinding.NewSqlServerAdmin(ctx, "owner-admin", &azurebinding.SqlServerAdminArgs{
			ResourceGroupName: pulumi.String("data"), ServerName: pulumi.String("sql"), Login: pulumi.String("shop"),
			Sid: pulumi.String(pulumitest.ObjectID), TenantId: pulumi.String(pulumitest.TenantID),
		}, pulumi.Parent(parent))
		return err
	}), pulumitest.Options{})
	admin := r.Get(t, "azure-native:sql:ServerAzureADAdministrator", "owner-admin")
	want := map[string]any{
		"resourceGroupName": "data", "serverName": "sql", "login": "shop", "sid": pulumitest.ObjectID, "tenantId": pulumitest.TenantID,
		"administratorName": "ActiveDirectory", "administratorType": "ActiveDirectory",
	}
	if diff := cmp.Diff(want, admin.Inputs.Mappable()); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	if got := admin.Request.GetVersion(); got != azurebinding.Version {
		t.Errorf("version = %q", got)
	}
}

func TestSqlServerAdminNeedsItsArguments(t *testing.T) {
	for _, args := range []*azurebinding.SqlServerAdminArgs{nil, {}, {ServerName: pulumi.String("sql")}} {
		if _, err := azurebinding.NewSqlServerAdmin(nil, "x", args); err == nil {
			t.Errorf("%+v was registered", args)
		}
	}
}

func TestLookupSqlAdmin(t *testing.T) {
	answer := func(call pulumitest.FakeCall) pulumitest.Options {
		return pulumitest.Options{Fakes: pulumitest.Fakes{Calls: map[string]pulumitest.FakeCall{"azure-native:sql:getServerAzureADAdministrator": call}}}
	}
	for reason, tc := range map[string]struct {
		server  string
		options pulumitest.Options
		want    azurebinding.CurrentSqlAdmin
		err     string
	}{
		"a server without an administrator": {server: "sql", want: azurebinding.CurrentSqlAdmin{}},
		"a server with one": {
			server: "sql", options: answer(pulumitest.SqlAdministrator("dba", pulumitest.ObjectID)),
			want: azurebinding.CurrentSqlAdmin{Login: "dba", Sid: pulumitest.ObjectID},
		},
		"no server": {server: "missing", err: `here: there is no SQL server "missing" in resource group "data"`},
		// What cannot be read must not count as absent: it would be replaced.
		"no right to look": {
			server: "sql", err: `here: looking up the administrator of SQL server "sql": `,
			options: answer(func(resource.PropertyMap) (resource.PropertyMap, error) {
				return nil, errors.New(`Status=403 Code="AuthorizationFailed"`)
			}),
		},
	} {
		t.Run(reason, func(t *testing.T) {
			r := pulumitest.Try(t, within(func(ctx *pulumi.Context, parent pulumi.Resource) error {
				current := azurebinding.LookupSqlAdmin(ctx, parent, "here", pulumi.String(tc.server), pulumi.String("data"))
				field := func(get func(azurebinding.CurrentSqlAdmin) string) pulumi.StringOutput {
					return current.ApplyT(get).(pulumi.StringOutput)
				}
				_, err := azurebinding.NewSqlServerAdmin(ctx, "owner-sees", &azurebinding.SqlServerAdminArgs{
					ResourceGroupName: pulumi.String("data"), ServerName: pulumi.String("sql"), TenantId: pulumi.String("x"),
					Login: field(func(a azurebinding.CurrentSqlAdmin) string { return a.Login }),
					Sid:   field(func(a azurebinding.CurrentSqlAdmin) string { return a.Sid }),
				}, pulumi.Parent(parent))
				return err
			}), tc.options)
			if tc.err != "" {
				if r.Err == nil || !strings.Contains(r.Err.Error(), tc.err) {
					t.Errorf("error = %v, want %q", r.Err, tc.err)
				}
				return
			}
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			seen := r.Get(t, "azure-native:sql:ServerAzureADAdministrator", "owner-sees").Inputs
			got := azurebinding.CurrentSqlAdmin{Login: seen["login"].StringValue(), Sid: seen["sid"].StringValue()}
			if got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}
