package strict

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Keys returns the keys of a configuration struct with their fields. The arguments of components
// are keys of the file by their own names, so that what a component can do is never missing here,
// and is documented and checked in one place.
func Keys(t reflect.Type) map[string]arguments.Field {
	keys := map[string]arguments.Field{}
	for _, f := range arguments.Fields(t) {
		keys[f.Name] = f
	}
	return keys
}

// Plain returns the type that the file's value of a field has: that of its plain value for an
// input.
func Plain(t reflect.Type) reflect.Type {
	if in, ok := inputs[t]; ok {
		return in.plain
	}
	return t
}

// Root returns the path of a top-level key.
func Root(namespace, name string) problem.Path { return problem.Path(namespace + ":" + name) }

func keyList[V any](keys map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(keys)), ", ")
}
