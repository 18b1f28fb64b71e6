package workload

import (
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// podLabels are the labels that a pod template needs.
func podLabels() map[string]string {
	return map[string]string{azwi.LabelUse: azwi.LabelUseValue}
}

// annotations are what the webhook reads from a service account.
//
// They stay separate values as long as the set of keys is known, so that a
// preview shows those that it knows. Only the comparison of tenants decides about
// a key, and then they all wait for it.
func (w *FederatedWorkload) annotations(args *FederatedWorkloadArgs) pulumi.StringMapInput {
	annotations := pulumi.StringMap{azwi.AnnotationClientID: w.ClientId}
	if args.TokenExpirationSeconds != nil {
		annotations[azwi.AnnotationTokenExpiration] = pulumi.String(strconv.Itoa(*args.TokenExpirationSeconds))
	}
	if args.AnnotateTenant {
		annotations[azwi.AnnotationTenantID] = w.TenantId.ApplyT(checkedTenant).(pulumi.StringOutput)
		return annotations
	}
	if args.TenantId == nil {
		return annotations
	}
	return pulumi.All(annotations, w.TenantId, args.TenantId.ToStringPtrOutput().Elem()).ApplyT(
		func(values []any) (map[string]string, error) {
			plain := maps.Clone(values[0].(map[string]string))
			own, webhook := values[1].(string), values[2].(string)
			if strings.EqualFold(own, webhook) {
				return plain, nil
			}
			tenant, err := checkedTenant(own)
			plain[azwi.AnnotationTenantID] = tenant
			return plain, err
		}).(pulumi.StringMapOutput)
}

// checkedTenant keeps an empty tenant out of the annotation, whose mere presence
// makes the webhook take AZURE_TENANT_ID out of the pods.
func checkedTenant(tenant string) (string, error) {
	if tenant == "" {
		return "", problem.New("the identity has no tenant id, and an empty tenant-id annotation would take AZURE_TENANT_ID out of every pod", "leave out tenantId and annotateTenant")
	}
	return tenant, nil
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
		if f.mode() == ExistingServiceAccount {
			continue
		}
		opts := f.options(w)
		if ns, ok := namespaces[f.namespaceID()]; ok {
			opts = append(opts, pulumi.DependsOn([]pulumi.Resource{ns}))
		}
		account, err := registerAccount(ctx, name, args, f, annotations, opts)
		if err != nil {
			return fmt.Errorf("registering service account %s/%s of workload %q: %w", f.Namespace, f.ServiceAccount, name, err)
		}
		w.Ready = append(w.Ready, account)
	}
	w.ServiceAccountNames = all.ToStringArrayOutput()
	return nil
}

// Types of a service account in the graph.
const (
	accountType      = "kubernetes:core/v1:ServiceAccount"
	accountPatchType = "kubernetes:core/v1:ServiceAccountPatch"
)

// patchForce makes the Kubernetes provider apply what another field manager has
// set to something else, instead of failing.
// Source: Pulumi, "Managing Resources with Server-Side Apply".
const patchForce = "pulumi.com/patchForce"

// registerAccount registers an account as its mode wants it.
//
// An adopted account is a patch as well, and not a ServiceAccount that is
// retained: updating a ServiceAccount, the provider first takes over what kubectl
// has set, and the server then removes all of that which the program does not
// name, such as imagePullSecrets. A patch owns what it names and nothing else.
// Source: pulumi-kubernetes v4, provider/pkg/await, Update and Deletion.
//
// Each type is an alias of the other, so that another mode updates the account in
// place; a new URN would patch it and then delete it under its old one.
func registerAccount(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs, f *FederationArgs, annotations pulumi.StringMapInput, opts []pulumi.ResourceOption) (pulumi.Resource, error) {
	prefix := name + "-account-"
	if f.mode() == CreateServiceAccount {
		return corev1.NewServiceAccount(ctx, prefix+f.id(), &corev1.ServiceAccountArgs{
			Metadata: &metav1.ObjectMetaArgs{
				Name:        pulumi.StringPtr(f.ServiceAccount),
				Namespace:   pulumi.StringPtr(f.Namespace),
				Labels:      args.Labels,
				Annotations: annotations,
			},
			AutomountServiceAccountToken: pulumi.BoolPtr(args.AutomountServiceAccountToken),
		}, append(opts, f.aliases(prefix, accountPatchType))...)
	}
	if f.mode() == AdoptServiceAccount {
		annotations = withUser(pulumi.StringMap{patchForce: pulumi.String("true")}, annotations)
		opts = append(opts, pulumi.RetainOnDelete(true))
	}
	return corev1.NewServiceAccountPatch(ctx, prefix+f.id(), &corev1.ServiceAccountPatchArgs{
		Metadata: &metav1.ObjectMetaPatchArgs{
			Name:        pulumi.StringPtr(f.ServiceAccount),
			Namespace:   pulumi.StringPtr(f.Namespace),
			Labels:      args.Labels,
			Annotations: annotations,
		},
	}, append(opts, f.aliases(prefix, accountType))...)
}

// options place a child in the federation's cluster.
func (f *FederationArgs) options(parent pulumi.Resource) []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.Parent(parent), pulumi.Provider(f.KubernetesProvider)}
	if len(f.After) > 0 {
		opts = append(opts, pulumi.DependsOn(f.After))
	}
	if !absent(f.DeletedWith) {
		opts = append(opts, pulumi.DeletedWith(f.DeletedWith))
	}
	return opts
}

// absent reports whether there is no resource, also where a nil pointer hides in
// the interface, as does the managed cluster of a cluster that was looked up.
func absent(r pulumi.Resource) bool {
	if r == nil {
		return true
	}
	v := reflect.ValueOf(r)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
