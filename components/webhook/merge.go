package webhook

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// mergeValues lays over on top of base, maps by key and everything else as a
// whole, as Helm does with several values files.
//
// As long as both are maps with known keys they are merged here, so that a
// preview shows every value that is known; only where one is an output must the
// merge wait for it.
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

// mergePlain is mergeMaps for values that have resolved.
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

// asMap is an input whose keys are known as a map of inputs.
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

// resolved is what is in a map of inputs, if all of it is known already, but for
// the keys whose values do not matter.
func resolved(in pulumi.MapInput, irrelevant ...string) (map[string]any, bool) {
	m, ok := asMap(in)
	if !ok {
		return nil, false
	}
	plain := make(map[string]any, len(m))
	for key, value := range m {
		if slices.Contains(irrelevant, key) {
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

// plainInput is the value of an input that is known already.
func plainInput(in pulumi.Input) (any, bool) {
	if in == nil {
		return nil, true
	}
	if m, ok := asMap(in); ok {
		return resolved(m)
	}
	if list, ok := in.(pulumi.Array); ok {
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
	if f, ok := in.(pulumi.Float64); ok {
		return float64(f), true
	}
	return knownValue(in)
}
