package webhook

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// TolerationArgs is one toleration of the webhook's pods, with the fields of
// Kubernetes' own (core/v1.Toleration).
type TolerationArgs struct {
	// Key of the taint. Required unless Operator is Exists, which then tolerates
	// every key.
	Key pulumi.StringPtrInput `pulumi:"key,optional"`
	// Operator is Equal (the default) or Exists, which takes no Value.
	Operator pulumi.StringPtrInput `pulumi:"operator,optional" enum:"Equal,Exists"`
	// Value of the taint. Default: the empty one.
	Value pulumi.StringPtrInput `pulumi:"value,optional"`
	// Effect is NoSchedule, PreferNoSchedule or NoExecute. Default: all of them.
	Effect pulumi.StringPtrInput `pulumi:"effect,optional" enum:"NoSchedule,PreferNoSchedule,NoExecute"`
	// TolerationSeconds limits how long a NoExecute taint is tolerated, in
	// seconds; with other effects it is refused. Default: without limit.
	TolerationSeconds pulumi.IntPtrInput `pulumi:"tolerationSeconds,optional"`
}

// ResourcesArgs are the webhook container's requests and limits, as Kubernetes
// quantities ("100m", "64Mi"). What is left out has the chart's value. A request
// above its limit is refused, as the API server would, also where the limit is
// the chart's.
type ResourcesArgs struct {
	// CpuRequest in CPUs. Default: 100m.
	CpuRequest pulumi.StringPtrInput `pulumi:"cpuRequest,optional"`
	// MemoryRequest in bytes, at least 1Mi. Default: 20Mi.
	MemoryRequest pulumi.StringPtrInput `pulumi:"memoryRequest,optional"`
	// CpuLimit in CPUs. Default: 100m.
	CpuLimit pulumi.StringPtrInput `pulumi:"cpuLimit,optional"`
	// MemoryLimit in bytes, at least 1Mi. Default: 30Mi. The webhook keeps the
	// cluster's service accounts in memory: a cluster with many needs more.
	MemoryLimit pulumi.StringPtrInput `pulumi:"memoryLimit,optional"`
}

// PodDisruptionBudgetArgs is exactly one of MinAvailable and MaxUnavailable: a
// number of pods (pulumi.Int) or a percentage of them (pulumi.String, "50%"),
// which Kubernetes rounds up ("Specifying a Disruption Budget for your
// Application").
//
// The chart's own traps are kept away: it leaves its minAvailable: 1 standing
// beside another maxUnavailable, which the API server refuses, and drops a 0
// without a word.
type PodDisruptionBudgetArgs struct {
	// MinAvailable is how many pods must stay, at least 1 and fewer than Replicas:
	// as many would block every node drain, and with it AKS's upgrades.
	MinAvailable pulumi.Input `pulumi:"minAvailable,optional"`
	// MaxUnavailable is how many pods may be away, at least 1.
	MaxUnavailable pulumi.Input `pulumi:"maxUnavailable,optional"`
}

// TopologySpreadArgs spreads the webhook's pods over the nodes' values of a label
// (Kubernetes, "Pod Topology Spread Constraints"). The pods are selected by the
// component.
type TopologySpreadArgs struct {
	// TopologyKey is the nodes' label, such as kubernetes.io/hostname. Required,
	// and only once per WhenUnsatisfiable.
	TopologyKey string `pulumi:"topologyKey"`
	// MaxSkew is by how many pods two values of the label may differ, at least 1.
	// Default (also 0): 1.
	MaxSkew int `pulumi:"maxSkew,optional" min:"1"`
	// WhenUnsatisfiable is ScheduleAnyway (the default) or DoNotSchedule, with
	// which a pod may find no place at all, and Helm waits in vain.
	WhenUnsatisfiable string `pulumi:"whenUnsatisfiable,optional" enum:"ScheduleAnyway,DoNotSchedule"`
}

// NamespaceSelectorArgs selects namespaces by their labels, with the fields of
// Kubernetes' own (meta/v1.LabelSelector): all of its requirements must hold.
type NamespaceSelectorArgs struct {
	// MatchLabels are labels that a namespace must have, with these values.
	MatchLabels pulumi.StringMapInput `pulumi:"matchLabels,optional"`
	// MatchExpressions are further requirements.
	MatchExpressions []SelectorRequirementArgs `pulumi:"matchExpressions,optional"`
}

// SelectorRequirementArgs is a requirement on one label.
type SelectorRequirementArgs struct {
	// Key of the label. Required.
	Key string `pulumi:"key"`
	// Operator is In, NotIn, Exists or DoesNotExist. Required.
	Operator string `pulumi:"operator" enum:"In,NotIn,Exists,DoesNotExist"`
	// Values of the label: at least one for In and NotIn, none otherwise.
	Values []string `pulumi:"values,optional"`
}
