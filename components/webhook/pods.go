package webhook

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// TolerationArgs is a toleration of the webhook's pods, with the fields of Kubernetes'
// core/v1.Toleration.
type TolerationArgs struct {
	// Key is the taint's. Required, except with the operator Exists, which then tolerates every
	// taint.
	Key pulumi.StringPtrInput `pulumi:"key,optional"`
	// Operator is Equal (the default) or Exists, which takes no Value.
	Operator pulumi.StringPtrInput `pulumi:"operator,optional" enum:"TolerationOperator"`
	// Value is the taint's. Default: empty.
	Value pulumi.StringPtrInput `pulumi:"value,optional"`
	// Effect is NoSchedule, PreferNoSchedule or NoExecute. Default: all of them.
	Effect pulumi.StringPtrInput `pulumi:"effect,optional" enum:"TaintEffect"`
	// TolerationSeconds limits how long a NoExecute taint is tolerated, in seconds. It is refused
	// with other effects. Default: without limit.
	TolerationSeconds pulumi.IntPtrInput `pulumi:"tolerationSeconds,optional"`
}

// TolerationOperator is an operator of a toleration.
type TolerationOperator string

// Operators of tolerations.
const (
	TolerateEqual  TolerationOperator = "Equal"
	TolerateExists TolerationOperator = "Exists"
)

var _ = arguments.Enum(TolerateEqual, TolerateExists)

// TaintEffect is an effect of a taint.
type TaintEffect string

// Effects of taints.
const (
	EffectNoSchedule       TaintEffect = "NoSchedule"
	EffectPreferNoSchedule TaintEffect = "PreferNoSchedule"
	EffectNoExecute        TaintEffect = "NoExecute"
)

var _ = arguments.Enum(EffectNoSchedule, EffectPreferNoSchedule, EffectNoExecute)

// TopologySpreadArgs spreads the webhook's pods over the values that a label has on the nodes. The
// component selects the pods. Source: Kubernetes, "Pod Topology Spread Constraints".
type TopologySpreadArgs struct {
	// TopologyKey is the nodes' label, such as kubernetes.io/hostname, once for each
	// WhenUnsatisfiable. Required.
	TopologyKey pulumi.StringInput `pulumi:"topologyKey"`
	// MaxSkew is the largest difference of the numbers of pods at two values of the label, at least
	// 1. Default: 1.
	MaxSkew pulumi.IntPtrInput `pulumi:"maxSkew,optional" min:"1"`
	// WhenUnsatisfiable is ScheduleAnyway (the default) or DoNotSchedule, with which a pod may fit
	// nowhere, and Helm's wait fails.
	WhenUnsatisfiable pulumi.StringPtrInput `pulumi:"whenUnsatisfiable,optional" enum:"UnsatisfiableAction"`
}

// UnsatisfiableAction says what the scheduler does with a pod that it cannot spread
// (core/v1.TopologySpreadConstraint).
type UnsatisfiableAction string

// What the scheduler does with a pod that it cannot spread.
const (
	ScheduleAnyway UnsatisfiableAction = "ScheduleAnyway"
	DoNotSchedule  UnsatisfiableAction = "DoNotSchedule"
)

var _ = arguments.Enum(ScheduleAnyway, DoNotSchedule)

// imageRegistry matches a host with an optional port and path.
var imageRegistry = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._/-]+[a-z0-9]+)*)?$`)

// putPods writes the chart's values about the webhook's pods.
func (args *WebhookReleaseArgs) putPods(values pulumi.Map) {
	values["replicaCount"] = inputs.IntOr(args.Replicas, DefaultReplicas)
	values["topologySpreadConstraints"] = args.spread()
	if budget := args.budget(); budget != nil {
		values[budgetKey] = budget
	}
	if args.ImageRegistry != nil {
		values["image"] = pulumi.Map{"repository": imageRepository(args.ImageRegistry)}
	}
	if args.ImagePullSecrets != nil {
		values["imagePullSecrets"] = secretReferences(args.ImagePullSecrets)
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

func (t *TolerationArgs) value() pulumi.Map {
	m := givenOf(map[string]pulumi.StringPtrInput{
		"key": t.Key, "operator": t.Operator, "value": t.Value, "effect": t.Effect,
	})
	if t.TolerationSeconds != nil {
		m["tolerationSeconds"] = t.TolerationSeconds
	}
	return m
}

// spread returns the chart's topologySpreadConstraints. The default is ScheduleAnyway, because a
// cluster with one node or one zone must work too.
func (args *WebhookReleaseArgs) spread() pulumi.Array {
	constraints := args.TopologySpread
	if constraints == nil {
		constraints = []TopologySpreadArgs{
			{TopologyKey: pulumi.String("kubernetes.io/hostname")}, {TopologyKey: pulumi.String("topology.kubernetes.io/zone")},
		}
	}
	list := make(pulumi.Array, len(constraints))
	for i, s := range constraints {
		list[i] = pulumi.Map{
			"topologyKey":       s.TopologyKey,
			"maxSkew":           inputs.IntOr(s.MaxSkew, 1),
			"whenUnsatisfiable": inputs.StringOr(s.WhenUnsatisfiable, ScheduleAnyway),
			"labelSelector":     pulumi.Map{"matchLabels": pulumi.StringMap{systemLabel: pulumi.String("true")}},
		}
	}
	return list
}

// givenOf returns those inputs that are given.
func givenOf(all map[string]pulumi.StringPtrInput) pulumi.Map {
	m := pulumi.Map{}
	for key, in := range all {
		if in != nil {
			m[key] = in
		}
	}
	return m
}

// imageRepository returns the image's name in another registry.
func imageRepository(registry pulumi.StringPtrInput) pulumi.StringOutput {
	return registry.ToStringPtrOutput().Elem().ApplyT(func(registry string) string {
		return registry + "/" + imagePath
	}).(pulumi.StringOutput)
}

// secretReferences returns references to secrets by name, as in Kubernetes' core/v1.PodSpec.
func secretReferences(names pulumi.StringArrayInput) pulumi.Input {
	if list, ok := known.As[pulumi.StringArray](names); ok {
		refs := make(pulumi.Array, len(list))
		for i, name := range list {
			refs[i] = pulumi.Map{"name": name}
		}
		return refs
	}
	return names.ToStringArrayOutput().ApplyT(func(list []string) []any {
		refs := make([]any, len(list))
		for i, name := range list {
			refs[i] = map[string]any{"name": name}
		}
		return refs
	})
}

// checkPods checks names, labels and placement of the webhook's pods.
func (args *WebhookReleaseArgs) checkPods(l *problem.List) {
	secrets, _ := known.As[pulumi.StringArray](args.ImagePullSecrets)
	for i, in := range secrets {
		if name, ok := known.String(in); ok && !kube.IsObjectName(name) {
			l.Add(problem.Path("imagePullSecrets").Index(i), fmt.Sprintf("%q is not the name of a secret", name), "name one in the webhook's namespace")
		}
	}
	metadata.Labels(l, "nodeSelector", args.NodeSelector)
	for i := range args.Tolerations {
		args.Tolerations[i].check(l, problem.Path("tolerations").Index(i))
	}
	args.checkSpread(l)
	metadata.Labels(l, "podLabels", args.PodLabels)
	metadata.Each("podLabels", args.PodLabels, func(at problem.Path, key string, _ pulumi.StringInput) {
		l.AddError(at, checkPodLabel(key))
	})
	metadata.Annotations(l, "podAnnotations", args.PodAnnotations)
}

// check applies Kubernetes' rules for a toleration (pkg/apis/core/validation, ValidateTolerations).
func (t *TolerationArgs) check(l *problem.List, path problem.Path) {
	operator, operatorKnown := knownText(t.Operator, TolerateEqual)
	key, keyKnown := knownText(t.Key, "")
	switch {
	case keyKnown && key != "":
		l.AddError(path+".key", kube.ValidateLabelKey(key))
	case keyKnown && operatorKnown && operator != TolerateExists:
		l.Add(path+".key", "a key is required", fmt.Sprintf("name the taint's, or use operator %s to tolerate every taint", TolerateExists))
	}
	if value, ok := known.String(t.Value); ok && value != "" {
		if operatorKnown && operator == TolerateExists {
			l.Add(path+".value", fmt.Sprintf("operator %s takes no value", TolerateExists), fmt.Sprintf("remove it, or use operator %s", TolerateEqual))
		}
		l.AddError(path+".value", kube.ValidateLabelValue(value))
	}
	effect, effectKnown := knownText[TaintEffect](t.Effect, "")
	if t.TolerationSeconds != nil && effectKnown && effect != EffectNoExecute {
		l.Add(path+".tolerationSeconds", fmt.Sprintf("seconds limit how long a %s taint is tolerated", EffectNoExecute), fmt.Sprintf("set effect to %s, or remove them", EffectNoExecute))
	}
}

func (args *WebhookReleaseArgs) checkSpread(l *problem.List) {
	type constraint struct {
		key    string
		action UnsatisfiableAction
	}
	owners := map[constraint]int{}
	for i, s := range args.TopologySpread {
		path := problem.Path("topologySpread").Index(i)
		key, keyKnown := known.String(s.TopologyKey)
		if keyKnown {
			l.AddError(path+".topologyKey", kube.ValidateLabelKey(key))
		}
		action, actionKnown := knownText(s.WhenUnsatisfiable, ScheduleAnyway)
		if !keyKnown || !actionKnown {
			continue
		}
		if owner, taken := owners[constraint{key, action}]; taken {
			l.Add(path, fmt.Sprintf("topologySpread[%d] has the same topologyKey and whenUnsatisfiable", owner), "Kubernetes allows the pair once")
			continue
		}
		owners[constraint{key, action}] = i
	}
}

// checkPodLabel refuses labels with which the webhook's own pods would not run.
func checkPodLabel(key string) error {
	if slices.Contains(podSelectorLabels, key) {
		return problem.New(fmt.Sprintf("the chart selects the webhook's pods by the label %q and sets it itself", key), "use another key")
	}
	if key == azwi.LabelUse {
		return problem.New(fmt.Sprintf("with %q the webhook would have to admit its own pods", key), "once none of them runs, none could ever start")
	}
	return nil
}

func checkSkew(v any) error {
	if n, ok := v.(int); ok && n < 1 {
		return problem.New(fmt.Sprintf("%d is below 1", n), "leave it out for 1")
	}
	return nil
}

func checkRegistry(registry string) error {
	if !imageRegistry.MatchString(registry) {
		return problem.New(fmt.Sprintf("%q is not a registry", registry), "use a host and an optional path, without scheme or trailing slash")
	}
	return nil
}

func checkPriorityClass(name string) error {
	if !kube.IsObjectName(name) {
		return problem.New(fmt.Sprintf("%q is not the name of a priority class", name), "leave it out for system-cluster-critical")
	}
	return nil
}
