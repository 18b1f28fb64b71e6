package workload

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"github.com/aks-workload-identity/aks-workload-identity/components/podtemplate"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// PodTemplate returns what podtemplate.New returns for one of the workload's service accounts;
// another one than those of the federations is refused. The template also gets the annotation
// azwi.AnnotationInjection, a hash of what the webhook injects: pods do not notice another client
// id, tenant, token expiration or cloud, but a template that changes restarts them.
//
// What runs the pods should depend on Ready.
func (w *FederatedWorkload) PodTemplate(serviceAccount string, template corev1.PodTemplateSpecArgs) (corev1.PodTemplateSpecArgs, error) {
	return podtemplate.New(podtemplate.Args{
		ServiceAccount: serviceAccount,
		Federated:      w.accounts,
		Annotations: pulumi.StringMap{
			azwi.AnnotationInjection: w.PodAnnotations.MapIndex(pulumi.String(azwi.AnnotationInjection)),
		},
	}, template)
}

// accounts returns the names of the service accounts, sorted, each once.
func (r *registration) accounts() []string {
	var list []string
	for i := range r.federations {
		if f := &r.federations[i]; !f.noAccount() {
			list = append(list, f.serviceAccount)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// accountNames returns the service accounts of all federations, each "namespace/name".
func (r *registration) accountNames() pulumi.StringArray {
	list := pulumi.StringArray{}
	for i := range r.federations {
		if f := &r.federations[i]; !f.noAccount() {
			list = append(list, pulumi.String(f.namespace+"/"+f.serviceAccount))
		}
	}
	return list
}

// cloud returns the Azure cloud, the default filled in.
func (r *registration) cloud() azure.Cloud { return cmp.Or(r.args.Cloud, azure.PublicCloud) }

// podAnnotations returns the annotations that a pod template should have.
func (r *registration) podAnnotations(serviceAccount pulumi.StringMapOutput) pulumi.StringMapOutput {
	hash := serviceAccount.ApplyT(func(annotations map[string]string) string {
		return azwi.InjectionHash(annotations, r.cloud().Audience(), r.cloud().AuthorityHost())
	}).(pulumi.StringOutput)
	return pulumi.StringMap{azwi.AnnotationInjection: hash}.ToStringMapOutput()
}

// helmValues returns the values for a chart in the form of "helm create". It names the service
// account if all federations share one, and lets the chart create it where the component does not.
func (r *registration) helmValues(serviceAccount, pods pulumi.StringMapOutput) pulumi.StringOutput {
	return pulumi.All(serviceAccount, pods, orFalse(r.account.AutomountServiceAccountToken)).ApplyT(func(values []any) (string, error) {
		account := map[string]any{
			"create": slices.ContainsFunc(r.federations, func(f federation) bool {
				return !f.noAccount() && (f.mode == ExistingServiceAccount || f.mode == AnnotateServiceAccount)
			}),
			"automount":   values[2],
			"annotations": values[0],
		}
		if names := r.accounts(); len(names) == 1 {
			account["name"] = names[0]
		}
		text, err := yaml.Marshal(map[string]any{
			"serviceAccount": account, "podLabels": podtemplate.Labels(), "podAnnotations": values[1],
		})
		if err != nil {
			return "", fmt.Errorf("writing Helm values: %w", err)
		}
		return string(text), nil
	}).(pulumi.StringOutput)
}
