package workload

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// PodTemplate returns a copy of a pod template that uses a federated service
// account: with the label that makes the webhook mutate the pod, and the service
// account. (On a Deployment's own metadata, or on the service account, the label
// has no effect.) Where the component is at hand, its method PodTemplate does more.
//
// It refuses what would defeat the identity, as far as the template's values are
// known when the program runs; values that are outputs are left to policy:
//
//   - AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE or
//     AZURE_AUTHORITY_HOST set by a container, which win over the injected ones;
//   - the path of the projected token, written out: it has changed before;
//   - aadpodidbinding, the label of AAD Pod Identity;
//   - the label with another value, or another service account;
//   - the migration proxy together with hostNetwork, or on Windows, and a port of
//     it or a token expiration that the webhook denies;
//   - ephemeral containers, which Kubernetes allows in no template.
//
// It cannot see what a container takes from elsewhere: the keys of a ConfigMap or
// Secret under envFrom are not in the template, and AZURE_CLIENT_ID among them
// wins over the injected value as well.
//
// All problems are reported at once, as an error that unwraps to
// *errors.InputPropertiesError. The argument is not changed. Metadata and spec may
// be given by value, by pointer or through the SDK's Ptr functions; as outputs they
// are an error: there would be no way to look inside.
func PodTemplate(serviceAccount string, template corev1.PodTemplateSpecArgs) (corev1.PodTemplateSpecArgs, error) {
	metadata, spec, err := (*FederatedWorkload)(nil).readPodTemplate(serviceAccount, template)
	if err != nil {
		return corev1.PodTemplateSpecArgs{}, err
	}
	return corev1.PodTemplateSpecArgs{Metadata: &metadata, Spec: &spec}, nil
}

// readPodTemplate checks a template and gives it label and service account. The
// service account must be the workload's, unless there is no workload.
func (w *FederatedWorkload) readPodTemplate(serviceAccount string, template corev1.PodTemplateSpecArgs) (metav1.ObjectMetaArgs, corev1.PodSpecArgs, error) {
	var l problem.List
	l.AddError("serviceAccount", kube.ValidateServiceAccount(serviceAccount))
	if w != nil && !slices.Contains(w.accounts, serviceAccount) {
		l.Add("serviceAccount", fmt.Sprintf("%q is not a service account of the workload", serviceAccount), fmt.Sprintf("it federates %s", strings.Join(w.accounts, ", ")))
	}

	metadata := readMetadata(&l, template.Metadata)
	spec := readSpec(&l, template.Spec)
	labels := readLabels(&l, metadata.Labels)
	checkPodAnnotations(&l, metadata.Annotations, &spec)
	checkAccount(&l, serviceAccount, &spec)
	checkContainers(&l, &spec)
	if err := arguments.Err("pod template for service account", serviceAccount, &l); err != nil {
		return metav1.ObjectMetaArgs{}, corev1.PodSpecArgs{}, err
	}

	metadata.Labels = withOwn(pulumi.ToStringMap(podLabels()), labels, metadata.Labels)
	spec.ServiceAccountName = pulumi.StringPtr(serviceAccount)
	return metadata, spec, nil
}

func readMetadata(l *problem.List, in metav1.ObjectMetaPtrInput) metav1.ObjectMetaArgs {
	metadata, ok := known.As[metav1.ObjectMetaArgs](in)
	if !ok && in != nil {
		l.Add("metadata", "the metadata is an output", "give it as metav1.ObjectMetaArgs, whose fields may be outputs")
	}
	return metadata
}

func readSpec(l *problem.List, in corev1.PodSpecPtrInput) corev1.PodSpecArgs {
	spec, ok := known.As[corev1.PodSpecArgs](in)
	if !ok {
		l.Add("spec", "a pod spec is required", "pass corev1.PodSpecArgs, whose fields may be outputs")
	}
	return spec
}

func readLabels(l *problem.List, in pulumi.StringMapInput) pulumi.StringMap {
	labels, _ := known.As[pulumi.StringMap](in)
	if _, ok := labels[azwi.LabelPodIdentity]; ok {
		l.Add("metadata.labels."+azwi.LabelPodIdentity, "AAD Pod Identity and workload identity exclude each other", "remove the label")
	}
	if use, ok := known.String(labels[azwi.LabelUse]); ok && use != azwi.LabelUseValue {
		l.Add("metadata.labels."+azwi.LabelUse, fmt.Sprintf("%q turns the identity off", use), "remove the label, this function sets it")
	}
	return labels
}

// withOwn adds the component's labels or annotations to the user's, which are a
// map if they are known, or else an output.
func withOwn(own, user pulumi.StringMap, in pulumi.StringMapInput) pulumi.StringMapInput {
	if in == nil {
		return own
	}
	if user != nil {
		return withUser(own, user)
	}
	return withUser(own, in)
}

func checkAccount(l *problem.List, serviceAccount string, spec *corev1.PodSpecArgs) {
	if other, ok := known.String(spec.ServiceAccountName); ok && other != serviceAccount {
		l.Add("spec.serviceAccountName", fmt.Sprintf("%q is not the federated service account %q", other, serviceAccount), "leave it out, this function sets it")
	}
	if other, ok := known.String(spec.ServiceAccount); ok && other != serviceAccount {
		l.Add("spec.serviceAccount", fmt.Sprintf("%q is not the federated service account %q", other, serviceAccount), "leave it out, serviceAccountName is set")
	}
}
