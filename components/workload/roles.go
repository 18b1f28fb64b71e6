package workload

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// CustomRoleArgs defines a role. Its definition is created before the assignment and deleted after
// it. Wildcards are allowed with a warning; the wildcard * alone is refused. Source:
// learn.microsoft.com, "Azure custom roles".
type CustomRoleArgs struct {
	// Name of the role: 1 to 512 characters. It must be unique in the whole tenant, across
	// subscriptions, so every environment needs another one. Required; another name replaces role
	// and assignment.
	Name string `pulumi:"name"`
	// Description of the role, at most 2048 characters. Default: none.
	Description pulumi.StringPtrInput `pulumi:"description,optional"`
	// Actions are operations on resources, such as Microsoft.Authorization/roleAssignments/read. At
	// least one of Actions and DataActions is required.
	Actions []string `pulumi:"actions,optional"`
	// NotActions are excluded from Actions. They do not deny anything: another role may allow them.
	NotActions []string `pulumi:"notActions,optional"`
	// DataActions are operations on data in resources. Azure forbids them in a role for a
	// management group.
	DataActions []string `pulumi:"dataActions,optional"`
	// NotDataActions are excluded from DataActions.
	NotDataActions []string `pulumi:"notDataActions,optional"`
	// AssignableScopes are where the role may be assigned: the grant's scope or what contains it,
	// and others; at most one management group. The definition is written at the first of them.
	// Default: the grant's scope alone.
	AssignableScopes pulumi.StringArrayInput `pulumi:"assignableScopes,optional"`
}

// check records what is wrong with the definition of a custom role. Place is what checkScope of the
// grant returned.
func (c *CustomRoleArgs) check(l *problem.List, path problem.Path, place string) {
	l.AddError(path+".name", azure.ValidateRoleName(c.Name))
	if d, ok := known.String(c.Description); ok && utf8.RuneCountInString(d) > azure.MaxRoleDescription {
		l.Add(path+".description", fmt.Sprintf("the description has %d characters", utf8.RuneCountInString(d)), fmt.Sprintf("Azure allows at most %d", azure.MaxRoleDescription))
	}
	if len(c.Actions) == 0 && len(c.DataActions) == 0 {
		l.Add(path+".actions", "a role without actions allows nothing", "name at least one of actions or dataActions")
	}
	for _, list := range []struct {
		property string
		actions  []string
	}{{"actions", c.Actions}, {"notActions", c.NotActions}, {"dataActions", c.DataActions}, {"notDataActions", c.NotDataActions}} {
		var seen repeats
		for i, a := range list.actions {
			at := path.Field(list.property).Index(i)
			err := azure.ValidateAction(a)
			if list.property == "dataActions" {
				err = cmp.Or(checkCosmosAction(a), err)
			}
			l.AddError(at, err)
			if j, repeated := seen.earlier(strings.ToLower(a), i); repeated {
				l.Add(at, fmt.Sprintf("%s[%d] is the same", list.property, j), "leave one out")
			}
		}
	}
	if len(c.Actions) == 0 && len(c.NotActions) > 0 {
		l.Add(path+".notActions", "there are no actions to take them away from, and they deny nothing", "leave them out")
	}
	if len(c.DataActions) == 0 && len(c.NotDataActions) > 0 {
		l.Add(path+".notDataActions", "there are no dataActions to take them away from, and they deny nothing", "leave them out")
	}
	if scopes, ok := knownStrings(c.AssignableScopes); ok {
		if !strings.HasPrefix(place, "/") {
			place = ""
		}
		l.AddError(path+".assignableScopes", c.checkAssignable(scopes, place))
	}
}

// checkAssignable checks the scopes of the definition against each other, and against the scope of
// the grant.
func (c *CustomRoleArgs) checkAssignable(scopes []string, grant string) error {
	groups, covers := 0, false
	for _, s := range scopes {
		if err := azure.ValidateScope(s); err != nil {
			return err
		}
		parsed := azure.ParseScope(s)
		if parsed.Kind == azure.ScopeManagementGroup {
			groups++
			// Only Azure knows whether the management group contains the grant's scope.
			covers = true
			if len(c.DataActions) > 0 {
				return problem.New("a custom role with data actions is forbidden in a management group by Azure", "name subscriptions or what is below")
			}
		}
		covers = covers || azure.ScopeWithin(grant, s)
	}
	switch {
	case len(scopes) == 0:
		return problem.New("an empty list makes the role unassignable", "leave it out, and it is the grant's scope")
	case groups > 1:
		return problem.New("there are several management groups", "Azure allows one")
	case grant != "" && !covers:
		return problem.New(fmt.Sprintf("the grant's scope %s lies in none of them", grant), "Azure would not let the role be assigned there")
	}
	return nil
}

// wildcards returns the actions that stand for more than one operation.
func (c *CustomRoleArgs) wildcards() []string {
	return filter(slices.Concat(c.Actions, c.DataActions), azure.WildcardAction)
}

// grantRole is the role of a grant, by Role, CustomRole or Preset.
type grantRole struct {
	// role is the built-in role, or one by GUID. For a custom role it is empty: the GUID follows
	// from the scope in which it is defined.
	role azure.Role
	// custom is the role that the grant defines, or nil.
	custom *CustomRoleArgs
	// preset is the one that the grant named, or nil.
	preset *preset
}

// granted returns the role of a grant. The path is that of the argument that an error is about.
func (g *GrantArgs) granted() (role grantRole, path string, err error) {
	var ways []string
	if g.Role != "" {
		ways = append(ways, "role")
	}
	if g.CustomRole != nil {
		ways = append(ways, "customRole")
	}
	if g.Preset != "" {
		ways = append(ways, "preset")
	}
	switch {
	case len(ways) == 0:
		return grantRole{}, "role", problem.New("a role is required", "the name or GUID of one, a preset such as \"readSecrets\", or a customRole")
	case len(ways) > 1:
		return grantRole{}, ways[1], problem.New("a grant gives one role", "leave out "+strings.Join(ways[:len(ways)-1], " and ")+", or this")
	case g.CustomRole != nil:
		return grantRole{custom: g.CustomRole}, "", nil
	case g.Preset != "":
		role, err := g.Preset.role()
		return role, "preset", err
	}
	if err := checkCosmosRole(g.Role); err != nil {
		return grantRole{}, "role", err
	}
	found, err := azure.LookupRole(g.Role)
	return grantRole{role: found}, "role", err
}

// slug returns the role's part of the children's names. That of a preset is its role's, so that a
// change from a preset to the same role replaces nothing.
func (g grantRole) slug() string {
	switch {
	case g.custom == nil:
		return g.role.Slug()
	case g.preset != nil:
		return kebab(string(g.preset.name))
	default:
		return azure.RoleSlug(g.custom.Name)
	}
}

// label returns the role's name for messages.
func (g grantRole) label() string {
	switch {
	case g.preset != nil && g.role.Name == "":
		return string(g.preset.name)
	case g.custom != nil:
		return g.custom.Name
	case g.role.Name == "":
		return g.role.GUID
	default:
		return g.role.Name
	}
}

// conditional reports whether a condition on the role can have an effect.
func (g grantRole) conditional() bool {
	if g.custom == nil {
		return g.role.Conditional()
	}
	return len(g.custom.DataActions) > 0 || slices.ContainsFunc(g.custom.Actions, azure.GivesRoles)
}

// readsSecrets reports whether the role can read the values of a vault's secrets.
func (g grantRole) readsSecrets() bool {
	if g.custom == nil {
		return g.role.ReadsSecrets()
	}
	reads := func(action string) bool { return azure.ActionAllows(action, azure.ActionReadSecret) }
	return slices.ContainsFunc(g.custom.DataActions, reads) && !slices.ContainsFunc(g.custom.NotDataActions, reads)
}

// checkScope checks what is known about role and scope together.
func (g grantRole) checkScope(scope azure.Scope) error {
	if g.preset != nil {
		if err := g.preset.checkScope(scope); err != nil {
			return err
		}
	}
	if scope.Kind == azure.ScopeManagementGroup && g.custom != nil && len(g.custom.DataActions) > 0 {
		return problem.New("a custom role with data actions is forbidden on a management group by Azure", "grant it on subscriptions or below")
	}
	return nil
}

// registerRole registers the definition of the custom role of a grant.
//
// The assignment has the definition's id as an input. So it is created after the definition,
// replaced with it, and deleted before it: Azure refuses to delete a definition in use
// (RoleDefinitionHasAssignments). A replaced definition is deleted first, because its display name
// is unique in the tenant.
func (r *registration) registerRole(child string, i int, role grantRole, scope pulumi.StringOutput) (*authorization.RoleDefinition, error) {
	display := role.custom.Name
	if role.preset != nil {
		display = role.preset.roleName(r.ctx.Project(), r.ctx.Stack(), r.name, r.args.Grants[i].ScopeKey)
	}
	scopes := pulumi.StringArray{scope}.ToStringArrayOutput()
	if given := role.custom.AssignableScopes; given != nil {
		path := problem.Path("grants").Index(i).Field("customRole.assignableScopes")
		scopes = pulumi.All(given, scope).ApplyT(func(values []any) ([]string, error) {
			list := values[0].([]string)
			return list, r.about(path, role.custom.checkAssignable(list, values[1].(string)))
		}).(pulumi.StringArrayOutput)
	}
	home := scopes.Index(pulumi.Int(0))
	return authorization.NewRoleDefinition(r.ctx, r.name+"-role-"+child, &authorization.RoleDefinitionArgs{
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
	}, pulumi.Parent(r.component), pulumi.DeleteBeforeReplace(true))
}

// warnRole warns about roles that are more than a workload should have.
func (r *registration) warnRole(i int, role grantRole) {
	if why := role.role.Privileged(); why != "" {
		r.warn("grants[%d] gives role %q on %q, which %s: a workload hardly ever needs it; look for a smaller role", i, role.label(), r.args.Grants[i].ScopeKey, why)
	}
	if role.custom == nil {
		return
	}
	if list := role.custom.wildcards(); len(list) > 0 {
		r.warn("grants[%d]: custom role %q has wildcards (%s): they take in what Azure adds later; name the operations if you can", i, role.label(), strings.Join(list, ", "))
	}
	if list := filter(role.custom.Actions, azure.GivesRoles); len(list) > 0 {
		r.warn("grants[%d]: custom role %q lets the workload give roles to anybody, itself included (%s)", i, role.label(), strings.Join(list, ", "))
	}
}
