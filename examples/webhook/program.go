// Package webhook runs the webhook from a mirror, sized and placed for a cluster
// that many teams share.
package webhook

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
)

// Program is the program.
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

		// A node drain takes one pod of three, and no request waits for a full one.
		Replicas:            pulumi.Int(3),
		PodDisruptionBudget: &webhook.PodDisruptionBudgetArgs{MaxUnavailable: pulumi.Int(1)},
		Resources:           &webhook.ResourcesArgs{MemoryRequest: pulumi.String("64Mi"), MemoryLimit: pulumi.String("128Mi")},
		Tolerations: []webhook.TolerationArgs{{
			Key:      pulumi.String("CriticalAddonsOnly"),
			Operator: pulumi.String(webhook.TolerateExists),
		}},

		// Teams switch their namespaces on.
		NamespaceSelector: &webhook.NamespaceSelectorArgs{
			MatchLabels: pulumi.StringMap{"example.com/workload-identity": pulumi.String("on")},
		},
	}, main.InCluster()...)
	if err != nil {
		return err
	}
	// What creates labelled pods depends on hook.Release.
	ctx.Export("webhookVersion", hook.AppVersion)
	return nil
}
