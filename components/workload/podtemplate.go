package workload

import (
	"maps"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names"
)

// PodTemplate returns a copy of a pod template that uses the workload's identity:
// with the label that makes the webhook mutate the pod, and the service account.
// (On a Deployment's own metadata, or on the service account, the label has no
// effect.)
//
// It refuses what would defeat the identity, as far as the template's values are
// known when the program runs; values that are outputs are left to policy:
//
//   - AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE or
//     AZURE_AUTHORITY_HOST set by a container, which win over the injected ones;
//   - the path of the projected token, written out: it has changed before;
//   - aadpodidbinding, the label of AAD Pod Identity;
//   - the label with another value, or another service account;
//   - the migration proxy together with hostNetwork, which the webhook denies.
//
// All problems are reported at once, as an error that unwraps to
// *errors.InputPropertiesError. The argument is not changed. Metadata or spec
// given as outputs are an error: there would be no way to look inside.
func PodTemplate(serviceAccount string, template corev1.PodTemplateSpecArgs) (corev1.PodTemplateSpecArgs, error) {
	var l problems.List
	l.Add("serviceAccount", names.ValidateServiceAccount(serviceAccount))

	metadata := readMetadata(&l, template.Metadata)
	spec := readSpec(&l, template.Spec)
	labels := readLabels(&l, metadata.Labels)
	checkAnnotations(&l, metadata.Annotations, spec.HostNetwork)
	checkAccount(&l, serviceAccount, &spec)
	checkContainers(&l, &spec)
	if err := l.Err("pod template for service account", serviceAccount); err != nil {
		return corev1.PodTemplateSpecArgs{}, err
	}

	metadata.Labels = withUse(labels, metadata.Labels)
	spec.ServiceAccountName = pulumi.StringPtr(serviceAccount)
	return corev1.PodTemplateSpecArgs{Metadata: &metadata, Spec: &spec}, nil
}

func readMetadata(l *problems.List, in metav1.ObjectMetaPtrInput) metav1.ObjectMetaArgs {
	metadata, ok := known.As[metav1.ObjectMetaArgs](in)
	if !ok && in != nil {
		l.Addf("metadata", "the metadata is an output: give it as metav1.ObjectMetaArgs, whose fields may be outputs")
	}
	return metadata
}

func readSpec(l *problems.List, in corev1.PodSpecPtrInput) corev1.PodSpecArgs {
	spec, ok := known.As[corev1.PodSpecArgs](in)
	if !ok {
		l.Addf("spec", "a pod spec is required, as corev1.PodSpecArgs, whose fields may be outputs")
	}
	return spec
}

func readLabels(l *problems.List, in pulumi.StringMapInput) pulumi.StringMap {
	labels, _ := known.As[pulumi.StringMap](in)
	if _, ok := labels[names.LabelPodIdentity]; ok {
		l.Addf("metadata.labels."+names.LabelPodIdentity, "AAD Pod Identity and workload identity exclude each other: remove the label")
	}
	if use, ok := known.String(labels[names.LabelUse]); ok && use != names.LabelUseValue {
		l.Addf("metadata.labels."+names.LabelUse, "%q turns the identity off: remove the label, this function sets it", use)
	}
	return labels
}

// withUse adds the label to labels that are known, or else to the output.
func withUse(labels pulumi.StringMap, in pulumi.StringMapInput) pulumi.StringMapInput {
	use := pulumi.StringMap{names.LabelUse: pulumi.String(names.LabelUseValue)}
	if in == nil || labels != nil {
		merged := maps.Clone(labels)
		if merged == nil {
			merged = pulumi.StringMap{}
		}
		maps.Copy(merged, use)
		return merged
	}
	return withUser(use, in)
}

func checkAnnotations(l *problems.List, in pulumi.StringMapInput, hostNetwork pulumi.BoolPtrInput) {
	annotations, _ := known.As[pulumi.StringMap](in)
	_, proxy := annotations[names.AnnotationInjectProxySidecar]
	if host, ok := known.Bool(hostNetwork); ok && host && proxy {
		l.Addf("spec.hostNetwork", "hostNetwork and the annotation %s exclude each other: the webhook denies such pods, whatever the annotation's value", names.AnnotationInjectProxySidecar)
	}
}

func checkAccount(l *problems.List, serviceAccount string, spec *corev1.PodSpecArgs) {
	if other, ok := known.String(spec.ServiceAccountName); ok && other != serviceAccount {
		l.Addf("spec.serviceAccountName", "%q is not the federated service account %q: leave it out, this function sets it", other, serviceAccount)
	}
	if other, ok := known.String(spec.ServiceAccount); ok && other != serviceAccount {
		l.Addf("spec.serviceAccount", "%q is not the federated service account %q: leave it out, serviceAccountName is set", other, serviceAccount)
	}
}
