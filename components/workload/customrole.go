package workload

import (
	"fmt"
	"slices"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// registerRole registers the definition of a grant's custom role.
//
// The assignment takes the role from the definition's id, and so waits for it,
// follows its replacement, and is deleted before it: Azure refuses to delete a
// definition in use (RoleDefinitionHasAssignments). A replaced definition is
// deleted first, because its display name is unique in the tenant.
func (w *FederatedWorkload) registerRole(ctx *pulumi.Context, name, child string, i int, g *GrantArgs, role grantRole, scope pulumi.StringOutput) (*authorization.RoleDefinition, error) {
	display := role.custom.Name
	if role.preset != nil {
		display = presetRoleName(role.preset, ctx.Project(), ctx.Stack(), name, g.ScopeKey)
	}
	scopes := pulumi.StringArray{scope}.ToStringArrayOutput()
	if given := role.custom.AssignableScopes; given != nil {
		path := fmt.Sprintf("grants[%d].customRole.assignableScopes of workload %q", i, name)
		scopes = pulumi.All(given, scope).ApplyT(func(values []any) ([]string, error) {
			list := values[0].([]string)
			if err := role.assignable(list, values[1].(string)); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			return list, nil
		}).(pulumi.StringArrayOutput)
	}
	home := scopes.Index(pulumi.Int(0))
	return authorization.NewRoleDefinition(ctx, name+"-role-"+child, &authorization.RoleDefinitionArgs{
		RoleDefinitionId: home.ApplyT(func(home string) string {
			return azure.RoleDefinitionName(home, display)
		}).(pulumi.StringOutput).ToStringPtrOutput(),
		RoleName:         pulumi.StringPtr(display),
		RoleType:         pulumi.StringPtr("CustomRole"),
		Description:      role.custom.Description,
		Scope:            home,
		AssignableScopes: scopes,
		Permissions: authorization.PermissionArray{authorization.PermissionArgs{
			Actions:        pulumi.ToStringArray(role.custom.Actions),
			NotActions:     pulumi.ToStringArray(role.custom.NotActions),
			DataActions:    pulumi.ToStringArray(role.custom.DataActions),
			NotDataActions: pulumi.ToStringArray(role.custom.NotDataActions),
		}},
	}, pulumi.Parent(w), pulumi.DeleteBeforeReplace(true))
}

// presetRoleName is the display name of the custom role behind a preset. It must be
// unique in the tenant, so that it says whose it is.
func presetRoleName(p *preset, project, stack, workload, scopeKey string) string {
	text := fmt.Sprintf("%s (%s/%s, %s, %s)", p.name, project, stack, workload, scopeKey)
	if runes := []rune(text); len(runes) > azure.MaxRoleName {
		hashed := azure.RoleSlug(text)
		return string(runes[:azure.MaxRoleName-len(hashed)]) + hashed
	}
	return text
}

// allowed are the actions that the role has, without those taken away.
func (r *CustomRoleArgs) allowed() []string { return slices.Concat(r.Actions, r.DataActions) }

func (r *CustomRoleArgs) wildcards() []string { return filter(r.allowed(), azure.WildcardAction) }

func (r *CustomRoleArgs) escalations() []string { return filter(r.Actions, azure.GivesRoles) }

func filter(list []string, keep func(string) bool) []string {
	var kept []string
	for _, s := range list {
		if keep(s) {
			kept = append(kept, s)
		}
	}
	return kept
}
