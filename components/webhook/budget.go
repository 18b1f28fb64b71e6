package webhook

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// PodDisruptionBudgetArgs has exactly one of MinAvailable and MaxUnavailable: a number of pods
// (pulumi.Int) or a percentage of them (pulumi.String, "50%"), which Kubernetes rounds up. Source:
// Kubernetes, "Specifying a Disruption Budget for your Application".
//
// The component works around two bugs of the chart: it keeps its own minAvailable: 1 beside a given
// maxUnavailable, which the API server refuses, and ignores a 0 without a warning.
type PodDisruptionBudgetArgs struct {
	// MinAvailable is how many pods must stay, at least 1 and fewer than Replicas: all of them
	// would block every node drain, and with it AKS's upgrades.
	MinAvailable pulumi.Input `pulumi:"minAvailable,optional"`
	// MaxUnavailable is how many pods may be evicted, at least 1.
	MaxUnavailable pulumi.Input `pulumi:"maxUnavailable,optional"`
}

// budgetKey is the budget's key, among the arguments and among the chart's values.
const budgetKey = "podDisruptionBudget"

// unknownReplicas is a number of replicas that is not known yet.
const unknownReplicas = 0

// budget returns the chart's podDisruptionBudget, or nil if only the caller's Values have one.
func (args *WebhookReleaseArgs) budget() pulumi.MapInput {
	b := args.PodDisruptionBudget
	if b == nil {
		if given, ok := asMap(args.Values); ok && given[budgetKey] != nil {
			return nil
		}
		return args.defaultBudget()
	}
	if b.MaxUnavailable != nil {
		return onlyMaxUnavailable(b.MaxUnavailable)
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
			return onlyMaxUnavailable(pulumi.Int(1))
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

// onlyMaxUnavailable also sets minAvailable to 0, which the chart's template leaves out. Without it
// Helm would keep the chart's own minAvailable.
func onlyMaxUnavailable(pods pulumi.Input) pulumi.Map {
	return pulumi.Map{"minAvailable": pulumi.Int(0), "maxUnavailable": pods}
}

func (b *PodDisruptionBudgetArgs) check(l *problem.List, replicas pulumi.IntPtrInput) {
	if b == nil {
		return
	}
	if b.MinAvailable == nil && b.MaxUnavailable == nil {
		l.Add(budgetKey, "the budget is empty", "give minAvailable or maxUnavailable, or leave it out for minAvailable: 1")
		return
	}
	if b.MinAvailable != nil && b.MaxUnavailable != nil {
		l.Add(budgetKey, "minAvailable and maxUnavailable exclude each other", "the chart would render both, and the API server refuses that")
	}
	count := DefaultReplicas
	if replicas != nil {
		// A number below 1 is a problem of the argument replicas.
		n, _ := known.Int(replicas)
		count = max(n, unknownReplicas)
	}
	if v, ok := knownValue(b.MinAvailable); ok {
		l.AddError(budgetKey+".minAvailable", checkMinAvailable(v, count))
	}
	if v, ok := knownValue(b.MaxUnavailable); ok {
		l.AddError(budgetKey+".maxUnavailable", checkMaxUnavailable(v))
	}
}

// checkBudgetValue checks the budget among values that have resolved, as the chart's template
// renders it.
func checkBudgetValue(l *problem.List, values map[string]any) {
	budget, ok := plainMap(values[budgetKey])
	if !ok {
		return
	}
	minimum, given := deref(budget["minAvailable"])
	if !given {
		minimum = chartMinAvailable // Helm merges into the chart's own budget.
	}
	maximum, _ := deref(budget["maxUnavailable"])
	hasMinimum, hasMaximum := isTrue(minimum), isTrue(maximum)
	if hasMinimum && hasMaximum {
		l.Add(budgetKey, fmt.Sprintf("minAvailable (the chart's own is %d) and maxUnavailable meet in the values, and the API server takes one of them", chartMinAvailable), fmt.Sprintf("give the one you mean in the argument %s, which removes the other", budgetKey))
		return
	}
	count, _ := deref(values["replicaCount"])
	replicas, err := parseAmount(count)
	if err != nil || replicas.percent {
		replicas.n = unknownReplicas
	}
	if hasMinimum {
		l.AddError(budgetKey+".minAvailable", checkMinAvailable(minimum, replicas.n))
	}
	if hasMaximum {
		l.AddError(budgetKey+".maxUnavailable", checkMaxUnavailable(maximum))
	}
}

// isTrue reports whether a Go template takes a value for true, and so whether the chart's template
// renders it.
func isTrue(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case int:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case bool:
		return v
	}
	return true
}

// checkMinAvailable refuses a budget that protects nothing or blocks every drain.
func checkMinAvailable(v any, replicas int) error {
	a, err := parseAmount(v)
	if err != nil {
		return err
	}
	if a.n == 0 {
		return problem.New(fmt.Sprintf("%s pods protect nothing, and the chart drops a 0 without a word", a), "use at least 1, or maxUnavailable")
	}
	if a.percent && a.n == 100 {
		return problem.New("100% of the pods would block every node drain, and with it AKS's upgrades", "use less, or maxUnavailable: 1")
	}
	if replicas != unknownReplicas && a.pods(replicas) >= replicas {
		return problem.New(fmt.Sprintf("%s of %d replicas would block every node drain, and with it AKS's upgrades", a, replicas), "use more replicas, less than all of them, or maxUnavailable: 1")
	}
	return nil
}

// checkMaxUnavailable refuses a budget that permits no eviction.
func checkMaxUnavailable(v any) error {
	a, err := parseAmount(v)
	if err != nil {
		return err
	}
	if a.n == 0 {
		return problem.New(fmt.Sprintf("%s would block every node drain if it reached the cluster, and the chart drops a 0 without a word, which leaves no budget at all", a), "use at least 1")
	}
	return nil
}

// amount is a number of pods, or a percentage of them.
//
// Kubernetes' IntOrString (k8s.io/apimachinery/pkg/util/intstr) reads the same, but accepts
// negative numbers and percentages above 100, and its errors suggest no remedy.
type amount struct {
	n       int
	percent bool
}

var amountForm = regexp.MustCompile(`^[0-9]{1,9}%?$`)

// parseAmount reads a number or a percentage, as resolved inputs have them.
func parseAmount(v any) (amount, error) {
	switch v := v.(type) {
	case int:
		if v < 0 {
			return amount{}, problem.New(fmt.Sprintf("%d pods are fewer than none", v), "use at least 1")
		}
		return amount{n: v}, nil
	case float64:
		if v != math.Trunc(v) || math.Abs(v) > 1e9 {
			return amount{}, problem.New(fmt.Sprintf("%v is not a number of pods", v), "use a whole one")
		}
		return parseAmount(int(v))
	case string:
		if !amountForm.MatchString(v) {
			return amount{}, problem.New(fmt.Sprintf("%q is neither a number of pods nor a percentage", v), `write 1 or "50%", for example`)
		}
		digits, percent := strings.CutSuffix(v, "%")
		n, err := strconv.Atoi(digits)
		if err != nil {
			return amount{}, fmt.Errorf("%q is not a number of pods: %w", v, err)
		}
		if percent && n > 100 {
			return amount{}, problem.New(fmt.Sprintf("%q is more than all pods", v), "use less than 100%")
		}
		return amount{n: n, percent: percent}, nil
	}
	return amount{}, problem.New("it is neither a number of pods nor a percentage", `write 1 or "50%", for example`)
}

// pods returns how many of the replicas the amount is. Percentages are rounded up, as in
// Kubernetes.
func (a amount) pods(replicas int) int {
	if !a.percent {
		return a.n
	}
	return (a.n*replicas + 99) / 100
}

func (a amount) String() string {
	if a.percent {
		return strconv.Itoa(a.n) + "%"
	}
	return strconv.Itoa(a.n)
}
