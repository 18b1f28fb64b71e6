package webhook

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// amount is a number of pods, or a percentage of them.
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

// pods is how many of the replicas the amount is; percentages are rounded up, as
// Kubernetes does.
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

// unknownReplicas stands for a number of replicas that is not known yet.
const unknownReplicas = 0

// checkMinAvailable refuses what protects nothing or blocks every drain.
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

// checkMaxUnavailable refuses a budget that lets no pod go.
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

// checkRenderedBudget judges the budget among values that have resolved, as the
// chart's template would render it: it leaves out what is empty or 0.
func checkRenderedBudget(l *problem.List, values map[string]any) {
	const path = "podDisruptionBudget"
	budget, ok := plainMap(values[path])
	if !ok {
		return
	}
	minimum, given := deref(budget["minAvailable"])
	if !given {
		// Helm merges into the chart's own budget.
		minimum = chartMinAvailable
	}
	maximum, _ := deref(budget["maxUnavailable"])
	hasMinimum, hasMaximum := rendered(minimum), rendered(maximum)
	if hasMinimum && hasMaximum {
		l.Add(path, fmt.Sprintf("minAvailable (the chart's own is %d) and maxUnavailable meet in the values, and the API server takes one of them", chartMinAvailable), fmt.Sprintf("give the one you mean in the argument %s, which removes the other", path))
		return
	}
	count, _ := deref(values["replicaCount"])
	replicas, err := parseAmount(count)
	if err != nil || replicas.percent {
		replicas.n = unknownReplicas
	}
	if hasMinimum {
		l.AddError(path+".minAvailable", checkMinAvailable(minimum, replicas.n))
	}
	if hasMaximum {
		l.AddError(path+".maxUnavailable", checkMaxUnavailable(maximum))
	}
}

// rendered is what a Go template takes for true.
func rendered(v any) bool {
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
