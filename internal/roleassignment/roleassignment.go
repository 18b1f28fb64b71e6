// Package roleassignment registers Azure role assignments, for every component and stack alike.
package roleassignment

import (
	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// conditionVersion is the only version of conditions that Azure accepts. Source:
// learn.microsoft.com, "Azure role assignment condition format and syntax".
const conditionVersion = "2.0"

// Args describes a role assignment.
type Args struct {
	// Scope is the resource id that the role holds on. Required.
	Scope pulumi.StringOutput
	// PrincipalId is the object id of who gets the role. Required.
	PrincipalId pulumi.StringInput
	// PrincipalType is User, Group or ServicePrincipal. Default: ServicePrincipal. Azure looks up a
	// principal whose type is missing, and answers PrincipalNotFound while a new one is still being
	// replicated.
	PrincipalType string
	// RoleGuid is the GUID of the role's definition. Required.
	RoleGuid pulumi.StringInput
	// SubscriptionId is the subscription in which the role's definition is named. Default: that of
	// the scope, the form in which Azure returns the id, so that a refresh finds no difference.
	SubscriptionId pulumi.StringPtrInput
	// Condition limits the role, in the language of Azure's attribute-based access control, version
	// 2.0. Default: none.
	Condition pulumi.StringPtrInput
	// Description of the assignment. Default: none.
	Description pulumi.StringPtrInput
}

// New registers a role assignment. Its name is computed from scope, principal and role, because
// Azure permits only one assignment of the three (409 RoleAssignmentExists).
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*authorization.RoleAssignment, error) {
	principalType := args.PrincipalType
	if principalType == "" {
		principalType = "ServicePrincipal"
	}
	in := &authorization.RoleAssignmentArgs{
		RoleAssignmentName: pulumi.All(args.Scope, args.PrincipalId, args.RoleGuid).ApplyT(func(values []any) string {
			return azure.RoleAssignmentName(values[0].(string), values[1].(string), values[2].(string))
		}).(pulumi.StringOutput),
		Scope:            args.Scope,
		PrincipalId:      args.PrincipalId,
		PrincipalType:    pulumi.String(principalType),
		RoleDefinitionId: args.definitionID(),
		Condition:        args.Condition,
		Description:      args.Description,
	}
	if args.Condition != nil {
		in.ConditionVersion = pulumi.StringPtr(conditionVersion)
	}
	return authorization.NewRoleAssignment(ctx, name, in, opts...)
}

func (args *Args) definitionID() pulumi.StringOutput {
	subscription := args.Scope.ApplyT(azure.SubscriptionOf).(pulumi.StringOutput)
	if args.SubscriptionId != nil {
		subscription = args.SubscriptionId.ToStringPtrOutput().Elem()
	}
	return pulumi.All(subscription, args.RoleGuid).ApplyT(func(values []any) string {
		return azure.Role{GUID: values[1].(string)}.DefinitionID(values[0].(string))
	}).(pulumi.StringOutput)
}
