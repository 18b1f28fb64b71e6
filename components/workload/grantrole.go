package workload

import (
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// grantRole is what a grant gives, whichever way it was said.
type grantRole struct {
	// role is the built-in role, or one by GUID. For a custom role it is empty: the
	// GUID follows from the scope in which it is defined.
	role azure.Role
	// custom is the role that the grant defines, or nil.
	custom *CustomRoleArgs
	// preset is the one that the grant named, or nil.
	preset *preset
}

// granted finds the role of a grant. The path is the argument that a problem
// is about.
func (g *GrantArgs) granted() (r grantRole, path string, err error) {
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
	case g.Role != "":
		role, err := azure.LookupRole(g.Role)
		return grantRole{role: role}, "role", err
	}
	p, err := presetOf(g.Preset)
	if err != nil {
		return grantRole{}, "preset", err
	}
	if p.role == "" {
		return grantRole{preset: p, custom: &CustomRoleArgs{Actions: p.actions}}, "", nil
	}
	role, err := azure.LookupRole(p.role)
	return grantRole{preset: p, role: role}, "preset", err
}

// slug is the role's part of the children's names. A preset's is that of its
// role, so that saying the same in another way replaces nothing.
func (r grantRole) slug() string {
	switch {
	case r.custom == nil:
		return r.role.Slug()
	case r.preset != nil:
		return kebab(r.preset.name)
	default:
		return azure.RoleSlug(r.custom.Name)
	}
}

// label names the role in messages.
func (r grantRole) label() string {
	switch {
	case r.preset != nil && r.role.Name == "":
		return r.preset.name
	case r.custom != nil:
		return r.custom.Name
	case r.role.Name == "":
		return r.role.GUID
	default:
		return r.role.Name
	}
}

// conditional reports whether a condition on the role can have an effect.
func (r grantRole) conditional() bool {
	if r.custom == nil {
		return r.role.Conditional()
	}
	return len(r.custom.DataActions) > 0 || slices.ContainsFunc(r.custom.Actions, azure.GivesRoles)
}

// fits checks what is known about role and scope together.
func (r grantRole) fits(scope azure.Scope) error {
	if r.preset != nil {
		if err := r.preset.fits(scope); err != nil {
			return err
		}
	}
	if scope.Kind == azure.ScopeManagementGroup && r.custom != nil && len(r.custom.DataActions) > 0 {
		return problem.New("a custom role with data actions is forbidden on a management group by Azure", "grant it on subscriptions or below")
	}
	return nil
}

// kebab turns camelCase into kebab-case.
func kebab(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
