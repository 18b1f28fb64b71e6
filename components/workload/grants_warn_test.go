package workload_test

import (
	"slices"
	"strings"
	"testing"

	keyvault "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// warned reports whether the program warned in these words.
func warned(r *pulumitest.Result, text string) bool {
	return slices.ContainsFunc(r.Log, func(m pulumitest.Message) bool {
		return m.Severity == "WARNING" && strings.Contains(m.Text, text)
	})
}

func warnings(r *pulumitest.Result) []string {
	var list []string
	for _, m := range r.Log {
		if m.Severity == "WARNING" {
			list = append(list, m.Text)
		}
	}
	return list
}

func TestWarnings(t *testing.T) {
	role := func(role, scope string) func(*workload.FederatedWorkloadArgs) {
		return func(a *workload.FederatedWorkloadArgs) {
			a.Grants = []workload.GrantArgs{{Role: role, Scope: pulumi.String(scope), ScopeKey: "x"}}
		}
	}
	custom := func(actions ...string) func(*workload.FederatedWorkloadArgs) {
		return func(a *workload.FederatedWorkloadArgs) {
			a.Grants = []workload.GrantArgs{{
				CustomRole: customRole(func(r *workload.CustomRoleArgs) { r.Actions = actions }), Scope: pulumi.String(groupID), ScopeKey: "x",
			}}
		}
	}
	for reason, tc := range map[string]struct {
		change func(*workload.FederatedWorkloadArgs)
		want   []string
	}{
		"a resource":         {role("Reader", vaultID), nil},
		"a resource group":   {role("Reader", groupID), nil},
		"a subscription":     {role("Reader", subscriptionID), []string{`grants[0] gives role "Reader" on a whole subscription (` + subscriptionID}},
		"a management group": {role("Reader", managementID), []string{"on a whole management group"}},
		"a role that only its GUID names, on a subscription": {
			role("00000000-1111-4222-8333-444444444444", subscriptionID), []string{`gives role "00000000-1111-4222-8333-444444444444" on a whole`},
		},
		"a preset's custom role, on a subscription": {func(a *workload.FederatedWorkloadArgs) {
			a.Grants = []workload.GrantArgs{{Preset: workload.ListRoleAssignments, Scope: pulumi.String(subscriptionID), ScopeKey: "x"}}
		}, []string{`gives role "listRoleAssignments" on a whole subscription`}},
		"Owner":       {role("Owner", groupID), []string{`grants[0] gives role "Owner" on "x", which manages everything there and gives roles`}},
		"Contributor": {role("contributor", groupID), []string{`gives role "Contributor"`}},
		"User Access Administrator, by GUID": {
			role("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", groupID), []string{`gives role "User Access Administrator"`},
		},
		"Role Based Access Control Administrator": {role("Role Based Access Control Administrator", groupID), []string{"gives roles to anybody"}},
		"Owner of a subscription":                 {role("Owner", subscriptionID), []string{"manages everything", "on a whole subscription"}},
		"a plain custom role":                     {custom(readAssignments), nil},
		"a custom role with wildcards":            {custom("Microsoft.Storage/*/read"), []string{`grants[0]: custom role "Shop lists roles" has wildcards (Microsoft.Storage/*/read)`}},
		"a custom role that gives roles":          {custom("Microsoft.Authorization/roleAssignments/write"), []string{"lets the workload give roles to anybody"}},
		"wildcards that take that in":             {custom("Microsoft.Authorization/*"), []string{"has wildcards", "give roles to anybody"}},
		"a database's owner": {func(a *workload.FederatedWorkloadArgs) {
			a.SqlUsers = []workload.SqlUserArgs{{Key: "x", Database: "orders", Roles: []string{"db_datareader", "DB_OWNER"}}}
		}, []string{`sqlUsers[0] gets the roles DB_OWNER of database "orders"`}},
		"a server's administrator": {func(a *workload.FederatedWorkloadArgs) {
			a.SqlServerAdmin = &workload.SqlServerAdminArgs{ServerName: pulumi.String("sql"), ResourceGroupName: pulumi.String("data")}
		}, []string{"the only Microsoft Entra administrator of its SQL server"}},
	} {
		t.Run(reason, func(t *testing.T) {
			for _, dryRun := range []bool{false, true} {
				o := options()
				o.DryRun = dryRun
				r := try(t, o, tc.change)
				if r.Err != nil {
					t.Fatal(r.Err)
				}
				checkWarnings(t, r, tc.want)
			}
		})
	}
}

func TestPolicyWarnings(t *testing.T) {
	r := try(t, with(getVault, pulumitest.ExistingVault(false)), func(a *workload.FederatedWorkloadArgs) {
		policies(a)
		a.VaultPolicies[0].SecretPermissions = []keyvault.SecretPermissions{"get", "purge", "all"}
		a.VaultPolicies[1].CertificatePermissions = []keyvault.CertificatePermissions{"all"}
	})
	checkWarnings(t, r, []string{
		"vaultPolicies[0] gives the secret permissions purge and all", "vaultPolicies[1] gives the certificate permissions all",
	})
}

// checkWarnings compares the program's warnings with parts of their texts, one each.
func checkWarnings(t *testing.T, r *pulumitest.Result, want []string) {
	t.Helper()
	got := warnings(r)
	if len(got) != len(want) {
		t.Errorf("%d warnings, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for _, text := range want {
		if !warned(r, text) {
			t.Errorf("no warning says %q:\n%s", text, strings.Join(got, "\n"))
		}
	}
}

// A wide scope that only Azure knows is warned about when it is known, and once.
func TestWarningOfALaterScope(t *testing.T) {
	r := try(t, options(), func(a *workload.FederatedWorkloadArgs) {
		a.Grants = []workload.GrantArgs{{Role: "Reader", Scope: later(subscriptionID), ScopeKey: "x"}}
	})
	checkWarnings(t, r, []string{"on a whole subscription"})
}
