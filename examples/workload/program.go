// Package workload is a shop whose pods read secrets with an Azure identity.
package workload

import (
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
)

// vault is the id of a vault in another stack.
const vault = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/team/providers/Microsoft.KeyVault/vaults/kv-shop"

// Program deploys a cluster, the webhook, an identity for two service accounts, and the pods of one
// of them.
func Program(ctx *pulumi.Context) error {
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

	shop, err := workload.NewFederatedWorkload(ctx, "shop", &workload.FederatedWorkloadArgs{
		ResourceGroupName: main.ResourceGroupName,
		TenantId:          main.TenantId,
		// The key "main" names the cluster, and must not change.
		Targets:        []workload.Target{workload.NewTarget("main", main, hook.Release)},
		ServiceAccount: &workload.ServiceAccountArgs{CreateNamespace: true},
		Federations:    workload.Accounts("shop/web", "shop/worker"),
		Grants:         []workload.GrantArgs{{Preset: workload.ReadSecrets, Scope: pulumi.String(vault), ScopeKey: "vault"}},
	})
	if err != nil {
		return err
	}

	app := pulumi.StringMap{"app": pulumi.String("web")}
	pods, err := shop.PodTemplate("web", corev1.PodTemplateSpecArgs{
		Metadata: &metav1.ObjectMetaArgs{Labels: app},
		Spec: &corev1.PodSpecArgs{Containers: corev1.ContainerArray{corev1.ContainerArgs{
			Name:  pulumi.String("web"),
			Image: pulumi.String("registry.example.com/shop/web:1.0"),
		}}},
	})
	if err != nil {
		return err
	}
	_, err = appsv1.NewDeployment(ctx, "web", &appsv1.DeploymentArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String("web"), Namespace: pulumi.String("shop")},
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: &metav1.LabelSelectorArgs{MatchLabels: app},
			Template: pods,
		},
	}, append(main.InCluster(), pulumi.DependsOn(shop.Ready))...)
	if err != nil {
		return err
	}
	ctx.Export("clientId", shop.ClientId)
	ctx.Export("helmValues", shop.HelmValues)
	return nil
}
