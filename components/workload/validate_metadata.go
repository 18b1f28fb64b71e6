package workload

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// validateMetadata checks labels and annotations.
func (args *FederatedWorkloadArgs) validateMetadata(l *problems.List) {
	metadata.Annotations(l, "annotations", args.Annotations)
	metadata.Each("annotations", args.Annotations, func(at, key string, _ pulumi.StringInput) {
		if strings.HasPrefix(key, azwi.KeyPrefix) {
			l.Addf(at, "the component writes %s annotations itself: use its arguments", azwi.KeyPrefix)
		}
	})
	metadata.Labels(l, "labels", args.Labels)
	metadata.Labels(l, "namespaceLabels", args.NamespaceLabels)
	metadata.Each("labels", args.Labels, func(at, key string, _ pulumi.StringInput) {
		if key == azwi.LabelUse {
			l.Addf(at, "on a service account the label has no effect: it belongs on the pod template, which PodTemplate and the podLabels output see to")
		}
	})
}
