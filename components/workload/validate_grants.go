package workload

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// firsts finds what comes twice.
type firsts map[string]int

// twice reports the earlier place of a value, or records it.
func (f firsts) twice(value string, i int) (int, bool) {
	if j, taken := f[value]; taken {
		return j, true
	}
	f[value] = i
	return 0, false
}

// validateGrants checks everything by which a workload of that name gets rights.
func (args *FederatedWorkloadArgs) validateGrants(l *problem.List, name string) {
	byKey, byScope, byName := firsts{}, firsts{}, firsts{}
	for i := range args.Grants {
		g, path := &args.Grants[i], problem.Path("grants").Index(i)
		role, at, err := g.granted()
		l.AddError(path.Field(at), err)
		place := g.validateScope(l, path, role)
		if g.CustomRole != nil {
			g.CustomRole.validate(l, path+".customRole", role, place)
			if j, taken := byName.twice(fold(g.CustomRole.Name), i); taken && g.CustomRole.Name != "" {
				l.Add(path+".customRole.name", fmt.Sprintf("grants[%d] defines custom role %q already", j, g.CustomRole.Name), "Azure wants the name to be unique in the tenant, so give each grant's role one of its own")
			}
		}
		if err == nil {
			g.validateLimits(l, path, role)
		}
		if g.ScopeKey == "" {
			l.Add(path+".scopeKey", "a short name of the scope is required, such as \"vault\"", "it names the role assignment in the stack, where the scope may not be known yet")
			continue
		}
		l.AddError(path+".scopeKey", azure.ValidateKey(g.ScopeKey))
		if err != nil {
			continue
		}
		if j, taken := byKey.twice(g.ScopeKey+"."+role.slug(), i); taken {
			l.Add(path, fmt.Sprintf("grants[%d] gives role %q on scope key %q already", j, role.label(), g.ScopeKey), "leave one out, or give another scope another key")
			continue
		}
		if place == "" {
			continue
		}
		if j, taken := byScope.twice(fold(place)+"."+role.slug(), i); taken {
			l.Add(path, fmt.Sprintf("grants[%d] gives role %q on %s already, under scope key %q", j, role.label(), place, args.Grants[j].ScopeKey), "Azure allows it once")
		}
	}
	args.validateVaultPolicies(l)
	args.validateSql(l, name)
}

// validateScope checks scope or resource, and returns what is known of the place:
// the id, or the resource by its names.
func (g *GrantArgs) validateScope(l *problem.List, path problem.Path, role grantRole) (place string) {
	switch {
	case g.Scope == nil && g.Resource == nil:
		l.Add(path+".scope", "a scope is required", "the id of the resource that the role holds on, or an existing resource by name, as resource")
		return ""
	case g.Scope != nil && g.Resource != nil:
		l.Add(path+".resource", "a grant has one scope", "leave out scope or resource")
		return ""
	case g.Resource != nil:
		return g.Resource.validate(l, path+".resource", role)
	}
	scope, ok := known.String(g.Scope)
	if !ok {
		return ""
	}
	if err := azure.ValidateScope(scope); err != nil {
		l.AddError(path+".scope", err)
		return ""
	}
	l.AddError(path+".scope", role.fits(azure.ParseScope(scope)))
	return scope
}

func (r *ResourceArgs) validate(l *problem.List, path problem.Path, role grantRole) (place string) {
	kind, err := azurebinding.KindOf(r.Kind)
	if err != nil {
		l.AddError(path+".kind", err)
		return ""
	}
	if kind.InGroup {
		l.AddError(path+".kind", role.fits(azure.Scope{Kind: azure.ScopeResource, Type: kind.Type}))
	}
	group, groupKnown := "", true
	switch {
	case kind.InGroup:
		group, groupKnown = requireGroup(l, path+".resourceGroupName", r.ResourceGroupName)
	case r.ResourceGroupName != nil:
		l.Add(path+".resourceGroupName", "a resource group lies in no other", "leave it out")
	}
	name, nameKnown := requireName(l, path+".name", kind, r.Name)
	if !groupKnown || !nameKnown {
		return ""
	}
	return fmt.Sprintf("%s %s/%s", kind.Noun, group, name)
}

// validateLimits checks condition and description.
func (g *GrantArgs) validateLimits(l *problem.List, path problem.Path, role grantRole) {
	if g.Condition != nil && !role.conditional() {
		l.Add(path+".condition", fmt.Sprintf("role %q has no data actions and gives no roles, so that Azure would never ask for the condition, and the role would hold without it", role.label()), "choose another role, or leave the condition out")
	}
	if c, ok := known.String(g.Condition); ok {
		switch {
		case c == "":
			l.Add(path+".condition", "an empty condition limits nothing", "leave it out")
		case len(c) > azure.MaxConditionBytes:
			l.Add(path+".condition", fmt.Sprintf("the condition has %d bytes", len(c)), fmt.Sprintf("Azure allows at most %d", azure.MaxConditionBytes))
		}
	}
	if d, ok := known.String(g.Description); ok && len(d) > azure.MaxGrantDescriptionBytes {
		l.Add(path+".description", fmt.Sprintf("the description has %d bytes", len(d)), fmt.Sprintf("Azure allows at most %d, and recommends at most 512 characters", azure.MaxGrantDescriptionBytes))
	}
}
