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

const subscription = "/subscriptions/" + pulumitest.SubscriptionID

// owner is a component that looks things up.
type owner struct{ pulumi.ResourceState }

// within runs f for a component.
func within(f func(ctx *pulumi.Context, parent pulumi.Resource) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		var o owner
		if err := ctx.RegisterComponentResource("test:index:Owner", "owner", &o); err != nil {
			return err
		}
		if err := f(ctx, &o); err != nil {
			return err
		}
		return ctx.RegisterResourceOutputs(&o, pulumi.Map{})
	}
}

var kinds = map[string]azurebinding.Kind{
	"storageAccount": azurebinding.StorageAccount, "vault": azurebinding.Vault, "registry": azurebinding.Registry,
	"sqlServer": azurebinding.SqlServer, "workspace": azurebinding.Workspace, "resourceGroup": azurebinding.ResourceGroup,
	"managedCluster": azurebinding.ManagedCluster,
}

// lookup exports the id of a resource.
func lookup(kind string, name, group pulumi.StringInput) pulumi.RunFunc {
	return within(func(ctx *pulumi.Context, parent pulumi.Resource) error {
		found := azurebinding.Lookup(ctx, parent, "here", kinds[kind], name, group)
		ctx.Export("id", found.ApplyT(func(f azurebinding.Found) string { return f.Id }))
		return nil
	})
}

func TestLookup(t *testing.T) {
	for kind, tc := range map[string]struct {
		id, token, argument string
	}{
		"storageAccount": {"/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/shop1", "azure-native:storage:getStorageAccount", "accountName"},
		"vault":          {"/resourceGroups/data/providers/Microsoft.KeyVault/vaults/shop1", "azure-native:keyvault:getVault", "vaultName"},
		"registry":       {"/resourceGroups/data/providers/Microsoft.ContainerRegistry/registries/shop1", "azure-native:containerregistry:getRegistry", "registryName"},
		"sqlServer":      {"/resourceGroups/data/providers/Microsoft.Sql/servers/shop1", "azure-native:sql:getServer", "serverName"},
		"workspace":      {"/resourceGroups/data/providers/Microsoft.OperationalInsights/workspaces/shop1", "azure-native:operationalinsights:getWorkspace", "workspaceName"},
		"resourceGroup":  {"/resourceGroups/shop1", "azure-native:resources:getResourceGroup", "resourceGroupName"},
		"managedCluster": {"/resourceGroups/data/providers/Microsoft.ContainerService/managedClusters/shop1", "azure-native:containerservice/v20250101:getManagedCluster", "resourceName"},
	} {
		t.Run(kind, func(t *testing.T) {
			for _, dryRun := range []bool{false, true} {
				r := pulumitest.Run(t, lookup(kind, pulumi.String("shop1"), pulumi.String("data")), pulumitest.Options{DryRun: dryRun})
				if got := r.Exports["id"].Value; got != subscription+tc.id {
					t.Errorf("id = %v (preview: %t), want %s", got, dryRun, subscription+tc.id)
				}
				args := map[string]any{tc.argument: "shop1"}
				if kind != "resourceGroup" {
					args["resourceGroupName"] = "data"
				}
				if len(r.Calls) != 1 || r.Calls[0].Token != tc.token {
					t.Fatalf("calls = %+v, want one of %s", r.Calls, tc.token)
				}
				if got := r.Calls[0].Version; got != azurebinding.Version {
					t.Errorf("version = %q: a program would need two plugins", got)
				}
				if diff := cmp.Diff(args, r.Calls[0].Args.Mappable()); diff != "" {
					t.Errorf("arguments (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// A name that a preview does not know must not reach the provider.
func TestLookupWaitsForItsName(t *testing.T) {
	program := within(func(ctx *pulumi.Context, parent pulumi.Resource) error {
		later := pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) string { return "kv1" }).(pulumi.StringOutput)
		found := azurebinding.Lookup(ctx, parent, "here", azurebinding.Vault, later, pulumi.String("data"))
		ctx.Export("id", found.ApplyT(func(f azurebinding.Found) string { return f.Id }))
		return nil
	})
	r := pulumitest.Run(t, program, pulumitest.Options{DryRun: true})
	if len(r.Calls) != 0 || r.Exports["id"].Known {
		t.Errorf("calls = %+v, id = %+v", r.Calls, r.Exports["id"])
	}
}

func TestLookupFails(t *testing.T) {
	failing := func(message string) pulumitest.Options {
		return pulumitest.Options{Fakes: pulumitest.Fakes{Calls: map[string]pulumitest.FakeCall{
			"azure-native:keyvault:getVault": func(resource.PropertyMap) (resource.PropertyMap, error) { return nil, errors.New(message) },
		}}}
	}
	later := func(s string) pulumi.StringInput { return pulumi.String(s).ToStringOutput() }
	for reason, tc := range map[string]struct {
		kind        string
		name, group pulumi.StringInput
		options     pulumitest.Options
		want        []string
	}{
		"it is not there": {
			kind: "vault", name: later("missing1"), group: later("data"),
			want: []string{`here: there is no vault "missing1" in resource group "data"`, "check the names", "by scope", "ResourceNotFound"},
		},
		"the group is not there": {
			kind: "resourceGroup", name: later("missing"),
			want: []string{`here: there is no resource group "missing" in the provider's subscription`},
		},
		"the deployer may not read it": {
			kind: "vault", name: later("kv1"), group: later("data"), options: failing(`Status=403 Code="AuthorizationFailed"`),
			want: []string{`here: looking up vault "kv1" in resource group "data": `, "AuthorizationFailed", "needs Reader"},
		},
		"a name that turns out to be none": {
			kind: "vault", name: later("kv_1"), group: later("data"),
			want: []string{`here: "kv_1" is not the name of a vault`},
		},
		"an answer that is none": {
			kind: "vault", name: later("kv1"), group: later("data"),
			options: pulumitest.Options{Fakes: pulumitest.Fakes{Calls: map[string]pulumitest.FakeCall{
				"azure-native:keyvault:getVault": func(resource.PropertyMap) (resource.PropertyMap, error) { return resource.PropertyMap{}, nil },
			}}},
			want: []string{"has no id"},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			// A resource waits for the name, or nothing would ask for it.
			r := pulumitest.Try(t, within(func(ctx *pulumi.Context, parent pulumi.Resource) error {
				found := azurebinding.Lookup(ctx, parent, "here", kinds[tc.kind], tc.name, tc.group)
				_, err := azurebinding.NewSqlServerAdmin(ctx, "owner-uses", &azurebinding.SqlServerAdminArgs{
					ResourceGroupName: pulumi.String("data"), Login: pulumi.String("x"), Sid: pulumi.String("x"), TenantId: pulumi.String("x"),
					ServerName: found.ApplyT(func(f azurebinding.Found) string { return f.Name }).(pulumi.StringOutput),
				}, pulumi.Parent(parent))
				return err
			}), tc.options)
			for _, want := range tc.want {
				if r.Err == nil || !strings.Contains(r.Err.Error(), want) {
					t.Errorf("error = %v, want %q", r.Err, want)
				}
			}
		})
	}
}

func TestNotFound(t *testing.T) {
	for text, want := range map[string]bool{
		`autorest/azure: Service returned an error. Status=404 Code="NotFound"`:                     true,
		`Failure responding to request: StatusCode=404`:                                             true,
		"GET https://x\nRESPONSE 404: 404 Not Found\nERROR CODE: ResourceNotFound":                  true,
		`status code 404, {"error":{"code":"ResourceGroupNotFound"}}`:                               true,
		`{"code":"ParentResourceNotFound"}`:                                                         true,
		`Status=403 Code="AuthorizationFailed" Message="/subscriptions/404/x"`:                      false,
		"GET https://x\nRESPONSE 403: 403 Forbidden\nERROR CODE: LinkedAuthorizationFailed for 404": false,
		`dial tcp: lookup management.azure.com: no such host`:                                       false,
		`Status=400 Code="PrincipalNotFound"`:                                                       false,
	} {
		if got := azurebinding.NotFound(errors.New(text)); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
	if azurebinding.NotFound(nil) {
		t.Error("no error is not a missing resource")
	}
}
