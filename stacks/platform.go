package stacks

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
)

// deployCluster registers the stack's cluster, or looks up the one that exists, and makes it the one target.
func (g *graph) deployCluster(ctx *pulumi.Context) error {
	c, err := g.newCluster(ctx)
	if err != nil {
		return err
	}
	g.cluster = c
	own := &target{key: clusterKey(ctx.Stack()), id: c.ClusterId, issuer: c.IssuerUrl, provider: c.Provider}
	if c.Managed != nil {
		own.managed = c.Managed
	}
	g.targets = []*target{own}
	return nil
}

func (g *graph) newCluster(ctx *pulumi.Context) (*cluster.Cluster, error) {
	if existing := g.config.Cluster.Existing; existing != nil {
		return cluster.LookupCluster(ctx, platformName, &existing.LookupClusterArgs)
	}
	args := g.config.clusterArgs()
	args.ResourceGroupName = g.group.name.ToStringPtrOutput()
	args.Tags = g.tags()
	return cluster.NewCluster(ctx, platformName, args)
}

// clusterArgs are the component's arguments, but for those that only the graph knows.
func (c *Config) clusterArgs() *cluster.ClusterArgs {
	args := c.Cluster.ClusterArgs
	args.Location = pulumi.String(c.Location)
	args.WorkloadIdentityAddon = c.Webhook.Mode == WebhookAddon
	return &args
}

// deployWebhook registers the webhook's chart, unless somebody else runs the webhook.
func (g *graph) deployWebhook(ctx *pulumi.Context) error {
	args := g.config.webhookArgs()
	if args == nil {
		return nil
	}
	args.TenantId = g.cluster.TenantId
	args.WorkloadIdentityAddon = g.cluster.WorkloadIdentityAddon.ToBoolPtrOutput()
	release, err := webhook.NewWebhookRelease(ctx, "webhook", args, g.cluster.InCluster()...)
	if err != nil {
		return err
	}
	g.webhook = release
	for _, t := range g.targets {
		t.webhook = release.Release
	}
	return nil
}

// webhookArgs are the component's arguments, but for those that only the graph knows; nil when the stack does not install the
// chart.
func (c *Config) webhookArgs() *webhook.WebhookReleaseArgs {
	if c.Webhook.Mode != WebhookChart {
		return nil
	}
	args := webhook.WebhookReleaseArgs{}
	if c.Webhook.Chart != nil {
		args = c.Webhook.Chart.WebhookReleaseArgs
	}
	args.Cloud = c.Cloud
	return &args
}

// deployNamespaces registers the workloads' namespaces. They belong to the stack and not to a workload, because several
// workloads share one, and switching one of them off must not take the others' namespace away.
func (g *graph) deployNamespaces(ctx *pulumi.Context) error {
	for _, t := range g.targets {
		t.namespaces = map[string]pulumi.Resource{}
	}
	for _, name := range sortedKeys(g.config.Workloads) {
		w := g.config.Workloads[name]
		if !w.Enabled || w.ServiceAccount.ExistingNamespace {
			continue
		}
		for i := range w.Federations {
			f := &w.Federations[i]
			for _, t := range g.targetsOf(f) {
				if err := t.deployNamespace(ctx, f.Namespace, g.config.Namespaces[f.Namespace]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// deployNamespace registers a namespace, once.
func (t *target) deployNamespace(ctx *pulumi.Context, namespace string, settings Namespace) error {
	if _, done := t.namespaces[namespace]; done {
		return nil
	}
	r, err := corev1.NewNamespace(ctx, t.child("namespace", namespace), &corev1.NamespaceArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(namespace), Labels: textMap(settings.Labels)},
	}, t.options()...)
	if err != nil {
		return fmt.Errorf("registering namespace %q: %w", namespace, err)
	}
	t.namespaces[namespace] = r
	return nil
}

// textMap is nil for an empty map.
func textMap(m map[string]string) pulumi.StringMapInput {
	if len(m) == 0 {
		return nil
	}
	return pulumi.ToStringMap(m)
}
