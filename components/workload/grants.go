package workload

import (
	"fmt"
	"strings"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// conditionVersion is the only version of conditions that Azure accepts.
const conditionVersion = "2.0"

// registerGrants registers everything by which the identity gets rights: a role
// assignment for every grant, access policies, and what SQL needs.
func (w *FederatedWorkload) registerGrants(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs) error {
	ids := pulumi.StringArray{}
	seen := &seenScopes{}
	for i := range args.Grants {
		id, err := w.registerGrant(ctx, name, args, i, seen)
		if err != nil {
			return fmt.Errorf("registering grants[%d] of workload %q: %w", i, name, err)
		}
		ids = append(ids, id)
	}
	w.RoleAssignmentIds = ids.ToStringArrayOutput()
	if err := w.registerVaultPolicies(ctx, name, args); err != nil {
		return err
	}
	return w.registerSql(ctx, name, args)
}

// registerGrant registers the role assignment of one grant, and the definition of
// its custom role.
//
// PrincipalType is always said: without it Azure looks the principal up, and
// answers PrincipalNotFound while a new one is still being replicated (and the
// SDK would fill in "User"). The assignment's name is computed from scope,
// principal and role, because Azure allows the three only once.
func (w *FederatedWorkload) registerGrant(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs, i int, seen *seenScopes) (pulumi.StringOutput, error) {
	g := &args.Grants[i]
	role, path, err := g.granted()
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("%s: %w", path, err)
	}
	child := g.ScopeKey + "." + role.slug()
	scope := w.grantScope(ctx, name, i, g, role, seen)
	guid := pulumi.String(role.role.GUID).ToStringOutput()
	if role.custom != nil {
		definition, err := w.registerRole(ctx, name, child, i, g, role, scope)
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		guid = lastSegment(definition.ID())
	}
	in := &authorization.RoleAssignmentArgs{
		RoleAssignmentName: roleAssignmentName(scope, w.PrincipalId, guid),
		Scope:              scope,
		PrincipalId:        w.PrincipalId,
		PrincipalType:      pulumi.String("ServicePrincipal"),
		RoleDefinitionId:   roleDefinitionID(scope, args.SubscriptionId, guid),
		Condition:          g.Condition,
		Description:        g.Description,
	}
	if g.Condition != nil {
		in.ConditionVersion = pulumi.StringPtr(conditionVersion)
	}
	r, err := authorization.NewRoleAssignment(ctx, name+"-grant-"+child, in, pulumi.Parent(w))
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	w.warnRole(ctx, i, role, g.ScopeKey)
	w.Ready = append(w.Ready, r)
	return r.ID().ToStringOutput(), nil
}

func roleAssignmentName(scope, principalID, guid pulumi.StringOutput) pulumi.StringOutput {
	return pulumi.All(scope, principalID, guid).ApplyT(func(values []any) string {
		return azure.RoleAssignmentName(values[0].(string), values[1].(string), values[2].(string))
	}).(pulumi.StringOutput)
}

// roleDefinitionID is the role's id in the form in which Azure returns it, so
// that a refresh finds no difference: with the subscription of the scope, unless
// the scope has none or the caller names one.
func roleDefinitionID(scope pulumi.StringOutput, subscription pulumi.StringPtrInput, guid pulumi.StringOutput) pulumi.StringOutput {
	of := scope.ApplyT(azure.SubscriptionOf).(pulumi.StringOutput)
	if subscription != nil {
		of = subscription.ToStringPtrOutput().Elem()
	}
	return pulumi.All(of, guid).ApplyT(func(values []any) string {
		return azure.Role{GUID: values[1].(string)}.DefinitionID(values[0].(string))
	}).(pulumi.StringOutput)
}

// lastSegment is the name at the end of a resource id.
func lastSegment(id pulumi.IDOutput) pulumi.StringOutput {
	return id.ApplyT(func(id pulumi.ID) string {
		return string(id)[strings.LastIndex(string(id), "/")+1:]
	}).(pulumi.StringOutput)
}
