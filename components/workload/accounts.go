package workload

import (
	"cmp"
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

// ServiceAccountMode determines who owns a service account. A change of the mode updates the
// account in place, except the change from CreateServiceAccount to ExistingServiceAccount, which
// deletes the account.
type ServiceAccountMode string

// The modes of service accounts.
const (
	// CreateServiceAccount creates the service account, with its annotations, and deletes it on
	// destroy. The default. The component owns the whole account: an update removes what others
	// have added with kubectl.
	CreateServiceAccount ServiceAccountMode = "create"
	// AdoptServiceAccount takes over an account that exists: labels and annotations of the
	// component are set, also where another field manager has set them, its other content stays,
	// and destroy leaves the account behind with all that is on it. One that does not exist is
	// made.
	AdoptServiceAccount ServiceAccountMode = "adopt"
	// AnnotateServiceAccount sets labels and annotations on an account that others own, and removes
	// them on destroy. If another field manager has set one of them to another value, the update
	// fails and leaves the account as it is. Name in Target.After what creates the account: one
	// that does not exist yet is created, without other content.
	AnnotateServiceAccount ServiceAccountMode = "annotate"
	// ExistingServiceAccount does not touch the service account, which others own, such as the
	// team's Helm chart; the outputs HelmValues and ServiceAccountAnnotations have what it needs.
	ExistingServiceAccount ServiceAccountMode = "existing"
)

var _ = arguments.Enum(CreateServiceAccount, AdoptServiceAccount, AnnotateServiceAccount, ExistingServiceAccount)

// ServiceAccountArgs has the settings that a workload's service accounts share.
type ServiceAccountArgs struct {
	// Name of the service account: an RFC 1123 subdomain of at most 253 characters. Default: the
	// component's name.
	Name string `pulumi:"name,optional"`
	// Namespace of the service account: an RFC 1123 label of at most 63 characters. Required,
	// unless every federation names its own.
	Namespace string `pulumi:"namespace,optional"`
	// Mode is CreateServiceAccount (the default), AdoptServiceAccount, AnnotateServiceAccount or
	// ExistingServiceAccount.
	Mode ServiceAccountMode `pulumi:"mode,optional"`
	// CreateNamespace creates the namespaces with the component, and deletes them on destroy with
	// all that is in them. Default: false, the namespaces exist; in a stack file true, where the
	// stack creates a namespace once for all workloads in it.
	CreateNamespace bool `pulumi:"createNamespace,optional"`
	// NamespaceLabels are put on the namespaces that the component creates, such as
	// pod-security.kubernetes.io/enforce. Default: none.
	NamespaceLabels pulumi.StringMapInput `pulumi:"namespaceLabels,optional"`
	// AllowDefault permits the service account "default". Every pod that names no service account
	// uses it, and would get the identity. Default: false, it is refused.
	AllowDefault bool `pulumi:"allowDefault,optional"`

	// TokenExpirationSeconds is the lifetime of the pods' projected token, 3600 to 86400 seconds.
	// Default: no annotation, and so the webhook's 3600.
	TokenExpirationSeconds pulumi.IntPtrInput `pulumi:"tokenExpirationSeconds,optional" min:"3600" max:"86400" unit:"seconds"`
	// AnnotateTenant writes the tenant-id annotation even where the identity's tenant is the
	// webhook's. Default: false.
	AnnotateTenant pulumi.BoolPtrInput `pulumi:"annotateTenant,optional"`
	// AutomountServiceAccountToken gives pods the token of the Kubernetes API as well. The webhook
	// does not need it. Default: false. It is written to accounts that the component creates;
	// adopted and annotated ones keep their own setting, because running pods may rely on it.
	AutomountServiceAccountToken pulumi.BoolPtrInput `pulumi:"automountServiceAccountToken,optional"`
	// Labels are added to the service accounts that the component creates, adopts or annotates. The
	// label azure.workload.identity/use is refused: it belongs on the pod template. Default: none.
	Labels pulumi.StringMapInput `pulumi:"labels,optional"`
	// Annotations are added to the service accounts that the component creates, adopts or
	// annotates. Keys of azure.workload.identity/ are the component's own, and refused where they
	// are known at construction. Default: none.
	Annotations pulumi.StringMapInput `pulumi:"annotations,optional"`
}

// account returns the settings of the service accounts of a workload of that name, the defaults
// filled in.
func (args *FederatedWorkloadArgs) account(name string) ServiceAccountArgs {
	var a ServiceAccountArgs
	if args.ServiceAccount != nil {
		a = *args.ServiceAccount
	}
	a.Name = cmp.Or(a.Name, name)
	a.Mode = cmp.Or(a.Mode, CreateServiceAccount)
	return a
}

// checkServiceAccount records what is wrong with the settings that all service accounts of a
// workload of that name share.
func (args *FederatedWorkloadArgs) checkServiceAccount(l *problem.List, name string) {
	a := args.account(name)
	used := len(args.Federations) == 0 && a.Namespace != "" ||
		slices.ContainsFunc(args.Federations, func(f FederationArgs) bool { return f.ServiceAccount == "" && f.Subject == "" })
	given := args.ServiceAccount != nil && args.ServiceAccount.Name != ""
	err := kube.ValidateServiceAccount(a.Name)
	switch {
	case err != nil && given:
		l.AddError("serviceAccount.name", err)
	case err != nil && used:
		l.Add("serviceAccount.name", fmt.Sprintf("the workload's name %q, which is its default, is not the name of a service account", name),
			"give it a name of lower-case letters, digits and hyphens")
	case used:
		a.checkDefault(l, "serviceAccount.name", a.Name, a.Namespace)
	}
	switch {
	case a.Namespace != "":
		l.AddError("serviceAccount.namespace", kube.ValidateNamespace(a.Namespace))
	case len(args.Federations) == 0 && len(args.Targets) > 0:
		l.Add("serviceAccount.namespace", "a namespace is required", "name that of the workload's pods, or list federations")
	}
	if len(args.Federations) == 0 && a.Namespace != "" && len(args.Targets) == 0 {
		l.Add("targets", "a target is required for the service account", "add its cluster, or list federations with an issuer")
	}
	if seconds, ok := known.Int(a.TokenExpirationSeconds); ok {
		l.AddError("serviceAccount.tokenExpirationSeconds", azwi.ValidateTokenExpiration(seconds))
	}
	a.checkMetadata(l)
}

// checkDefault records the use of the service account "default".
func (a *ServiceAccountArgs) checkDefault(l *problem.List, path problem.Path, name, namespace string) {
	if name == "default" && !a.AllowDefault {
		l.Add(path, fmt.Sprintf("\"default\" is the service account of every pod in %s that names none, and would give them all the identity", cmp.Or(namespace, "the namespace")),
			"use another one, or set serviceAccount.allowDefault")
	}
}

// checkMetadata records labels and annotations that Kubernetes or the component refuses.
func (a *ServiceAccountArgs) checkMetadata(l *problem.List) {
	const labels, annotations problem.Path = "serviceAccount.labels", "serviceAccount.annotations"
	metadata.Annotations(l, annotations, a.Annotations)
	metadata.Each(annotations, a.Annotations, func(at problem.Path, key string, _ pulumi.StringInput) {
		if strings.HasPrefix(key, azwi.KeyPrefix) {
			l.Add(at, fmt.Sprintf("the component writes %s annotations itself", azwi.KeyPrefix), "use its arguments")
		}
	})
	metadata.Labels(l, labels, a.Labels)
	metadata.Labels(l, "serviceAccount.namespaceLabels", a.NamespaceLabels)
	metadata.Each(labels, a.Labels, func(at problem.Path, key string, _ pulumi.StringInput) {
		if key == azwi.LabelUse {
			l.Add(at, "on a service account the label has no effect", "it belongs on the pod template, which PodTemplate and the podLabels output see to")
		}
	})
}

// registerAccounts registers the namespaces and service accounts of all federations, enabled or
// not. It returns the service accounts.
func (r *registration) registerAccounts(annotations func(*Target) pulumi.StringMapInput) ([]pulumi.Resource, error) {
	namespaces, err := r.registerNamespaces()
	if err != nil {
		return nil, err
	}
	var accounts []pulumi.Resource
	for i := range r.federations {
		f := &r.federations[i]
		if f.mode == ExistingServiceAccount {
			continue
		}
		opts := f.target.options(r.component)
		if ns, ok := namespaces[f.namespaceChild()]; ok {
			opts = append(opts, pulumi.DependsOn([]pulumi.Resource{ns}))
		}
		account, err := r.registerAccount(f, annotations(f.target), opts)
		if err != nil {
			return nil, fmt.Errorf("registering service account %s/%s of workload %q: %w", f.namespace, f.serviceAccount, r.name, err)
		}
		accounts = append(accounts, account)
	}
	return accounts, nil
}

// registerNamespaces registers every namespace that is to be created, once per cluster, and returns
// them by the namespace's part of their names.
func (r *registration) registerNamespaces() (map[string]pulumi.Resource, error) {
	created := map[string]pulumi.Resource{}
	for i := range r.federations {
		f := &r.federations[i]
		id := f.namespaceChild()
		if _, done := created[id]; done || !f.createNamespace {
			continue
		}
		opts := f.target.options(r.component)
		if previous, ok := r.previousNamespace(f); ok {
			opts = append(opts, pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String(r.name + "-namespace-" + previous)}}))
		}
		ns, err := corev1.NewNamespace(r.ctx, r.name+"-namespace-"+id, &corev1.NamespaceArgs{
			Metadata: &metav1.ObjectMetaArgs{Name: pulumi.StringPtr(f.namespace), Labels: r.account.NamespaceLabels},
		}, opts...)
		if err != nil {
			return nil, fmt.Errorf("registering namespace %q of workload %q: %w", f.namespace, r.name, err)
		}
		created[id] = ns
	}
	return created, nil
}

// Types of a service account in the graph.
const (
	accountType      = "kubernetes:core/v1:ServiceAccount"
	accountPatchType = "kubernetes:core/v1:ServiceAccountPatch"
)

// patchForce makes the Kubernetes provider overwrite a field that another field manager has set to
// another value, instead of failing. Source: Pulumi, "Managing Resources with Server-Side Apply".
const patchForce = "pulumi.com/patchForce"

// registerAccount registers an account in the way of its mode.
//
// An adopted account is a patch too, and not a retained ServiceAccount: when it updates a
// ServiceAccount, the provider first takes over the fields that kubectl has set, and the server
// then removes those that the program does not set, such as imagePullSecrets. A patch owns only the
// fields that it sets. Source: pulumi-kubernetes v4, provider/pkg/await, Update and Deletion.
//
// Each type is an alias of the other, so that another mode updates the account in place; a new URN
// would patch it and then delete it under its old one.
func (r *registration) registerAccount(f *federation, annotations pulumi.StringMapInput, opts []pulumi.ResourceOption) (pulumi.Resource, error) {
	prefix := r.name + "-account-"
	if f.mode == CreateServiceAccount {
		return corev1.NewServiceAccount(r.ctx, prefix+f.child(), &corev1.ServiceAccountArgs{
			Metadata: &metav1.ObjectMetaArgs{
				Name:        pulumi.StringPtr(f.serviceAccount),
				Namespace:   pulumi.StringPtr(f.namespace),
				Labels:      r.account.Labels,
				Annotations: annotations,
			},
			AutomountServiceAccountToken: orFalse(r.account.AutomountServiceAccountToken),
		}, append(opts, f.aliases(prefix, accountPatchType))...)
	}
	if f.mode == AdoptServiceAccount {
		annotations = metadata.Merge(annotations, pulumi.StringMap{patchForce: pulumi.String("true")})
		opts = append(opts, pulumi.RetainOnDelete(true))
	}
	return corev1.NewServiceAccountPatch(r.ctx, prefix+f.child(), &corev1.ServiceAccountPatchArgs{
		Metadata: &metav1.ObjectMetaPatchArgs{
			Name:        pulumi.StringPtr(f.serviceAccount),
			Namespace:   pulumi.StringPtr(f.namespace),
			Labels:      r.account.Labels,
			Annotations: annotations,
		},
	}, append(opts, f.aliases(prefix, accountType))...)
}
