package webhook

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// check is a rule about one property, which is applied by Validate if the value
// is known there, and else when it has resolved.
type check struct {
	path problem.Path
	in   pulumi.Input
	rule func(value any) error
}

// text makes a rule of one about a string.
func text(rule func(string) error) func(any) error {
	return func(v any) error {
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("%v is not text", v)
		}
		return rule(s)
	}
}

// guards keep the Helm release from being registered until what was unknown to
// Validate is known and right.
//
// They are dependencies and not properties of the release, so that a preview
// shows every property that is known, and none of them gets lost under the
// caller's own values.
func (args *WebhookReleaseArgs) guards(name string, values pulumi.MapInput) []pulumi.ResourceOption {
	var list []pulumi.ResourceOption
	add := func(in pulumi.Input, rule func(any) error) {
		passed := pulumi.ToOutput(in).ApplyT(func(v any) ([]pulumi.Resource, error) { return nil, rule(v) })
		list = append(list, pulumi.DependsOnInputs(passed.(pulumi.ResourceArrayOutput)))
	}
	for _, c := range args.checks() {
		if _, isOutput := c.in.(pulumi.Output); !isOutput {
			continue
		}
		add(c.in, func(v any) error {
			v, given := deref(v)
			if !given {
				return nil
			}
			if err := c.rule(v); err != nil {
				return fmt.Errorf("%s of webhook release %q: %w", c.path, name, err)
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

// checkValues judges the chart's values as they go to Helm, the caller's own
// among them.
func checkValues(values map[string]any) *problem.List {
	l := &problem.List{}
	checkRenderedBudget(l, values)
	labels, _ := plainMap(values["podLabels"])
	for _, key := range sortedKeys(labels) {
		l.AddError(problem.Path("podLabels").Key(key), checkPodLabel(key))
	}
	resources, _ := plainMap(values["resources"])
	requests, _ := plainMap(resources["requests"])
	limits, _ := plainMap(resources["limits"])
	checkLimit(l, "resources.cpuRequest", quantityOr(requests, "cpu", chartCPURequest), quantityOr(limits, "cpu", chartCPULimit))
	checkLimit(l, "resources.memoryRequest", quantityOr(requests, "memory", chartMemoryRequest), quantityOr(limits, "memory", chartMemoryLimit))
	return l
}

func quantityOr(m map[string]any, key, fallback string) string {
	v, given := deref(m[key])
	if !given {
		return fallback
	}
	return fmt.Sprint(v)
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

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
