package workload_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

func sql(a *workload.FederatedWorkloadArgs) {
	a.SqlUsers = []workload.SqlUserArgs{
		{Key: "orders", Database: "orders"},
		{Key: "stock", Database: "stock", UserName: "web", Roles: []string{"db_datareader", "db_datawriter"}},
	}
	a.SqlServerAdmin = &workload.SqlServerAdminArgs{ServerName: pulumi.String("sql-shop"), ResourceGroupName: pulumi.String("data")}
}

// Carries R14.
func TestSqlOutputs(t *testing.T) {
	r := try(t, options(), sql)
	client := pulumitest.GUID("shop-identity", "client")
	sid, err := azure.SQLSID(client)
	if err != nil {
		t.Fatal(err)
	}
	scripts := r.Exports["sqlScripts"].Value.(map[string]string)
	for key, want := range map[string][]string{
		"orders": {"IF DB_NAME() <> N'orders'", "CREATE USER [shop] WITH SID = " + sid + ", TYPE = E;", "ALTER ROLE [db_datareader] ADD MEMBER [shop];"},
		"stock":  {"IF DB_NAME() <> N'stock'", "CREATE USER [web] WITH SID = " + sid + ", TYPE = E;", "ALTER ROLE [db_datawriter] ADD MEMBER [web];"},
	} {
		for _, text := range want {
			if !strings.Contains(scripts[key], text) {
				t.Errorf("script %q lacks %q:\n%s", key, text, scripts[key])
			}
		}
	}
	if len(scripts) != 2 || r.Exports["sqlScripts"].Secret {
		t.Errorf("scripts = %v", r.Exports["sqlScripts"])
	}
	want := map[string]any{
		"resourceGroupName": "data", "serverName": "sql-shop", "login": "shop", "administratorName": "ActiveDirectory",
		"administratorType": "ActiveDirectory", "sid": pulumitest.GUID("shop-identity", "principal"), "tenantId": pulumitest.TenantID,
	}
	if diff := cmp.Diff(want, r.Get(t, adminType, "shop-sqladmin").Inputs.Mappable()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWithoutSqlThereAreNoScripts(t *testing.T) {
	r := try(t, options(), func(*workload.FederatedWorkloadArgs) {})
	if got := r.Exports["sqlScripts"]; !got.Known || len(got.Value.(map[string]string)) != 0 {
		t.Errorf("scripts = %v", got)
	}
}

// Carries R14.
func TestSqlAdministratorThatMayBe(t *testing.T) {
	for reason, tc := range map[string]struct {
		sid     string
		replace bool
		warned  bool
	}{
		"it is the identity already, by object id": {sid: pulumitest.GUID("shop-identity", "principal")},
		"it is the identity already, by client id": {sid: strings.ToUpper(pulumitest.GUID("shop-identity", "client"))},
		"it may be replaced":                       {sid: pulumitest.ObjectID, replace: true, warned: true},
	} {
		t.Run(reason, func(t *testing.T) {
			r := try(t, with(getAdmin, pulumitest.SqlAdministrator("dba", tc.sid)), func(a *workload.FederatedWorkloadArgs) {
				sql(a)
				a.SqlServerAdmin.ReplaceExisting = tc.replace
				a.SqlServerAdmin.Login = pulumi.String("the shop")
			})
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if got := r.Get(t, adminType, "shop-sqladmin").Inputs["login"].StringValue(); got != "the shop" {
				t.Errorf("login = %q", got)
			}
			if got := warned(r, `replaces "dba"`); got != tc.warned {
				t.Errorf("warned: %t\n%v", got, r.Log)
			}
		})
	}
}

func TestInvalidSql(t *testing.T) {
	of := func(list ...workload.SqlUserArgs) *workload.FederatedWorkloadArgs {
		return valid(func(a *workload.FederatedWorkloadArgs) { a.SqlUsers = list })
	}
	admin := func(a workload.SqlServerAdminArgs) *workload.FederatedWorkloadArgs {
		return valid(func(w *workload.FederatedWorkloadArgs) { w.SqlServerAdmin = &a })
	}
	pulumitest.Invalid(t, map[string]invalidCase{
		"an empty user": {
			Args: of(workload.SqlUserArgs{}),
			Want: []pulumitest.Problem{
				{Path: "sqlUsers[0].key", Text: "a short name of the script is required"},
				{Path: "sqlUsers[0].database", Text: "a name is required"},
			},
		},
		"names that a script cannot hold": {
			Args: of(workload.SqlUserArgs{Key: "a/b", Database: "a\nGO", UserName: `CORP\web`, Roles: []string{"$(x)", "", "db_owner", "DB_OWNER"}}),
			Want: []pulumitest.Problem{
				{Path: "sqlUsers[0].key", Text: "letters, digits"},
				{Path: "sqlUsers[0].database", Text: "control character"},
				{Path: "sqlUsers[0].userName", Text: "Windows domain"},
				{Path: "sqlUsers[0].roles[0]", Text: "sqlcmd"},
				{Path: "sqlUsers[0].roles[1]", Text: "required"},
				{Path: "sqlUsers[0].roles[3]", Text: "roles[2] is the same"},
			},
		},
		"one key for two scripts": {
			Args: of(workload.SqlUserArgs{Key: "db", Database: "a"}, workload.SqlUserArgs{Key: "db", Database: "b"}),
			Want: []pulumitest.Problem{{Path: "sqlUsers[1].key", Text: `sqlUsers[0] has the key "db"`}},
		},
		"an administrator of nothing": {
			Args: admin(workload.SqlServerAdminArgs{}),
			Want: []pulumitest.Problem{
				{Path: "sqlServerAdmin.serverName", Text: "required"},
				{Path: "sqlServerAdmin.resourceGroupName", Text: "required"},
			},
		},
		"a server by its host name, and a login that is none": {
			Args: admin(workload.SqlServerAdminArgs{
				ServerName: pulumi.String("sql.database.windows.net"), ResourceGroupName: pulumi.String("data"), Login: pulumi.String(""),
			}),
			Want: []pulumitest.Problem{
				{Path: "sqlServerAdmin.serverName", Text: "host name"},
				{Path: "sqlServerAdmin.login", Text: "a name is required"},
			},
		},
	}, newWorkload)
}

func TestComponentNameThatIsNoSqlUser(t *testing.T) {
	r := pulumitest.Try(t, func(ctx *pulumi.Context) error {
		_, err := workload.NewFederatedWorkload(ctx, `team\shop`, valid(func(a *workload.FederatedWorkloadArgs) {
			a.SqlUsers = []workload.SqlUserArgs{{Key: "orders", Database: "orders"}}
		}))
		return err
	}, options())
	pulumitest.CheckProblems(t, r.Err, []pulumitest.Problem{{Path: "sqlUsers[0].userName", Text: "name the user"}})
}

func TestAnotherSqlAdministratorIsNotReplaced(t *testing.T) {
	checkLater(t, map[string]laterCase{
		"another administrator": {
			options: with(getAdmin, pulumitest.SqlAdministrator("dba", pulumitest.ObjectID)),
			args:    rights(sql),
			want:    []string{`sqlServerAdmin of workload "shop"`, `has the administrator "dba" (` + pulumitest.ObjectID + ")", "replaceExisting"},
		},
	})
}

func TestSqlWarnings(t *testing.T) {
	runWarnings(t, map[string]warningCase{
		"a database's owner": {func(a *workload.FederatedWorkloadArgs) {
			a.SqlUsers = []workload.SqlUserArgs{{Key: "x", Database: "orders", Roles: []string{"db_datareader", "DB_OWNER"}}}
		}, []string{`sqlUsers[0] gets the roles DB_OWNER of database "orders"`}},
		"a server's administrator": {func(a *workload.FederatedWorkloadArgs) {
			a.SqlServerAdmin = &workload.SqlServerAdminArgs{ServerName: pulumi.String("sql"), ResourceGroupName: pulumi.String("data")}
		}, []string{"the only Microsoft Entra administrator of its SQL server"}},
	})
}
