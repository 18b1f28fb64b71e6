// Package metadata checks the labels and annotations among a component's
// arguments, which the API server would refuse only in the middle of an update.
package metadata

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
)

// At is the property path of a map's entry. Keys are quoted, because those of
// labels have full stops.
func At(path, key string) string { return fmt.Sprintf("%s[%q]", path, key) }

// Each visits the entries of a map whose keys are known, in the order of the
// keys.
func Each(path string, in pulumi.StringMapInput, visit func(at, key string, value pulumi.StringInput)) {
	m, _ := known.As[pulumi.StringMap](in)
	for _, key := range slices.Sorted(maps.Keys(m)) {
		visit(At(path, key), key, m[key])
	}
}

// Labels checks the keys of labels, and the values that are known.
func Labels(l *problems.List, path string, in pulumi.StringMapInput) {
	Each(path, in, func(at, key string, value pulumi.StringInput) {
		l.Add(at, kube.ValidateLabelKey(key))
		if text, ok := known.String(value); ok {
			l.Add(at, kube.ValidateLabelValue(text))
		}
	})
}

// Annotations checks the keys of annotations; the values may be any text.
func Annotations(l *problems.List, path string, in pulumi.StringMapInput) {
	Each(path, in, func(at, key string, _ pulumi.StringInput) {
		l.Add(at, kube.ValidateAnnotationKey(key))
	})
}
