package workload

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/outputs"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// registerChildren registers the resources of the component.
//
// What does not need a cluster does not wait for one: the identity and its
// grants start at once, a credential waits for its cluster's issuer URL only, a
// service account for its cluster and the identity's client id, not for the
// credential.
func (w *FederatedWorkload) registerChildren(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs) error {
	federate, err := w.registerIdentity(ctx, name, args)
	if err != nil {
		return err
	}
	if err := w.registerGrants(ctx, name, args); err != nil {
		return err
	}
	if err := w.registerCredentials(ctx, name, args, federate); err != nil {
		return err
	}

	annotations := w.annotations(args)
	w.ServiceAccountAnnotations = annotations.ToStringMapOutput()
	w.PodAnnotations = w.podAnnotations(args)
	if err := w.registerAccounts(ctx, name, args, withUser(annotations, args.Annotations)); err != nil {
		return err
	}
	w.PodLabels = pulumi.ToStringMap(podLabels()).ToStringMapOutput()
	w.HelmValues = w.helmValues(args)
	return nil
}

// registerOutputs registers every output of the component once.
func (w *FederatedWorkload) registerOutputs(ctx *pulumi.Context) {
	outputs.Register(ctx, w, pulumi.Map{
		"clientId":                  w.ClientId,
		"principalId":               w.PrincipalId,
		"tenantId":                  w.TenantId,
		"identityId":                w.IdentityId,
		"identityKind":              w.IdentityKind,
		"subjects":                  w.Subjects,
		"credentialIds":             w.CredentialIds,
		"federations":               w.Federations,
		"serviceAccountNames":       w.ServiceAccountNames,
		"roleAssignmentIds":         w.RoleAssignmentIds,
		"sqlScripts":                w.SqlScripts,
		"serviceAccountAnnotations": w.ServiceAccountAnnotations,
		"podLabels":                 w.PodLabels,
		"podAnnotations":            w.PodAnnotations,
		"helmValues":                w.HelmValues,
	})
}

// kind is the identity's kind, the default filled in.
func (args *FederatedWorkloadArgs) kind() IdentityKind {
	if args.IdentityKind == "" {
		return UserAssigned
	}
	return args.IdentityKind
}

// audience is the federation's own audience, or the cloud's.
func (args *FederatedWorkloadArgs) audience(f *FederationArgs) string {
	if f.Audience != "" {
		return f.Audience
	}
	return args.cloud().Audience()
}

// cloud is the Azure cloud, the default filled in; Validate has refused unknown
// ones.
func (args *FederatedWorkloadArgs) cloud() azure.Cloud {
	cloud, err := azure.ParseCloud(args.Cloud)
	if err != nil {
		return azure.PublicCloud
	}
	return cloud
}

func (f *FederationArgs) enabled() bool { return f.Enabled == nil || *f.Enabled }

// mode is the service account's mode, the default filled in.
func (f *FederationArgs) mode() ServiceAccountMode {
	if f.ServiceAccountMode == "" {
		return CreateServiceAccount
	}
	return f.ServiceAccountMode
}

// inCluster reports whether the component puts anything into the cluster.
func (f *FederationArgs) inCluster() bool {
	return f.mode() != ExistingServiceAccount || f.CreateNamespace
}

// id names the federation in its children's names. Keys and namespaces have no
// dots, so that different federations never share a name, although a service
// account's name may have dots.
func (f *FederationArgs) id() string {
	return fmt.Sprintf("%s.%s.%s", f.Key, f.Namespace, f.ServiceAccount)
}
