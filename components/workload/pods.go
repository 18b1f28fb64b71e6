package workload

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"github.com/aks-workload-identity/aks-workload-identity/components/podtemplate"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// PodTemplate returns what podtemplate.New returns for one of the workload's service accounts; another
// one than those of the federations is refused. The template also gets the annotation
// azwi.AnnotationInjection, a hash of what the webhook injects: pods do not notice another client id,
// tenant, token expiration or cloud, but a template that changes restarts them.
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
	list := make([]string, len(r.federations))
	for i := range r.federations {
		list[i] = r.federations[i].serviceAccount
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// accountNames returns the service accounts of all federations, each "namespace/name".
func (r *registration) accountNames() pulumi.StringArray {
	list := pulumi.StringArray{}
	for i := range r.federations {
		list = append(list, pulumi.String(r.federations[i].namespace+"/"+r.federations[i].serviceAccount))
	}
	return list
}

// annotations returns what the webhook reads from a service account.
//
// They stay separate values as long as the set of keys is known, so that a preview shows those that it
// knows. Where an output decides about a key, or the comparison of tenants, they all wait for it.
func (r *registration) annotations(id *identity) pulumi.StringMapInput {
	a := &r.account
	all := pulumi.StringMap{azwi.AnnotationClientID: id.clientID}
	seconds, secondsKnown := known.Int(a.TokenExpirationSeconds)
	if secondsKnown {
		all[azwi.AnnotationTokenExpiration] = pulumi.String(strconv.Itoa(seconds))
	}
	annotate, annotateKnown := known.Bool(a.AnnotateTenant)
	if annotate {
		all[azwi.AnnotationTenantID] = id.tenantID.ApplyT(checkedTenant).(pulumi.StringOutput)
	}
	secondsLater := a.TokenExpirationSeconds != nil && !secondsKnown
	annotateLater := a.AnnotateTenant != nil && !annotateKnown
	compare := r.args.TenantId != nil && !annotate
	if !secondsLater && !annotateLater && !compare {
		return all
	}
	webhookTenant, later := id.tenantID, pulumi.Int(0).ToIntOutput()
	if r.args.TenantId != nil {
		webhookTenant = r.args.TenantId.ToStringPtrOutput().Elem()
	}
	if secondsLater {
		later = a.TokenExpirationSeconds.ToIntPtrOutput().Elem()
	}
	return pulumi.All(all, id.tenantID, webhookTenant, later, orFalse(a.AnnotateTenant)).ApplyT(
		func(values []any) (map[string]string, error) {
			resolved := maps.Clone(values[0].(map[string]string))
			if seconds := values[3].(int); seconds != 0 {
				if err := azwi.ValidateTokenExpiration(seconds); err != nil {
					return nil, r.about("serviceAccount.tokenExpirationSeconds", err)
				}
				resolved[azwi.AnnotationTokenExpiration] = strconv.Itoa(seconds)
			}
			own := values[1].(string)
			if strings.EqualFold(own, values[2].(string)) && !values[4].(bool) {
				return resolved, nil
			}
			tenant, err := checkedTenant(own)
			resolved[azwi.AnnotationTenantID] = tenant
			return resolved, err
		}).(pulumi.StringMapOutput)
}

// checkedTenant keeps an empty tenant out of the annotation, whose mere presence makes the webhook
// take AZURE_TENANT_ID out of the pods.
func checkedTenant(tenant string) (string, error) {
	if tenant == "" {
		return "", problem.New("the identity has no tenant id, and an empty tenant-id annotation would take AZURE_TENANT_ID out of every pod", "leave out tenantId and serviceAccount.annotateTenant")
	}
	return tenant, nil
}

// orFalse returns a setting that is false by default.
func orFalse(in pulumi.BoolPtrInput) pulumi.BoolOutput {
	if in == nil {
		return pulumi.Bool(false).ToBoolOutput()
	}
	return in.ToBoolPtrOutput().Elem()
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

// helmValues returns the snippet for a chart in the customary form. It names the service account if
// all federations share one, and lets the chart create it where the component does not.
func (r *registration) helmValues(serviceAccount, pods pulumi.StringMapOutput) pulumi.StringOutput {
	return pulumi.All(serviceAccount, pods, orFalse(r.account.AutomountServiceAccountToken)).ApplyT(func(values []any) (string, error) {
		account := map[string]any{
			"create": slices.ContainsFunc(r.federations, func(f federation) bool {
				return f.mode == ExistingServiceAccount || f.mode == AnnotateServiceAccount
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
