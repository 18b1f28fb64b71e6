package webhook

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// validatePods checks what becomes of the webhook's pods.
func (args *WebhookReleaseArgs) validatePods(l *problem.List) {
	args.validateBudget(l)
	args.Resources.validate(l, "resources")
	if secrets, ok := known.As[pulumi.StringArray](args.ImagePullSecrets); ok {
		for i, secret := range secrets {
			name, ok := known.String(secret)
			if ok && !kube.IsObjectName(name) {
				l.Add(problem.Path("imagePullSecrets").Index(i), fmt.Sprintf("%q is not the name of a secret", name), "name one in the webhook's namespace")
			}
		}
	}
	metadata.Labels(l, "nodeSelector", args.NodeSelector)
	for i := range args.Tolerations {
		args.Tolerations[i].validate(l, problem.Path("tolerations").Index(i))
	}
	args.validateSpread(l)
	metadata.Labels(l, "podLabels", args.PodLabels)
	metadata.Each("podLabels", args.PodLabels, func(at problem.Path, key string, _ pulumi.StringInput) {
		l.AddError(at, checkPodLabel(key))
	})
	metadata.Annotations(l, "podAnnotations", args.PodAnnotations)
}

func (args *WebhookReleaseArgs) validateBudget(l *problem.List) {
	const path = "podDisruptionBudget"
	b := args.PodDisruptionBudget
	if b == nil {
		return
	}
	if b.MinAvailable == nil && b.MaxUnavailable == nil {
		l.Add(path, "the budget is empty", "give minAvailable or maxUnavailable, or leave it out for minAvailable: 1")
		return
	}
	if b.MinAvailable != nil && b.MaxUnavailable != nil {
		l.Add(path, "minAvailable and maxUnavailable exclude each other", "the chart would render both, and the API server refuses that")
	}
	replicas := DefaultReplicas
	if args.Replicas != nil {
		// A number below 1 is reported by its own rule.
		n, _ := known.Int(args.Replicas)
		replicas = max(n, unknownReplicas)
	}
	if v, ok := knownValue(b.MinAvailable); ok {
		l.AddError(path+".minAvailable", checkMinAvailable(v, replicas))
	}
	if v, ok := knownValue(b.MaxUnavailable); ok {
		l.AddError(path+".maxUnavailable", checkMaxUnavailable(v))
	}
}

func (r *ResourcesArgs) checks(path problem.Path) []check {
	if r == nil {
		return nil
	}
	return []check{
		{path + ".cpuRequest", r.CpuRequest, text(validateCPU)},
		{path + ".memoryRequest", r.MemoryRequest, text(validateMemory)},
		{path + ".cpuLimit", r.CpuLimit, text(validateCPU)},
		{path + ".memoryLimit", r.MemoryLimit, text(validateMemory)},
	}
}

func (r *ResourcesArgs) validate(l *problem.List, path problem.Path) {
	if r == nil {
		return
	}
	pairs := []struct {
		name           problem.Path
		request, limit pulumi.StringPtrInput
		defaultRequest string
		defaultLimit   string
	}{
		{".cpuRequest", r.CpuRequest, r.CpuLimit, chartCPURequest, chartCPULimit},
		{".memoryRequest", r.MemoryRequest, r.MemoryLimit, chartMemoryRequest, chartMemoryLimit},
	}
	for _, p := range pairs {
		request, requestKnown := textOr(p.request, p.defaultRequest)
		limit, limitKnown := textOr(p.limit, p.defaultLimit)
		if requestKnown && limitKnown {
			checkLimit(l, path+p.name, request, limit)
		}
	}
}

// textOr is a known text, or the fallback for one that is not given.
func textOr(in pulumi.StringPtrInput, fallback string) (string, bool) {
	if in == nil {
		return fallback, true
	}
	return known.String(in)
}

// checkLimit refuses a request above its limit, as the API server would.
func checkLimit(l *problem.List, path problem.Path, request, limit string) {
	if above(request, limit) {
		l.Add(path, fmt.Sprintf("the request of %s is above the limit of %s (what is not given has the chart's value)", request, limit), "the API server would refuse the pods, so raise the limit as well")
	}
}

func validatePriorityClass(name string) error {
	if !kube.IsObjectName(name) {
		return problem.New(fmt.Sprintf("%q is not the name of a priority class", name), "leave it out for system-cluster-critical")
	}
	return nil
}

// validate follows Kubernetes' own validation of a toleration (pkg/apis/core/validation,
// ValidateTolerations).
func (t *TolerationArgs) validate(l *problem.List, path problem.Path) {
	operator, operatorKnown := textOr(t.Operator, TolerateEqual)
	if operatorKnown {
		oneOf(l, path+".operator", operator, TolerationOperators())
	}
	key, keyKnown := textOr(t.Key, "")
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
	effect, effectKnown := textOr(t.Effect, "")
	if effectKnown && effect != "" {
		oneOf(l, path+".effect", effect, TaintEffects())
	}
	if t.TolerationSeconds != nil && effectKnown && effect != EffectNoExecute {
		l.Add(path+".tolerationSeconds", fmt.Sprintf("seconds limit how long a %s taint is tolerated", EffectNoExecute), fmt.Sprintf("set effect to %s, or remove them", EffectNoExecute))
	}
}

func (args *WebhookReleaseArgs) validateSpread(l *problem.List) {
	seen := map[[2]string]int{}
	for i := range args.TopologySpread {
		s, path := &args.TopologySpread[i], problem.Path("topologySpread").Index(i)
		l.AddError(path+".topologyKey", kube.ValidateLabelKey(s.TopologyKey))
		if s.MaxSkew < 0 {
			l.Add(path+".maxSkew", fmt.Sprintf("%d is negative", s.MaxSkew), "leave it out for 1")
		}
		if s.WhenUnsatisfiable != "" {
			oneOf(l, path+".whenUnsatisfiable", s.WhenUnsatisfiable, SpreadModes())
		}
		id := [2]string{s.TopologyKey, s.whenUnsatisfiable()}
		if j, taken := seen[id]; taken {
			l.Add(path, fmt.Sprintf("topologySpread[%d] has the same topologyKey and whenUnsatisfiable", j), "Kubernetes allows the pair once")
			continue
		}
		seen[id] = i
	}
}
