package webhook

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
)

// putPodValues writes the values about the webhook's pods.
func (args *WebhookReleaseArgs) putPodValues(values pulumi.Map) {
	values["replicaCount"] = pulumi.Int(DefaultReplicas)
	if args.Replicas != nil {
		values["replicaCount"] = args.Replicas
	}
	if budget := args.budget(); budget != nil {
		values["podDisruptionBudget"] = budget
	}
	values["topologySpreadConstraints"] = args.spread()
	if args.ImageRegistry != nil {
		values["image"] = pulumi.Map{"repository": imageRepository(args.ImageRegistry)}
	}
	if args.ImagePullSecrets != nil {
		values["imagePullSecrets"] = pullSecrets(args.ImagePullSecrets)
	}
	if args.Resources != nil {
		values["resources"] = args.Resources.value()
	}
	if args.NodeSelector != nil {
		values["nodeSelector"] = args.NodeSelector
	}
	if args.Affinity != nil {
		values["affinity"] = args.Affinity
	}
	if args.PriorityClassName != nil {
		values["priorityClassName"] = args.PriorityClassName
	}
	if args.PodLabels != nil {
		values["podLabels"] = args.PodLabels
	}
	if args.PodAnnotations != nil {
		values["podAnnotations"] = args.PodAnnotations
	}
	if len(args.Tolerations) > 0 {
		tolerations := make(pulumi.Array, len(args.Tolerations))
		for i := range args.Tolerations {
			tolerations[i] = args.Tolerations[i].value()
		}
		values["tolerations"] = tolerations
	}
}

// budget is the chart's podDisruptionBudget, or nil if only the caller's own
// values speak of it.
func (args *WebhookReleaseArgs) budget() pulumi.MapInput {
	b := args.PodDisruptionBudget
	if b == nil {
		if own, ok := asMap(args.Values); ok && own["podDisruptionBudget"] != nil {
			return nil
		}
		return args.defaultBudget()
	}
	if b.MaxUnavailable != nil {
		return atMostUnavailable(b.MaxUnavailable)
	}
	return pulumi.Map{"minAvailable": b.MinAvailable}
}

// defaultBudget keeps one pod, unless it is the only one.
func (args *WebhookReleaseArgs) defaultBudget() pulumi.MapInput {
	if args.Replicas == nil {
		return pulumi.Map{"minAvailable": pulumi.Int(1)}
	}
	if n, ok := known.Int(args.Replicas); ok {
		if n == 1 {
			return atMostUnavailable(pulumi.Int(1))
		}
		return pulumi.Map{"minAvailable": pulumi.Int(1)}
	}
	return args.Replicas.ToIntPtrOutput().ApplyT(func(n *int) map[string]any {
		if n != nil && *n == 1 {
			return map[string]any{"minAvailable": 0, "maxUnavailable": 1}
		}
		return map[string]any{"minAvailable": 1}
	}).(pulumi.MapOutput)
}

// atMostUnavailable says minAvailable: 0 as well, because Helm would leave the
// chart's own minAvailable standing, while the template drops a 0.
func atMostUnavailable(pods pulumi.Input) pulumi.Map {
	return pulumi.Map{"minAvailable": pulumi.Int(0), "maxUnavailable": pods}
}

// spread is the chart's topologySpreadConstraints.
func (args *WebhookReleaseArgs) spread() pulumi.Array {
	constraints := args.TopologySpread
	if constraints == nil {
		// Soft, because a cluster with one node or one zone must work too.
		constraints = []TopologySpreadArgs{{TopologyKey: "kubernetes.io/hostname"}, {TopologyKey: "topology.kubernetes.io/zone"}}
	}
	list := make(pulumi.Array, len(constraints))
	for i := range constraints {
		list[i] = constraints[i].value()
	}
	return list
}

func (s *TopologySpreadArgs) value() pulumi.Map {
	return pulumi.Map{
		"topologyKey":       pulumi.String(s.TopologyKey),
		"maxSkew":           pulumi.Int(max(s.MaxSkew, 1)),
		"whenUnsatisfiable": pulumi.String(s.whenUnsatisfiable()),
		"labelSelector":     pulumi.Map{"matchLabels": pulumi.StringMap{systemLabel: pulumi.String("true")}},
	}
}

func (s *TopologySpreadArgs) whenUnsatisfiable() string {
	if s.WhenUnsatisfiable == "" {
		return ScheduleAnyway
	}
	return s.WhenUnsatisfiable
}

func (r *ResourcesArgs) value() pulumi.Map {
	m := pulumi.Map{}
	put := func(kind string, cpu, memory pulumi.StringPtrInput) {
		amounts := texts(map[string]pulumi.StringPtrInput{"cpu": cpu, "memory": memory})
		if len(amounts) > 0 {
			m[kind] = amounts
		}
	}
	put("requests", r.CpuRequest, r.MemoryRequest)
	put("limits", r.CpuLimit, r.MemoryLimit)
	return m
}

func (t *TolerationArgs) value() pulumi.Map {
	m := texts(map[string]pulumi.StringPtrInput{
		"key": t.Key, "operator": t.Operator, "value": t.Value, "effect": t.Effect,
	})
	if t.TolerationSeconds != nil {
		m["tolerationSeconds"] = t.TolerationSeconds
	}
	return m
}

// texts is a map of those inputs that are given.
func texts(inputs map[string]pulumi.StringPtrInput) pulumi.Map {
	m := pulumi.Map{}
	for key, in := range inputs {
		if in != nil {
			m[key] = in
		}
	}
	return m
}

// imageRepository is the image's name in another registry.
func imageRepository(registry pulumi.StringPtrInput) pulumi.StringOutput {
	return registry.ToStringPtrOutput().Elem().ApplyT(func(registry string) string {
		return registry + "/" + imagePath
	}).(pulumi.StringOutput)
}

// pullSecrets are references to secrets by name, as Kubernetes has them.
func pullSecrets(secrets pulumi.StringArrayInput) pulumi.Input {
	if list, ok := known.As[pulumi.StringArray](secrets); ok {
		refs := make(pulumi.Array, len(list))
		for i, name := range list {
			refs[i] = pulumi.Map{"name": name}
		}
		return refs
	}
	return secrets.ToStringArrayOutput().ApplyT(func(list []string) []any {
		refs := make([]any, len(list))
		for i, name := range list {
			refs[i] = map[string]any{"name": name}
		}
		return refs
	})
}
