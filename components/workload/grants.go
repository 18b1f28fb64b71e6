package workload

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/internal/roleassignment"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

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
	r, err := roleassignment.New(ctx, name+"-grant-"+child, &roleassignment.Args{
		Scope:          scope,
		PrincipalId:    w.PrincipalId,
		RoleGuid:       guid,
		SubscriptionId: args.SubscriptionId,
		Condition:      g.Condition,
		Description:    g.Description,
	}, pulumi.Parent(w))
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	w.warnRole(ctx, i, role, g.ScopeKey)
	w.Ready = append(w.Ready, r)
	return r.ID().ToStringOutput(), nil
}

// lastSegment is the name at the end of a resource id.
func lastSegment(id pulumi.IDOutput) pulumi.StringOutput {
	return id.ApplyT(func(id pulumi.ID) string {
		return string(id)[strings.LastIndex(string(id), "/")+1:]
	}).(pulumi.StringOutput)
}
