// Package metadata checks the labels and annotations among a component's arguments, which the API
// server would refuse only in the middle of an update.
package metadata

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Each calls visit for the entries of a map whose keys are known, in the order of the keys.
func Each(path problem.Path, in pulumi.StringMapInput, visit func(at problem.Path, key string, value pulumi.StringInput)) {
	m, _ := known.As[pulumi.StringMap](in)
	for _, key := range slices.Sorted(maps.Keys(m)) {
		visit(path.Key(key), key, m[key])
	}
}

// Labels checks the keys of labels, and the values that are known.
func Labels(l *problem.List, path problem.Path, in pulumi.StringMapInput) {
	Each(path, in, func(at problem.Path, key string, value pulumi.StringInput) {
		l.AddError(at, kube.ValidateLabelKey(key))
		if text, ok := known.String(value); ok {
			l.AddError(at, kube.ValidateLabelValue(text))
		}
	})
}

// Annotations checks the keys of annotations; the values may be any text.
func Annotations(l *problem.List, path problem.Path, in pulumi.StringMapInput) {
	Each(path, in, func(at problem.Path, key string, _ pulumi.StringInput) {
		l.AddError(at, kube.ValidateAnnotationKey(key))
	})
}
