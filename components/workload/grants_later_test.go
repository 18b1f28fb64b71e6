package workload_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func later(s string) pulumi.StringOutput { return pulumi.String(s).ToStringOutput() }

// What grants learn from Azure, or when an output resolves, fails in words of the
// same quality.
func TestGrantsThatFailLater(t *testing.T) {
	grants := func(list ...workload.GrantArgs) func(*workload.FederatedWorkloadArgs) {
		return func(a *workload.FederatedWorkloadArgs) { a.Grants = list }
	}
	foreign := func(args resource.PropertyMap) (resource.PropertyMap, error) {
		found, err := pulumitest.ExistingVault(false)(args)
		if err == nil {
			found["properties"].ObjectValue()["tenantId"] = resource.NewProperty(pulumitest.ClientID)
		}
		return found, err
	}
	replaced := func(replace bool) func(*workload.FederatedWorkloadArgs) {
		return func(a *workload.FederatedWorkloadArgs) {
			sql(a)
			a.SqlServerAdmin.ReplaceExisting = replace
		}
	}
	none := options()
	for reason, tc := range map[string]struct {
		options pulumitest.Options
		change  func(*workload.FederatedWorkloadArgs)
		want    []string
	}{
		"a resource that is not there": {none,
			grants(workload.GrantArgs{Preset: workload.ReadBlobs, Resource: named("storageAccount", "missing1"), ScopeKey: "x"}),
			[]string{`grants[0].resource of workload "shop": there is no storage account "missing1" in resource group "data"`, "by scope"},
		},
		"a preset on what turns out to be something else": {none,
			grants(workload.GrantArgs{Preset: workload.ReadSecrets, Scope: later(storageID), ScopeKey: "x"}),
			[]string{`grants[0].scope of workload "shop": preset "readSecrets" is for Microsoft.KeyVault/vaults`},
		},
		"one scope under two keys": {none,
			grants(workload.GrantArgs{Role: "Reader", Scope: later(vaultID), ScopeKey: "a"}, workload.GrantArgs{Role: "Reader", Scope: later(strings.ToLower(vaultID)), ScopeKey: "b"}),
			[]string{`grants[0] and grants[1] both give role "Reader"`, "leave one out"},
		},
		"one scope by id and by name": {none,
			grants(workload.GrantArgs{Role: "Reader", Scope: pulumi.String(storageID), ScopeKey: "a"}, workload.GrantArgs{Role: "Reader", Resource: named("storageAccount", "shop1"), ScopeKey: "b"}),
			[]string{`grants[0] and grants[1] both give role "Reader"`},
		},
		"data actions on what turns out to be a management group": {none,
			grants(workload.GrantArgs{CustomRole: customRole(func(r *workload.CustomRoleArgs) { r.DataActions = []string{"Microsoft.X/y/read"} }), Scope: later(managementID), ScopeKey: "x"}),
			[]string{"with data actions is forbidden on a management group"},
		},
		"a custom role that is not assignable there": {none,
			grants(workload.GrantArgs{CustomRole: customRole(func(r *workload.CustomRoleArgs) { r.AssignableScopes = pulumi.StringArray{later(groupID + "2")} }), Scope: pulumi.String(groupID), ScopeKey: "x"}),
			[]string{`grants[0].customRole.assignableScopes of workload "shop"`, "lies in none of them"},
		},
		"a role for a vault that uses access policies": {with(getVault, pulumitest.ExistingVault(false)),
			grants(workload.GrantArgs{Preset: workload.ReadSecrets, Resource: named("vault", "kv-old"), ScopeKey: "x"}),
			[]string{`vault "kv-old" uses access policies`, "use vaultPolicies"},
		},
		"an old vault that says nothing uses access policies": {with(getVault, func(args resource.PropertyMap) (resource.PropertyMap, error) {
			found, err := pulumitest.ExistingVault(false)(args)
			if err == nil {
				delete(found["properties"].ObjectValue(), "enableRbacAuthorization")
			}
			return found, err
		}),
			grants(workload.GrantArgs{Preset: workload.ReadSecrets, Resource: named("vault", "kv-old"), ScopeKey: "x"}),
			[]string{"uses access policies"},
		},
		"an access policy for a vault that uses roles":   {none, policies, []string{`vaultPolicies[`, "uses roles (enableRbacAuthorization)", "grant a preset"}},
		"an access policy for a vault of another tenant": {with(getVault, foreign), policies, []string{"belongs to tenant " + pulumitest.ClientID, "cannot cross tenants"}},
		"two policies of a vault under two names": {with(getVault, func(args resource.PropertyMap) (resource.PropertyMap, error) {
			args["vaultName"] = resource.NewProperty("kv-one")
			return pulumitest.ExistingVault(false)(args)
		}), policies, []string{"vaultPolicies[0] and vaultPolicies[1] are both about vault", "merge them"}},
		"another administrator": {with(getAdmin, pulumitest.SqlAdministrator("dba", pulumitest.ObjectID)), replaced(false),
			[]string{`sqlServerAdmin of workload "shop"`, `has the administrator "dba" (` + pulumitest.ObjectID + ")", "replaceExisting"}},
	} {
		t.Run(reason, func(t *testing.T) {
			r := try(t, tc.options, tc.change)
			for _, want := range tc.want {
				if r.Err == nil || !strings.Contains(r.Err.Error(), want) {
					t.Errorf("error = %v, want %q", r.Err, want)
				}
			}
		})
	}
}

// What an existing vault refuses, it refuses in a preview already.
func TestVaultsAreLookedAtInAPreview(t *testing.T) {
	o := with(getVault, pulumitest.ExistingVault(false))
	o.DryRun = true
	r := try(t, o, func(a *workload.FederatedWorkloadArgs) {
		a.Grants = []workload.GrantArgs{{Preset: workload.ReadSecrets, Resource: named("vault", "kv-old"), ScopeKey: "x"}}
	})
	if r.Err == nil || !strings.Contains(r.Err.Error(), "uses access policies") {
		t.Errorf("error = %v", r.Err)
	}
}

// Roles that are not about a vault's data are given on any vault.
func TestManagementRolesFitEveryVault(t *testing.T) {
	r := try(t, with(getVault, pulumitest.ExistingVault(false)), func(a *workload.FederatedWorkloadArgs) {
		a.Grants = []workload.GrantArgs{{Role: "Reader", Resource: named("vault", "kv-old"), ScopeKey: "x"}}
	})
	if r.Err != nil {
		t.Error(r.Err)
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
