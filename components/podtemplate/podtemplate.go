// Package podtemplate returns pod templates that get an Azure identity from the
// azure-workload-identity webhook, and refuses those that would not get one.
package podtemplate

import (
	"fmt"
	"slices"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Args describes what the pods of a template are to use.
type Args struct {
	// ServiceAccount is the federated service account of the pods. Required.
	ServiceAccount string
	// Federated are the service accounts that the identity trusts: another one is refused. Default:
	// every one is accepted.
	Federated []string
	// Annotations are added to the template, and win over its own. Default: none.
	Annotations pulumi.StringMapInput
}

// Labels returns the labels that a pod template needs.
func Labels() map[string]string { return map[string]string{azwi.LabelUse: azwi.LabelUseValue} }

// New returns a copy of a pod template that uses a federated service account: with the label that
// makes the webhook mutate the pod, and the service account. (On a Deployment's own metadata, or on
// the service account, the label has no effect.) Where the component is at hand, its method
// FederatedWorkload.PodTemplate does more.
//
// It refuses what would defeat the identity, as far as the template's values are known when the
// program runs; values that are outputs are left to policy:
//
//   - AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE or AZURE_AUTHORITY_HOST set by a
//     container, which win over the injected ones;
//   - the path of the projected token, written out: it has changed before;
//   - aadpodidbinding, the label of AAD Pod Identity;
//   - the label with another value, or another service account;
//   - the migration proxy together with hostNetwork, or on Windows, and a port of it or a token
//     expiration that the webhook denies;
//   - ephemeral containers, which Kubernetes allows in no template.
//
// It need not see what a container takes from other objects by envFrom: the webhook adds its
// variables to env, unless env has them, and in Kubernetes env wins over envFrom. Sources:
// Azure/azure-workload-identity v1.6.0, pkg/webhook/webhook.go, addEnvironmentVariables; Kubernetes
// API reference, Container, envFrom.
//
// One error reports all problems, and unwraps to *errors.InputPropertiesError. The argument is not
// changed. Metadata and spec may be given by value, by pointer or through the SDK's Ptr functions;
// as outputs they are an error, because New could not look inside.
func New(args Args, template corev1.PodTemplateSpecArgs) (corev1.PodTemplateSpecArgs, error) {
	var l problem.List
	args.check(&l)
	meta := readMetadata(&l, template.Metadata)
	spec := readSpec(&l, template.Spec)
	checkLabels(&l, meta.Labels)
	checkAnnotations(&l, meta.Annotations, &spec)
	checkAccount(&l, args.ServiceAccount, &spec)
	checkContainers(&l, &spec)
	if err := arguments.Err("pod template for service account", args.ServiceAccount, &l); err != nil {
		return corev1.PodTemplateSpecArgs{}, err
	}
	meta.Labels = metadata.Merge(meta.Labels, pulumi.ToStringMap(Labels()))
	meta.Annotations = metadata.Merge(meta.Annotations, args.Annotations)
	spec.ServiceAccountName = pulumi.StringPtr(args.ServiceAccount)
	return corev1.PodTemplateSpecArgs{Metadata: &meta, Spec: &spec}, nil
}

// check records what is wrong with the service account.
func (args *Args) check(l *problem.List) {
	l.AddError("serviceAccount", kube.ValidateServiceAccount(args.ServiceAccount))
	if args.Federated != nil && !slices.Contains(args.Federated, args.ServiceAccount) {
		l.Add("serviceAccount", fmt.Sprintf("%q is not a service account of the workload", args.ServiceAccount),
			"it federates "+strings.Join(args.Federated, ", "))
	}
}

// readMetadata returns the metadata of a template, empty if there is none.
func readMetadata(l *problem.List, in metav1.ObjectMetaPtrInput) metav1.ObjectMetaArgs {
	meta, ok := known.As[metav1.ObjectMetaArgs](in)
	if !ok && in != nil {
		l.Add("metadata", "the metadata is an output", "give it as metav1.ObjectMetaArgs, whose fields may be outputs")
	}
	return meta
}

// readSpec returns the pod spec of a template.
func readSpec(l *problem.List, in corev1.PodSpecPtrInput) corev1.PodSpecArgs {
	spec, ok := known.As[corev1.PodSpecArgs](in)
	if !ok {
		l.Add("spec", "a pod spec is required", "pass corev1.PodSpecArgs, whose fields may be outputs")
	}
	return spec
}

// checkLabels records labels that turn workload identity off.
func checkLabels(l *problem.List, in pulumi.StringMapInput) {
	labels, _ := known.As[pulumi.StringMap](in)
	if _, ok := labels[azwi.LabelPodIdentity]; ok {
		l.Add("metadata.labels."+azwi.LabelPodIdentity, "AAD Pod Identity and workload identity exclude each other", "remove the label")
	}
	if use, ok := known.String(labels[azwi.LabelUse]); ok && use != azwi.LabelUseValue {
		l.Add("metadata.labels."+azwi.LabelUse, fmt.Sprintf("%q turns the identity off", use), "remove the label, this function sets it")
	}
}

// checkAccount records other service accounts that the spec names.
func checkAccount(l *problem.List, serviceAccount string, spec *corev1.PodSpecArgs) {
	if other, ok := known.String(spec.ServiceAccountName); ok && other != serviceAccount {
		l.Add("spec.serviceAccountName", fmt.Sprintf("%q is not the federated service account %q", other, serviceAccount), "leave it out, this function sets it")
	}
	if other, ok := known.String(spec.ServiceAccount); ok && other != serviceAccount {
		l.Add("spec.serviceAccount", fmt.Sprintf("%q is not the federated service account %q", other, serviceAccount), "leave it out, serviceAccountName is set")
	}
}
