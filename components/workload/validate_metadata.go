package workload

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// validateMetadata checks labels and annotations.
func (args *FederatedWorkloadArgs) validateMetadata(l *problem.List) {
	metadata.Annotations(l, "annotations", args.Annotations)
	metadata.Each("annotations", args.Annotations, func(at problem.Path, key string, _ pulumi.StringInput) {
		if strings.HasPrefix(key, azwi.KeyPrefix) {
			l.Add(at, fmt.Sprintf("the component writes %s annotations itself", azwi.KeyPrefix), "use its arguments")
		}
	})
	metadata.Labels(l, "labels", args.Labels)
	metadata.Labels(l, "namespaceLabels", args.NamespaceLabels)
	metadata.Each("labels", args.Labels, func(at problem.Path, key string, _ pulumi.StringInput) {
		if key == azwi.LabelUse {
			l.Add(at, "on a service account the label has no effect", "it belongs on the pod template, which PodTemplate and the podLabels output see to")
		}
	})
}
