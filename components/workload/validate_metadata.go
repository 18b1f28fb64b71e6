package workload

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names"
)

// validateMetadata checks labels and annotations, which the API server would
// refuse only in the middle of an update.
func (args *FederatedWorkloadArgs) validateMetadata(l *problems.List) {
	annotations, _ := known.As[pulumi.StringMap](args.Annotations)
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		path := "annotations." + key
		if strings.HasPrefix(key, names.WebhookPrefix) {
			l.Addf(path, "the component writes %s annotations itself: use its arguments", names.WebhookPrefix)
			continue
		}
		// Annotations have the syntax of labels, but may be in upper case.
		// Source: Kubernetes v1.34, pkg/api/validation, ValidateAnnotations.
		l.Add(path, names.ValidateLabelKey(strings.ToLower(key)))
	}
	validateLabels(l, "labels", args.Labels)
	validateLabels(l, "namespaceLabels", args.NamespaceLabels)
	if labels, _ := known.As[pulumi.StringMap](args.Labels); labels[names.LabelUse] != nil {
		l.Addf("labels."+names.LabelUse, "on a service account the label has no effect: it belongs on the pod template, which PodTemplate and the podLabels output see to")
	}
}

func validateLabels(l *problems.List, path string, in pulumi.StringMapInput) {
	labels, _ := known.As[pulumi.StringMap](in)
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		at := path + "." + key
		l.Add(at, names.ValidateLabelKey(key))
		if value, ok := known.String(labels[key]); ok {
			l.Add(at, names.ValidateLabelValue(value))
		}
	}
}
