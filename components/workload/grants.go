package workload

import (
	"fmt"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names"
)

// conditionVersion is the only version of conditions that Azure accepts.
const conditionVersion = "2.0"

// registerGrants registers a role assignment for every grant.
//
// PrincipalType is always said: without it Azure looks the principal up, and
// answers PrincipalNotFound while a new one is still being replicated (and the
// SDK would fill in "User"). The assignment's name is computed from scope,
// principal and role, because Azure allows the three only once.
func (w *FederatedWorkload) registerGrants(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs) error {
	ids := pulumi.StringArray{}
	for i := range args.Grants {
		g := &args.Grants[i]
		role, err := names.LookupRole(g.Role)
		if err != nil {
			return fmt.Errorf("grants[%d].role: %w", i, err)
		}
		scope := checkedScope(fmt.Sprintf("grants[%d].scope of workload %q", i, name), g.Scope)
		in := &authorization.RoleAssignmentArgs{
			RoleAssignmentName: roleAssignmentName(scope, w.PrincipalId, role),
			Scope:              scope,
			PrincipalId:        w.PrincipalId,
			PrincipalType:      pulumi.String("ServicePrincipal"),
			RoleDefinitionId:   roleDefinitionID(scope, args.SubscriptionId, role),
			Condition:          g.Condition,
			Description:        g.Description,
		}
		if g.Condition != nil {
			in.ConditionVersion = pulumi.StringPtr(conditionVersion)
		}
		r, err := authorization.NewRoleAssignment(ctx, name+"-grant-"+g.ScopeKey+"."+role.Slug(), in, pulumi.Parent(w))
		if err != nil {
			return fmt.Errorf("registering grants[%d] of workload %q: %w", i, name, err)
		}
		w.Ready = append(w.Ready, r)
		ids = append(ids, r.ID().ToStringOutput())
	}
	w.RoleAssignmentIds = ids.ToStringArrayOutput()
	return nil
}

// checkedScope is a scope that fails, once it is known, if it is no resource id.
func checkedScope(path string, scope pulumi.StringInput) pulumi.StringOutput {
	return scope.ToStringOutput().ApplyT(func(s string) (string, error) {
		if err := names.ValidateScope(s); err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
		return s, nil
	}).(pulumi.StringOutput)
}

func roleAssignmentName(scope, principalID pulumi.StringOutput, role names.Role) pulumi.StringOutput {
	return pulumi.All(scope, principalID).ApplyT(func(values []any) string {
		return names.RoleAssignmentName(values[0].(string), values[1].(string), role.GUID)
	}).(pulumi.StringOutput)
}

// roleDefinitionID is the role's id in the form in which Azure returns it, so
// that a refresh finds no difference: with the subscription of the scope, unless
// the scope has none or the caller names one.
func roleDefinitionID(scope pulumi.StringOutput, subscription pulumi.StringPtrInput, role names.Role) pulumi.StringOutput {
	if subscription != nil {
		return subscription.ToStringPtrOutput().Elem().ApplyT(role.DefinitionID).(pulumi.StringOutput)
	}
	return scope.ApplyT(func(s string) string {
		return role.DefinitionID(names.SubscriptionOf(s))
	}).(pulumi.StringOutput)
}
