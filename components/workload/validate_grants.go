package workload

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
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
func (args *FederatedWorkloadArgs) validateGrants(l *problems.List, name string) {
	byKey, byScope, byName := firsts{}, firsts{}, firsts{}
	for i := range args.Grants {
		g, path := &args.Grants[i], fmt.Sprintf("grants[%d]", i)
		role, at, err := g.granted()
		l.Add(path+"."+at, err)
		place := g.validateScope(l, path, role)
		if g.CustomRole != nil {
			g.CustomRole.validate(l, path+".customRole", role, place)
			if j, taken := byName.twice(fold(g.CustomRole.Name), i); taken && g.CustomRole.Name != "" {
				l.Addf(path+".customRole.name", "grants[%d] defines custom role %q already: Azure wants the name to be unique in the tenant, so give each grant's role one of its own", j, g.CustomRole.Name)
			}
		}
		if err == nil {
			g.validateLimits(l, path, role)
		}
		if g.ScopeKey == "" {
			l.Addf(path+".scopeKey", "a short name of the scope is required, such as \"vault\": it names the role assignment in the stack, where the scope may not be known yet")
			continue
		}
		l.Add(path+".scopeKey", azure.ValidateKey(g.ScopeKey))
		if err != nil {
			continue
		}
		if j, taken := byKey.twice(g.ScopeKey+"."+role.slug(), i); taken {
			l.Addf(path, "grants[%d] gives role %q on scope key %q already: leave one out, or give another scope another key", j, role.label(), g.ScopeKey)
			continue
		}
		if place == "" {
			continue
		}
		if j, taken := byScope.twice(fold(place)+"."+role.slug(), i); taken {
			l.Addf(path, "grants[%d] gives role %q on %s already, under scope key %q: Azure allows it once", j, role.label(), place, args.Grants[j].ScopeKey)
		}
	}
	args.validateVaultPolicies(l)
	args.validateSql(l, name)
}

// validateScope checks scope or resource, and returns what is known of the place:
// the id, or the resource by its names.
func (g *GrantArgs) validateScope(l *problems.List, path string, role grantRole) (place string) {
	switch {
	case g.Scope == nil && g.Resource == nil:
		l.Addf(path+".scope", "a scope is required: the id of the resource that the role holds on, or an existing resource by name, as resource")
		return ""
	case g.Scope != nil && g.Resource != nil:
		l.Addf(path+".resource", "a grant has one scope: leave out scope or resource")
		return ""
	case g.Resource != nil:
		return g.Resource.validate(l, path+".resource", role)
	}
	scope, ok := known.String(g.Scope)
	if !ok {
		return ""
	}
	if err := azure.ValidateScope(scope); err != nil {
		l.Add(path+".scope", err)
		return ""
	}
	l.Add(path+".scope", role.fits(azure.ParseScope(scope)))
	return scope
}

func (r *ResourceArgs) validate(l *problems.List, path string, role grantRole) (place string) {
	kind, err := azurebinding.KindOf(r.Kind)
	if err != nil {
		l.Add(path+".kind", err)
		return ""
	}
	if kind.InGroup {
		l.Add(path+".kind", role.fits(azure.Scope{Kind: azure.ScopeResource, Type: kind.Type}))
	}
	group, groupKnown := "", true
	switch {
	case kind.InGroup:
		group, groupKnown = requireGroup(l, path+".resourceGroupName", r.ResourceGroupName)
	case r.ResourceGroupName != nil:
		l.Addf(path+".resourceGroupName", "a resource group lies in no other: leave it out")
	}
	name, nameKnown := requireName(l, path+".name", kind, r.Name)
	if !groupKnown || !nameKnown {
		return ""
	}
	return fmt.Sprintf("%s %s/%s", kind.Noun, group, name)
}

// validateLimits checks condition and description.
func (g *GrantArgs) validateLimits(l *problems.List, path string, role grantRole) {
	if g.Condition != nil && !role.conditional() {
		l.Addf(path+".condition", "role %q has no data actions and gives no roles, so that Azure would never ask for the condition, and the role would hold without it: choose another role, or leave the condition out", role.label())
	}
	if c, ok := known.String(g.Condition); ok {
		switch {
		case c == "":
			l.Addf(path+".condition", "an empty condition limits nothing: leave it out")
		case len(c) > azure.MaxConditionBytes:
			l.Addf(path+".condition", "the condition has %d bytes: Azure allows at most %d", len(c), azure.MaxConditionBytes)
		}
	}
	if d, ok := known.String(g.Description); ok && len(d) > azure.MaxGrantDescriptionBytes {
		l.Addf(path+".description", "the description has %d bytes: Azure allows at most %d, and recommends at most 512 characters", len(d), azure.MaxGrantDescriptionBytes)
	}
}
