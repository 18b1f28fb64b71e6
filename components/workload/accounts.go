package workload

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names"
)

// podLabels are the labels that a pod template needs.
func podLabels() map[string]string {
	return map[string]string{names.LabelUse: names.LabelUseValue}
}

// annotations are what the webhook reads from a service account.
//
// They stay separate values as long as the set of keys is known, so that a
// preview shows those that it knows. Only the comparison of tenants decides about
// a key, and then they all wait for it.
func (w *FederatedWorkload) annotations(args *FederatedWorkloadArgs) pulumi.StringMapInput {
	annotations := pulumi.StringMap{names.AnnotationClientID: w.ClientId}
	if args.TokenExpirationSeconds != nil {
		annotations[names.AnnotationTokenExpiration] = pulumi.String(strconv.Itoa(*args.TokenExpirationSeconds))
	}
	if args.AnnotateTenant {
		annotations[names.AnnotationTenantID] = w.TenantId
		return annotations
	}
	if args.TenantId == nil {
		return annotations
	}
	return pulumi.All(annotations, w.TenantId, args.TenantId.ToStringPtrOutput().Elem()).ApplyT(
		func(values []any) map[string]string {
			plain := maps.Clone(values[0].(map[string]string))
			own, webhook := values[1].(string), values[2].(string)
			if !strings.EqualFold(own, webhook) {
				plain[names.AnnotationTenantID] = own
			}
			return plain
		}).(pulumi.StringMapOutput)
}

// withUser adds the user's annotations to the component's own, which win.
func withUser(own, user pulumi.StringMapInput) pulumi.StringMapInput {
	if user == nil {
		return own
	}
	below, userKnown := user.(pulumi.StringMap)
	above, ownKnown := own.(pulumi.StringMap)
	if userKnown && ownKnown {
		merged := maps.Clone(below)
		maps.Copy(merged, above)
		return merged
	}
	return pulumi.All(user, own).ApplyT(func(values []any) map[string]string {
		merged := maps.Clone(values[0].(map[string]string))
		maps.Copy(merged, values[1].(map[string]string))
		return merged
	}).(pulumi.StringMapOutput)
}

// registerAccounts registers the namespaces and service accounts of all
// federations, enabled or not.
func (w *FederatedWorkload) registerAccounts(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs, annotations pulumi.StringMapInput) error {
	namespaces, err := w.registerNamespaces(ctx, name, args)
	if err != nil {
		return err
	}
	all := pulumi.StringArray{}
	for i := range args.Federations {
		f := &args.Federations[i]
		all = append(all, pulumi.String(f.Namespace+"/"+f.ServiceAccount))
		if !f.createsAccount() {
			continue
		}
		opts := f.options(w)
		if ns, ok := namespaces[f.namespaceID()]; ok {
			opts = append(opts, pulumi.DependsOn([]pulumi.Resource{ns}))
		}
		account, err := corev1.NewServiceAccount(ctx, name+"-account-"+f.id(), &corev1.ServiceAccountArgs{
			Metadata: &metav1.ObjectMetaArgs{
				Name:        pulumi.StringPtr(f.ServiceAccount),
				Namespace:   pulumi.StringPtr(f.Namespace),
				Labels:      args.Labels,
				Annotations: annotations,
			},
			AutomountServiceAccountToken: pulumi.BoolPtr(args.AutomountServiceAccountToken),
		}, opts...)
		if err != nil {
			return fmt.Errorf("registering service account %s/%s of workload %q: %w", f.Namespace, f.ServiceAccount, name, err)
		}
		w.Ready = append(w.Ready, account)
	}
	w.ServiceAccountNames = all.ToStringArrayOutput()
	return nil
}

// registerNamespaces registers every namespace that is to be created, once per
// cluster.
func (w *FederatedWorkload) registerNamespaces(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs) (map[string]pulumi.Resource, error) {
	created := map[string]pulumi.Resource{}
	for i := range args.Federations {
		f := &args.Federations[i]
		id := f.namespaceID()
		if _, done := created[id]; done || !f.CreateNamespace {
			continue
		}
		ns, err := corev1.NewNamespace(ctx, name+"-namespace-"+id, &corev1.NamespaceArgs{
			Metadata: &metav1.ObjectMetaArgs{Name: pulumi.StringPtr(f.Namespace)},
		}, f.options(w)...)
		if err != nil {
			return nil, fmt.Errorf("registering namespace %q of workload %q: %w", f.Namespace, name, err)
		}
		created[id] = ns
	}
	return created, nil
}

func (f *FederationArgs) namespaceID() string { return f.Key + "." + f.Namespace }

// options place a child in the federation's cluster.
func (f *FederationArgs) options(parent pulumi.Resource) []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.Parent(parent), pulumi.Provider(f.KubernetesProvider)}
	if len(f.After) > 0 {
		opts = append(opts, pulumi.DependsOn(f.After))
	}
	if f.DeletedWith != nil {
		opts = append(opts, pulumi.DeletedWith(f.DeletedWith))
	}
	return opts
}
