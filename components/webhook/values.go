package webhook

import (
	"cmp"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// values returns the chart's values. The caller's Values come last.
func (args *WebhookReleaseArgs) values() pulumi.MapInput {
	values := pulumi.Map{
		"azureTenantID":    args.TenantId,
		"azureEnvironment": pulumi.String(cmp.Or(args.Cloud, azure.PublicCloud).WebhookEnvironment()),
	}
	args.putPods(values)
	args.putTelemetry(values)
	if args.NamespaceSelector != nil {
		values["mutatingWebhookNamespaceSelector"] = args.NamespaceSelector.value()
	}
	if args.WebhookAnnotations != nil {
		values["mutatingWebhookAnnotations"] = args.WebhookAnnotations
	}
	return mergeValues(values, args.Values)
}

// mergeValues merges over into base as Helm merges values files: maps by key, everything else is
// replaced.
//
// Maps with known keys are merged here, so that a preview shows every value that is known. Only
// where one of the two is an output, the merge waits for it.
func mergeValues(base pulumi.Map, over pulumi.MapInput) pulumi.MapInput {
	if over == nil {
		return base
	}
	if m, ok := asMap(over); ok {
		return mergeMaps(base, m)
	}
	return mergeLater(base, over)
}

func mergeMaps(base, over pulumi.Map) pulumi.Map {
	merged := maps.Clone(base)
	for key, value := range over {
		below, exists := merged[key]
		if !exists {
			merged[key] = value
			continue
		}
		merged[key] = mergeInputs(below, value)
	}
	return merged
}

func mergeInputs(base, over pulumi.Input) pulumi.Input {
	below, baseIsMap := asMap(base)
	above, overIsMap := asMap(over)
	if baseIsMap && overIsMap {
		return mergeMaps(below, above)
	}
	_, baseIsOutput := base.(pulumi.Output)
	_, overIsOutput := over.(pulumi.Output)
	if (baseIsMap || baseIsOutput) && (overIsMap || overIsOutput) {
		return mergeLater(base, over)
	}
	return over
}

// mergeLater merges two inputs when both have resolved.
func mergeLater(base, over pulumi.Input) pulumi.MapOutput {
	merged := pulumi.All(base, over).ApplyT(func(values []any) map[string]any {
		m, _ := mergePlain(values[0], values[1]).(map[string]any)
		return m
	})
	return merged.(pulumi.MapOutput)
}

// mergePlain merges values that have resolved, as mergeMaps does.
func mergePlain(base, over any) any {
	below, ok := plainMap(base)
	if !ok {
		return over
	}
	above, ok := plainMap(over)
	if !ok {
		return over
	}
	merged := maps.Clone(below)
	for key, value := range above {
		if existing, exists := merged[key]; exists {
			value = mergePlain(existing, value)
		}
		merged[key] = value
	}
	return merged
}

// plainMap returns a value that has resolved to a map.
func plainMap(v any) (map[string]any, bool) {
	switch m := v.(type) {
	case map[string]any:
		return m, true
	case map[string]string:
		converted := make(map[string]any, len(m))
		for key, value := range m {
			converted[key] = value
		}
		return converted, true
	}
	return nil, false
}

// asMap returns an input whose keys are known as a map of inputs.
func asMap(in pulumi.Input) (pulumi.Map, bool) {
	switch m := in.(type) {
	case pulumi.Map:
		return m, true
	case pulumi.StringMap:
		converted := make(pulumi.Map, len(m))
		for key, value := range m {
			converted[key] = value
		}
		return converted, true
	}
	return nil, false
}

// resolved returns the plain values of a map of inputs, if all are known but those of the ignored
// keys.
func resolved(in pulumi.MapInput, ignored ...string) (map[string]any, bool) {
	m, ok := asMap(in)
	if !ok {
		return nil, false
	}
	plain := make(map[string]any, len(m))
	for key, value := range m {
		if slices.Contains(ignored, key) {
			continue
		}
		v, ok := plainInput(value)
		if !ok {
			return nil, false
		}
		plain[key] = v
	}
	return plain, true
}

// plainInput returns the plain value of an input that is known.
func plainInput(in pulumi.Input) (any, bool) {
	if in == nil {
		return nil, true
	}
	if m, ok := asMap(in); ok {
		return resolved(m)
	}
	if list, ok := in.(pulumi.Array); ok {
		return plainList(list)
	}
	if list, ok := known.As[pulumi.StringArray](in); ok {
		return plainList(list)
	}
	if f, ok := in.(pulumi.Float64); ok {
		return float64(f), true
	}
	return knownValue(in)
}

func plainList[T pulumi.Input](list []T) (any, bool) {
	plain := make([]any, len(list))
	for i, element := range list {
		v, ok := plainInput(element)
		if !ok {
			return nil, false
		}
		plain[i] = v
	}
	return plain, true
}
