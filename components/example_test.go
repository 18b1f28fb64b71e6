package components_test

import (
	"os"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// vault belongs to the team, which looks it up or creates it in another part of its program.
var vault *keyvault.Vault

// deployOrders registers the resources of the README's example.
func deployOrders(ctx *pulumi.Context) error {
	main, err := cluster.NewCluster(ctx, "main", &cluster.ClusterArgs{})
	if err != nil {
		return err
	}
	hook, err := webhook.NewWebhookRelease(ctx, "webhook", &webhook.WebhookReleaseArgs{
		TenantId: main.TenantId,
	}, main.InCluster()...)
	if err != nil {
		return err
	}
	orders, err := workload.NewFederatedWorkload(ctx, "orders", &workload.FederatedWorkloadArgs{
		ResourceGroupName: main.ResourceGroupName,
		Targets:           []workload.Target{workload.NewTarget("main", main, hook.Release)},
		ServiceAccount:    &workload.ServiceAccountArgs{CreateNamespace: true},
		Federations:       workload.Accounts("shop/orders", "shop/worker"),
		Grants:            []workload.GrantArgs{{Preset: workload.ReadSecrets, Scope: vault.ID(), ScopeKey: "vault"}},
	})
	if err != nil {
		return err
	}
	// What runs pods depends on orders.Ready, and takes its template from orders.PodTemplate.
	ctx.Export("clientId", orders.ClientId)
	return nil
}

func TestTheExampleOfTheReadmeIsThisOneAndRuns(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(source), "// deployOrders registers the resources of the README's example.\n")
	example, _, ok := strings.Cut(rest, "\n}\n")
	if !ok {
		t.Fatal("the example is not where this test looks for it")
	}
	if !strings.Contains(string(readme), "```go\n"+example+"\n}\n```") {
		t.Errorf("README.md has not this text as a Go block:\n%s\n}", example)
	}

	r := pulumitest.Run(t, func(ctx *pulumi.Context) (err error) {
		vault, err = keyvault.NewVault(ctx, "vault", &keyvault.VaultArgs{
			ResourceGroupName: pulumi.String("team"),
			Properties: &keyvault.VaultPropertiesArgs{
				TenantId: pulumi.String(pulumitest.TenantID),
				Sku:      &keyvault.SkuArgs{Family: pulumi.String("A"), Name: keyvault.SkuNameStandard},
			},
		})
		if err != nil {
			return err
		}
		return deployOrders(ctx)
	}, pulumitest.Options{RootTypes: []string{"azure-native:keyvault:Vault"}})
	if grants := r.ByType("azure-native:authorization:RoleAssignment"); len(grants) != 1 {
		t.Errorf("%d role assignments, want 1", len(grants))
	}
}
