package workload

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Cluster is what NewTarget needs of a cluster. *cluster.Cluster has it, whether NewCluster created
// it or LookupCluster found it.
type Cluster interface {
	// Issuer returns the URL of the cluster's OIDC issuer.
	Issuer() pulumi.StringOutput
	// KubernetesProvider returns the provider that reaches the cluster.
	KubernetesProvider() pulumi.ProviderResource
	// DeletedWith returns the resource whose deletion deletes everything in the cluster, or nil.
	DeletedWith() pulumi.Resource
}

// Target is a cluster whose service accounts use an identity.
type Target struct {
	// Key names the cluster for the life of its federations: 1 to 63 letters, digits, hyphens and
	// underscores. It is part of the credentials' names and of URNs, so it must not change when the
	// cluster is replaced. Required. To change it, name the old key in the federations'
	// RenamedFrom.
	Key string `pulumi:"key"`
	// Issuer is the cluster's OIDC issuer URL, byte for byte, with AKS's trailing slash. Required.
	Issuer pulumi.StringInput `pulumi:"issuer"`
	// TenantId is the tenant that this cluster's webhook injects by default, a GUID. Where the
	// identity's tenant differs, the service accounts in this cluster get the tenant-id annotation.
	// Default: the workload's TenantId.
	TenantId pulumi.StringPtrInput `pulumi:"tenantId,optional"`

	// KubernetesProvider reaches the cluster. Required, unless nothing is created in the cluster:
	// all service accounts are of mode ExistingServiceAccount, and no namespace is created. Go
	// only: provider objects do not cross languages.
	KubernetesProvider pulumi.ProviderResource
	// After are resources that the objects in the cluster wait for, such as the webhook, or a
	// namespace that the same program creates. The identity, its credentials and its grants do not
	// wait. Go only.
	After []pulumi.Resource
	// DeletedWith is the resource whose deletion deletes the cluster's objects too, such as the
	// managed cluster: they are then not deleted one by one. Go only.
	DeletedWith pulumi.Resource
}

// NewTarget returns the target for a cluster of the same program. The key names the cluster, and
// must not change when the cluster is replaced. What the component creates in the cluster waits for
// after, such as the webhook's release.
func NewTarget(key string, cluster Cluster, after ...pulumi.Resource) Target {
	return Target{
		Key:                key,
		Issuer:             cluster.Issuer(),
		KubernetesProvider: cluster.KubernetesProvider(),
		After:              after,
		DeletedWith:        cluster.DeletedWith(),
	}
}

// checkTargets records what is wrong with the targets of a workload of that name.
func (args *FederatedWorkloadArgs) checkTargets(l *problem.List, name string) {
	var keys repeats
	federations := args.federations(name)
	for i := range args.Targets {
		t, path := &args.Targets[i], problem.Path("targets").Index(i)
		t.check(l, path)
		if j, repeated := keys.earlier(t.Key, i); repeated && t.Key != "" {
			l.Add(path+".key", fmt.Sprintf("targets[%d] has the key %q already", j, t.Key), "a key names one cluster")
		}
		creates := slices.ContainsFunc(federations, func(f federation) bool { return f.target == t && f.inCluster() })
		if creates && absent(t.KubernetesProvider) {
			l.Add(path+".kubernetesProvider", "a Kubernetes provider is required to create or change the service account or namespace",
				fmt.Sprintf("pass the cluster's, or set the service account's mode to %q and createNamespace to false", ExistingServiceAccount))
		}
	}
}

// check records what is wrong with a target by itself.
func (t *Target) check(l *problem.List, path problem.Path) {
	if t.Key == "" {
		l.Add(path+".key", "a short name of the cluster is required", "it names the credential for the life of the cluster")
	} else {
		l.AddError(path+".key", azure.ValidateKey(t.Key))
	}
	if t.Issuer == nil {
		l.Add(path+".issuer", "an issuer is required", "pass the cluster's issuerUrl output")
	}
	if issuer, ok := known.String(t.Issuer); ok {
		l.AddError(path+".issuer", azure.ValidateIssuer(issuer))
	}
	if id, ok := known.String(t.TenantId); ok && !azure.IsGUID(id) {
		l.Add(path+".tenantId", fmt.Sprintf("%q is not a tenant", id), "use the directory's GUID, not its domain")
	}
	for i, r := range t.After {
		if absent(r) {
			l.Add(path.Field("after").Index(i), "there is no resource to wait for", "leave it out")
		}
	}
}

// options returns the options that place a child in the target's cluster.
func (t *Target) options(parent pulumi.Resource) []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.Parent(parent), pulumi.Provider(t.KubernetesProvider)}
	if len(t.After) > 0 {
		opts = append(opts, pulumi.DependsOn(t.After))
	}
	if !absent(t.DeletedWith) {
		opts = append(opts, pulumi.DeletedWith(t.DeletedWith))
	}
	return opts
}

// absent reports whether the interface is nil or holds a nil pointer, as it does for the managed
// cluster of a cluster that was looked up.
func absent(r pulumi.Resource) bool {
	if r == nil {
		return true
	}
	v := reflect.ValueOf(r)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
