// Package workload has the component FederatedWorkload: an Azure identity, the Kubernetes service
// accounts whose pods may use it, and what it may do in Azure.
package workload

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/outputs"
	"github.com/aks-workload-identity/aks-workload-identity/components/podtemplate"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Type is the component's type token.
const Type = "aks-workload-identity:index:FederatedWorkload"

// FederatedWorkload is an identity without a secret: pods of the federated service accounts
// exchange their Kubernetes token for the identity's.
//
// The caller's Azure providers (azure-native, and azuread for an Application) reach the children by
// the option Provider or Providers; the Kubernetes provider belongs to a target, because every
// target is another cluster.
type FederatedWorkload struct {
	pulumi.ResourceState

	// Ready are the resources that a pod of the workload needs: the credentials, the service
	// accounts and the role assignments. Depend on them, and not on the component: while its
	// children register, the Go SDK may treat it as one without children (see
	// webhook.WebhookRelease). Go only.
	Ready []pulumi.Resource

	// ClientId is the identity's client id (an application's appId), the value of the client-id
	// annotation.
	ClientId pulumi.StringOutput `pulumi:"clientId"`
	// PrincipalId is the object id of the identity's service principal, the principal of role
	// assignments.
	PrincipalId pulumi.StringOutput `pulumi:"principalId"`
	// TenantId is the identity's tenant.
	TenantId pulumi.StringOutput `pulumi:"tenantId"`
	// IdentityId is the resource id of the user-assigned identity, or the id "/applications/<object
	// id>" of the Entra application.
	IdentityId pulumi.StringOutput `pulumi:"identityId"`
	// IdentityKind is "userAssigned" or "application".
	IdentityKind pulumi.StringOutput `pulumi:"identityKind"`
	// Subjects are the subjects of the enabled federations, in the order of Federations.
	Subjects pulumi.StringArrayOutput `pulumi:"subjects"`
	// CredentialIds are the ids of the federated identity credentials, one for each enabled
	// federation, in the order of Federations.
	CredentialIds pulumi.StringArrayOutput `pulumi:"credentialIds"`
	// Federations describes each enabled federation: key, namespace, serviceAccount (both empty for
	// one with a Subject), issuer, subject, audience, credentialId. The order is that of the
	// arguments; a federation with several targets is there once for each, in their order.
	Federations pulumi.MapArrayOutput `pulumi:"federations"`
	// ServiceAccountNames are the service accounts of all federations, enabled or not, each
	// "namespace/name", in the same order.
	ServiceAccountNames pulumi.StringArrayOutput `pulumi:"serviceAccountNames"`
	// RoleAssignmentIds are the ids of the role assignments, in the order of the grants.
	RoleAssignmentIds pulumi.StringArrayOutput `pulumi:"roleAssignmentIds"`
	// SqlScripts are the T-SQL scripts of SqlUsers, by key: each creates the identity's user in one
	// database, and may run again. The client id in them is not a secret.
	SqlScripts pulumi.StringMapOutput `pulumi:"sqlScripts"`
	// ServiceAccountAnnotations are the annotations that a service account needs.
	ServiceAccountAnnotations pulumi.StringMapOutput `pulumi:"serviceAccountAnnotations"`
	// PodLabels are the labels that a pod template needs.
	PodLabels pulumi.StringMapOutput `pulumi:"podLabels"`
	// PodAnnotations are the annotations that a pod template should have: a hash of what the
	// webhook injects, so that pods restart when it changes.
	PodAnnotations pulumi.StringMapOutput `pulumi:"podAnnotations"`
	// HelmValues has values for a chart as YAML, in the form of "helm create": serviceAccount,
	// podLabels and podAnnotations.
	HelmValues pulumi.StringOutput `pulumi:"helmValues"`

	// accounts are the names of the service accounts of all federations, for PodTemplate.
	accounts []string
}

// NewFederatedWorkload registers a FederatedWorkload. Its children's names are part of the
// contract:
//
//	<name>-identity, or <name>-application and <name>-principal
//	<name>-credential-<key>.<namespace>.<service account>, or with a subject <name>-credential-<key>
//	<name>-namespace-<key>.<namespace>
//	<name>-account-<key>.<namespace>.<service account> (unless its mode is existing)
//	<name>-grant-<scope key>.<role>
//	<name>-role-<scope key>.<role>, the definition of a custom role
//	<name>-vaultpolicy-<key>
//	<name>-sqladmin
//
// Before it registers anything, it reports all problems of the arguments in one error, which
// unwraps to *errors.InputPropertiesError.
func NewFederatedWorkload(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs, opts ...pulumi.ResourceOption) (*FederatedWorkload, error) {
	if args == nil {
		args = &FederatedWorkloadArgs{}
	}
	if err := args.Validate(name); err != nil {
		return nil, err
	}

	w := &FederatedWorkload{}
	if err := ctx.RegisterComponentResource(Type, name, w, opts...); err != nil {
		return nil, fmt.Errorf("registering workload %q: %w", name, err)
	}
	r := &registration{ctx: ctx, name: name, args: args, component: w, account: args.account(name), federations: args.federations(name)}
	if err := w.registerChildren(r); err != nil {
		return nil, err
	}
	w.registerOutputs(ctx)
	return w, nil
}

// registration has what the registrations of all children share.
type registration struct {
	ctx         *pulumi.Context
	name        string
	args        *FederatedWorkloadArgs
	component   *FederatedWorkload
	account     ServiceAccountArgs
	federations []federation
}

// registerChildren registers the resources of the component, and sets its outputs.
//
// The identity and its grants do not wait for a cluster. A credential waits for its cluster's
// issuer URL only; a service account waits for its cluster and the identity's client id, not for
// the credential.
func (w *FederatedWorkload) registerChildren(r *registration) error {
	id, err := r.registerIdentity()
	if err != nil {
		return err
	}
	grants, err := r.registerGrants(id)
	if err != nil {
		return err
	}
	policies, err := r.registerVaultPolicies(id)
	if err != nil {
		return err
	}
	admins, err := r.registerSqlServerAdmin(id)
	if err != nil {
		return err
	}
	credentials, err := r.registerCredentials(id)
	if err != nil {
		return err
	}
	annotations := r.annotations(id, r.tenants()...)
	accounts, err := r.registerAccounts(r.accountAnnotations(id))
	if err != nil {
		return err
	}

	w.Ready = slices.Concat(grants.resources, policies, admins, credentials.resources, accounts)
	w.ClientId, w.PrincipalId, w.TenantId = id.clientID, id.principalID, id.tenantID
	w.IdentityId, w.IdentityKind = id.id, pulumi.String(id.kind).ToStringOutput()
	w.Subjects = credentials.subjects.ToStringArrayOutput()
	w.CredentialIds = credentials.ids.ToStringArrayOutput()
	w.Federations = credentials.federations.ToMapArrayOutput()
	w.ServiceAccountNames = r.accountNames().ToStringArrayOutput()
	w.RoleAssignmentIds = grants.ids.ToStringArrayOutput()
	w.SqlScripts = r.sqlScripts(id).ToStringMapOutput()
	w.ServiceAccountAnnotations = annotations.ToStringMapOutput()
	w.PodLabels = pulumi.ToStringMap(podtemplate.Labels()).ToStringMapOutput()
	w.PodAnnotations = r.podAnnotations(w.ServiceAccountAnnotations)
	w.HelmValues = r.helmValues(w.ServiceAccountAnnotations, w.PodAnnotations)
	w.accounts = r.accounts()
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

// place returns the words with which an error names the argument that it is about.
func (r *registration) place(path problem.Path) string {
	return fmt.Sprintf("%s of workload %q", path, r.name)
}

// about returns err with the place of its argument, nil if err is nil.
func (r *registration) about(path problem.Path, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", r.place(path), err)
}

// checked returns an output that fails, once its value is known, if check refuses it.
func (r *registration) checked(path problem.Path, in pulumi.StringOutput, check func(string) error) pulumi.StringOutput {
	return in.ApplyT(func(s string) (string, error) { return s, r.about(path, check(s)) }).(pulumi.StringOutput)
}

// warn logs a warning about the component.
func (r *registration) warn(format string, args ...any) {
	// An error of the engine's log must not fail a deployment.
	_ = r.ctx.Log.Warn(fmt.Sprintf(format, args...), &pulumi.LogArgs{Resource: r.component})
}
