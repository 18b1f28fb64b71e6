package webhook

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// rule is a check of one property. Validate applies it to a known value, and a guard to an output.
type rule struct {
	path  problem.Path
	in    pulumi.Input
	check func(value any) error
}

// text makes a check of any value of one of a string.
func text(check func(string) error) func(any) error {
	return func(v any) error {
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("%v is not text", v)
		}
		return check(s)
	}
}

// guards returns options that keep the Helm release from being registered until the values that
// Validate did not know are known and right.
//
// They are dependencies of the release and not properties, so that a preview shows every property
// that is known, and the caller's Values cannot replace one.
func (args *WebhookReleaseArgs) guards(name string, values pulumi.MapInput) []pulumi.ResourceOption {
	var list []pulumi.ResourceOption
	add := func(in pulumi.Input, check func(any) error) {
		passed := pulumi.ToOutput(in).ApplyT(func(v any) ([]pulumi.Resource, error) { return nil, check(v) })
		list = append(list, pulumi.DependsOnInputs(passed.(pulumi.ResourceArrayOutput)))
	}
	rules := args.rules()
	for _, o := range arguments.Outputs(args) {
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.path == o.Path }) {
			rules = append(rules, rule{o.Path, o.In, o.Check})
		}
	}
	for _, r := range rules {
		if _, isOutput := r.in.(pulumi.Output); !isOutput {
			continue
		}
		add(r.in, func(v any) error {
			v, given := deref(v)
			if !given {
				return nil
			}
			if err := r.check(v); err != nil {
				return fmt.Errorf("%s of webhook release %q: %w", r.path, name, err)
			}
			return nil
		})
	}
	add(values, func(v any) error {
		m, _ := plainMap(v)
		return arguments.Err("webhook release", name, checkValues(m))
	})
	return list
}

// checkValues checks the chart's values as Helm gets them, the caller's Values included.
func checkValues(values map[string]any) *problem.List {
	l := &problem.List{}
	checkBudgetValue(l, values)
	labels, _ := plainMap(values["podLabels"])
	for _, key := range sortedKeys(labels) {
		l.AddError(problem.Path("podLabels").Key(key), checkPodLabel(key))
	}
	checkResourcesValue(l, values)
	return l
}

// knownValue returns the plain value of an input that has one.
func knownValue(in pulumi.Input) (any, bool) {
	if s, ok := known.String(in); ok {
		return s, true
	}
	if n, ok := known.Int(in); ok {
		return n, true
	}
	if b, ok := known.Bool(in); ok {
		return b, true
	}
	return nil, false
}

// knownText returns a text that is known, or the default of one that is not given.
func knownText[T ~string](in pulumi.StringPtrInput, byDefault T) (T, bool) {
	if in == nil {
		return byDefault, true
	}
	text, ok := known.String(in)
	return T(text), ok
}

// deref follows the pointer that an optional output resolves to.
func deref(v any) (any, bool) {
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return nil, false
		}
		r = r.Elem()
	}
	if !r.IsValid() {
		return nil, false
	}
	return r.Interface(), true
}
