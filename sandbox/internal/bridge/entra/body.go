package entra

import (
	"maps"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
)

// withValues adds the given inputs to a body.
func withValues(body, in map[string]any, names ...string) map[string]any {
	maps.Copy(body, pick(in, names...))
	return body
}

// withNulls adds the given inputs to a body, and null for each that the program does not set or
// sets to an empty text.
func withNulls(body, in map[string]any, names ...string) map[string]any {
	for _, name := range names {
		body[name] = nil
		if s := text(in, name); s != "" {
			body[name] = s
		}
	}
	return body
}

// list returns a copy of a list, which is empty if there is none.
func list(m map[string]any, name string) []any {
	items, _ := m[name].([]any)
	return append([]any{}, items...)
}

// tagsOf returns the tags to send: those of the program, or the last ones, because the service sets
// tags too.
func tagsOf(in map[string]any, c bridge.Call) []any {
	if _, ok := in["tags"]; ok {
		return list(in, "tags")
	}
	return list(c.Outputs, "tags")
}

// pick returns the inputs with the given names. "a:b" renames a to b.
func pick(inputs map[string]any, names ...string) map[string]any {
	out := map[string]any{}
	for _, pair := range names {
		name, other, renamed := strings.Cut(pair, ":")
		if !renamed {
			other = name
		}
		if v, ok := inputs[name]; ok {
			out[other] = v
		}
	}
	return out
}

// clearRemoved adds to a body what clears the inputs that were set before and are not set now: null
// for a text, and an empty list for a list, which Graph does not accept null for.
func clearRemoved(body, inputs, old map[string]any, names ...string) map[string]any {
	for _, name := range names {
		before, had := old[name]
		if _, has := inputs[name]; has || !had {
			continue
		}
		body[name] = nil
		if _, list := before.([]any); list {
			body[name] = []any{}
		}
	}
	return body
}

// text returns a string input, or "".
func text(inputs map[string]any, name string) string {
	s, _ := inputs[name].(string)
	return s
}
