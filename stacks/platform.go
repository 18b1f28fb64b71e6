package stacks

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
)

func (g *graph) deployCluster(ctx *pulumi.Context) error {
	c, err := cluster.NewCluster(ctx, platformName, clusterArgs(g.config, g.group.name, g.tags()))
	if err != nil {
		return err
	}
	g.cluster = c
	return nil
}

// clusterArgs is the pure function from the configuration to the component's arguments.
func clusterArgs(config *Config, resourceGroup pulumi.StringOutput, tags pulumi.StringMapInput) *cluster.ClusterArgs {
	c := &config.Cluster
	system := &c.SystemPool
	args := &cluster.ClusterArgs{
		ResourceGroupName: resourceGroup.ToStringPtrOutput(),
		Location:          pulumi.String(config.Location),
		KubernetesVersion: optional(c.KubernetesVersion),
		DnsPrefix:         optional(c.DNSPrefix),
		NodeResourceGroup: optional(c.NodeResourceGroup),
		SkuTier:           pulumi.String(c.SKUTier),
		SystemPool: &cluster.NodePoolArgs{
			Name:              system.Name,
			VmSize:            optional(system.VMSize),
			Count:             pulumi.Int(system.Count),
			MinCount:          optionalInt(system.MinCount),
			MaxCount:          optionalInt(system.MaxCount),
			AvailabilityZones: texts(system.AvailabilityZones),
		},
		WorkloadIdentityAddon: config.Webhook.Mode == WebhookAddon,
		Tags:                  tags,
	}
	for _, name := range sortedKeys(c.NodePools) {
		p := c.NodePools[name]
		args.NodePools = append(args.NodePools, cluster.NodePoolArgs{
			Name:              name,
			Mode:              p.Mode,
			OsType:            p.OSType,
			VmSize:            optional(p.VMSize),
			Count:             pulumi.Int(p.Count),
			MinCount:          optionalInt(p.MinCount),
			MaxCount:          optionalInt(p.MaxCount),
			AvailabilityZones: texts(p.AvailabilityZones),
			NodeLabels:        textMap(p.Labels),
			NodeTaints:        texts(p.Taints),
		})
	}
	return args
}

func (g *graph) deployWebhook(ctx *pulumi.Context) error {
	c := g.config.Webhook.chart()
	if c == nil {
		return nil
	}
	args := &webhook.WebhookReleaseArgs{
		TenantId:          g.cluster.TenantId,
		Cloud:             g.config.Cloud,
		Version:           c.Version,
		Repository:        c.Repository,
		Chart:             c.Source,
		Namespace:         c.Namespace,
		ExistingNamespace: c.ExistingNamespace,
		Replicas:          pulumi.Int(c.Replicas),
		ImageRegistry:     optional(c.ImageRegistry),
		NodeSelector:      textMap(c.NodeSelector),
		LogLevel:          c.LogLevel,
		TimeoutSeconds:    c.TimeoutSeconds,
	}
	if len(c.Values) > 0 {
		args.Values = pulumi.ToMap(c.Values)
	}
	for _, t := range c.Tolerations {
		args.Tolerations = append(args.Tolerations, webhook.TolerationArgs{
			Key:               optional(t.Key),
			Operator:          optional(t.Operator),
			Value:             optional(t.Value),
			Effect:            optional(t.Effect),
			TolerationSeconds: optionalInt(t.TolerationSeconds),
		})
	}
	release, err := webhook.NewWebhookRelease(ctx, "webhook", args, g.cluster.InCluster()...)
	if err != nil {
		return err
	}
	g.webhook = release
	return nil
}

// deployNamespaces registers the workloads' namespaces. They belong to the stack and not to a workload, because several
// workloads share one, and switching one of them off must not take the others' namespace away.
func (g *graph) deployNamespaces(ctx *pulumi.Context) error {
	g.namespaces = map[string]pulumi.Resource{}
	for _, name := range sortedKeys(g.config.Workloads) {
		w := g.config.Workloads[name]
		if !w.Enabled || w.ServiceAccount.ExistingNamespace {
			continue
		}
		for _, namespace := range w.namespaces() {
			if _, done := g.namespaces[namespace]; done {
				continue
			}
			r, err := corev1.NewNamespace(ctx, "namespace-"+namespace, &corev1.NamespaceArgs{
				Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(namespace)},
			}, g.cluster.InCluster()...)
			if err != nil {
				return fmt.Errorf("registering namespace %q: %w", namespace, err)
			}
			g.namespaces[namespace] = r
		}
	}
	return nil
}

// ready is what a workload's objects in the cluster must wait for: their namespaces, and the webhook, so that whoever waits
// for the workload can start labelled pods, which the webhook must not miss.
func (g *graph) ready(w *Workload) []pulumi.Resource {
	var list []pulumi.Resource
	if g.webhook != nil {
		list = append(list, g.webhook.Release)
	}
	for _, namespace := range w.namespaces() {
		if r, ok := g.namespaces[namespace]; ok {
			list = append(list, r)
		}
	}
	return list
}

// texts is nil for an empty list.
func texts(list []string) pulumi.StringArrayInput {
	if len(list) == 0 {
		return nil
	}
	return pulumi.ToStringArray(list)
}

// textMap is nil for an empty map.
func textMap(m map[string]string) pulumi.StringMapInput {
	if len(m) == 0 {
		return nil
	}
	return pulumi.ToStringMap(m)
}
