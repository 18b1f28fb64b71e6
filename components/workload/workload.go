// Package workload has the component FederatedWorkload: an Azure identity, the
// service accounts that may use it, and what it may do.
package workload

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token.
const Type = "aks-workload-identity:index:FederatedWorkload"

// FederatedWorkload is an identity without a secret: pods of the federated
// service accounts exchange their Kubernetes token for the identity's.
//
// The caller's Azure providers (azure-native, and azuread for an Application)
// reach the children by the option Provider or Providers; the Kubernetes
// provider belongs to a federation, because every federation may name another
// cluster.
type FederatedWorkload struct {
	pulumi.ResourceState

	// Ready are the resources that a pod of the workload needs: the credentials, the
	// service accounts and the role assignments. Depend on them, and not on the
	// component, which the Go SDK may take for empty while its children register
	// (see webhook.WebhookRelease). Go only.
	Ready []pulumi.Resource

	// ClientId is the identity's client id (an application's appId), the value of
	// the client-id annotation.
	ClientId pulumi.StringOutput `pulumi:"clientId"`
	// PrincipalId is the object id of the identity's service principal, the
	// principal of role assignments.
	PrincipalId pulumi.StringOutput `pulumi:"principalId"`
	// TenantId is the identity's tenant.
	TenantId pulumi.StringOutput `pulumi:"tenantId"`
	// IdentityId is the resource id of the user-assigned identity, or the id
	// "/applications/<object id>" of the Entra application.
	IdentityId pulumi.StringOutput `pulumi:"identityId"`
	// IdentityKind is "userAssigned" or "application".
	IdentityKind pulumi.StringOutput `pulumi:"identityKind"`
	// Subjects are the subjects of the enabled federations, in their order.
	Subjects pulumi.StringArrayOutput `pulumi:"subjects"`
	// CredentialIds are the ids of the federated identity credentials, one for
	// each enabled federation, in their order.
	CredentialIds pulumi.StringArrayOutput `pulumi:"credentialIds"`
	// Federations describes each enabled federation, in their order: key,
	// namespace, serviceAccount, issuer, subject, audience, credentialId.
	Federations pulumi.MapArrayOutput `pulumi:"federations"`
	// ServiceAccountNames are the service accounts of all federations, enabled or
	// not, each "namespace/name", in their order.
	ServiceAccountNames pulumi.StringArrayOutput `pulumi:"serviceAccountNames"`
	// RoleAssignmentIds are the ids of the role assignments, in the order of the
	// grants.
	RoleAssignmentIds pulumi.StringArrayOutput `pulumi:"roleAssignmentIds"`
	// SqlScripts are the T-SQL scripts of SqlUsers, by key: each lets the identity
	// into one database, and may run again. The client id in them is no secret.
	SqlScripts pulumi.StringMapOutput `pulumi:"sqlScripts"`
	// ServiceAccountAnnotations are the annotations that a service account needs.
	ServiceAccountAnnotations pulumi.StringMapOutput `pulumi:"serviceAccountAnnotations"`
	// PodLabels are the labels that a pod template needs.
	PodLabels pulumi.StringMapOutput `pulumi:"podLabels"`
	// PodAnnotations are the annotations that a pod template should have: a hash of
	// what the webhook injects, so that pods restart when it changes.
	PodAnnotations pulumi.StringMapOutput `pulumi:"podAnnotations"`
	// HelmValues is a YAML snippet in the form that "helm create" made customary:
	// serviceAccount, podLabels and podAnnotations.
	HelmValues pulumi.StringOutput `pulumi:"helmValues"`

	// accounts are the names of the service accounts of all federations, for
	// PodTemplate.
	accounts []string
}

// NewFederatedWorkload registers a FederatedWorkload. Its children's names are
// part of the contract:
//
//	<name>-identity, or <name>-application and <name>-principal
//	<name>-credential-<key>.<namespace>.<service account>
//	<name>-namespace-<key>.<namespace>
//	<name>-account-<key>.<namespace>.<service account> (unless it is left to others)
//	<name>-grant-<scope key>.<role>
//	<name>-role-<scope key>.<role>, the definition of a custom role
//	<name>-vaultpolicy-<key>
//	<name>-sqladmin
//
// Bad arguments are reported all at once, before anything is registered, as an
// error that unwraps to *errors.InputPropertiesError.
func NewFederatedWorkload(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs, opts ...pulumi.ResourceOption) (*FederatedWorkload, error) {
	if args == nil {
		args = &FederatedWorkloadArgs{}
	}
	if err := args.Validate(name); err != nil {
		return nil, err
	}

	w := &FederatedWorkload{accounts: args.accounts()}
	if err := ctx.RegisterComponentResource(Type, name, w, opts...); err != nil {
		return nil, fmt.Errorf("registering workload %q: %w", name, err)
	}
	if err := w.registerChildren(ctx, name, args); err != nil {
		return nil, err
	}
	w.registerOutputs(ctx)
	return w, nil
}
