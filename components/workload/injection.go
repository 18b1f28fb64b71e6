package workload

import (
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// podAnnotations are the annotations that a pod template should have.
func (w *FederatedWorkload) podAnnotations(args *FederatedWorkloadArgs) pulumi.StringMapOutput {
	cloud := args.cloud()
	hash := w.ServiceAccountAnnotations.ApplyT(func(annotations map[string]string) string {
		return azwi.InjectionHash(annotations, cloud.Audience(), cloud.AuthorityHost())
	}).(pulumi.StringOutput)
	return pulumi.StringMap{azwi.AnnotationInjection: hash}.ToStringMapOutput()
}

// accounts are the names of the service accounts, sorted, each once.
func (args *FederatedWorkloadArgs) accounts() []string {
	list := make([]string, 0, len(args.Federations))
	for i := range args.Federations {
		list = append(list, args.Federations[i].ServiceAccount)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// PodTemplate is the function PodTemplate for one of the workload's service
// accounts. The template also gets the annotation azwi.AnnotationInjection, a
// hash of what the webhook injects: pods do not notice another client id, tenant,
// token expiration or cloud, but a template that changes restarts them. Another
// service account than those of the federations is refused.
//
// What runs the pods should depend on Ready.
func (w *FederatedWorkload) PodTemplate(serviceAccount string, template corev1.PodTemplateSpecArgs) (corev1.PodTemplateSpecArgs, error) {
	metadata, spec, err := w.readPodTemplate(serviceAccount, template)
	if err != nil {
		return corev1.PodTemplateSpecArgs{}, err
	}
	annotations, _ := known.As[pulumi.StringMap](metadata.Annotations)
	metadata.Annotations = withOwn(pulumi.StringMap{
		azwi.AnnotationInjection: w.PodAnnotations.MapIndex(pulumi.String(azwi.AnnotationInjection)),
	}, annotations, metadata.Annotations)
	return corev1.PodTemplateSpecArgs{Metadata: &metadata, Spec: &spec}, nil
}
