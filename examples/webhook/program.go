// Package webhook is the example of docs/webhook.md: the webhook from a mirror, in a cluster that
// many teams share.
package webhook

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
)

// Program registers a cluster and its webhook.
func Program(ctx *pulumi.Context) error {
	main, err := cluster.NewCluster(ctx, "main", &cluster.ClusterArgs{})
	if err != nil {
		return err
	}
	hook, err := webhook.NewWebhookRelease(ctx, "webhook", &webhook.WebhookReleaseArgs{
		TenantId: main.TenantId,

		// Chart and image come from the company's registry.
		Chart:         "oci://mirror.example.com/charts/workload-identity-webhook",
		ImageRegistry: pulumi.String("mirror.example.com/mcr"),

		// A node drain takes one pod of three.
		Replicas:            pulumi.Int(3),
		PodDisruptionBudget: &webhook.PodDisruptionBudgetArgs{MaxUnavailable: pulumi.Int(1)},
		Resources:           &webhook.ResourcesArgs{MemoryLimit: pulumi.String("128Mi")},

		// Teams opt in with a label of their namespace.
		NamespaceSelector: &webhook.NamespaceSelectorArgs{
			MatchLabels: pulumi.StringMap{"example.com/workload-identity": pulumi.String("on")},
		},
	}, main.InCluster()...)
	if err != nil {
		return err
	}
	// Resources that create labelled pods depend on hook.Release.
	ctx.Export("webhookVersion", hook.AppVersion)
	return nil
}
