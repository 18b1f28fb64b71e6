package workload

import (
	"fmt"
	"strings"
	"sync"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// seenScopes remembers what has been granted, as scopes become known. It does not
// make one grant wait for another, as comparing their outputs would.
type seenScopes struct {
	mu    sync.Mutex
	first map[string]int
}

// take records the i-th of something with that id, and returns the one that had it
// before.
func (s *seenScopes) take(id string, i int) (before int, taken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == nil {
		s.first = map[string]int{}
	}
	id = strings.ToLower(id)
	if before, taken = s.first[id]; taken {
		return before, true
	}
	s.first[id] = i
	return 0, false
}

// grantScope is the scope of a grant, given or looked up. It fails, once it is
// known, if it is no resource id, if the role makes no sense there, or if another
// grant has role and scope already, and warns if it is very wide.
func (w *FederatedWorkload) grantScope(ctx *pulumi.Context, name string, i int, g *GrantArgs, role grantRole, seen *seenScopes) pulumi.StringOutput {
	path := fmt.Sprintf("grants[%d].scope of workload %q", i, name)
	scope := g.Scope
	if g.Resource != nil {
		path = fmt.Sprintf("grants[%d].resource of workload %q", i, name)
		scope = w.lookupScope(ctx, path, g.Resource, role)
	}
	return scope.ToStringOutput().ApplyT(func(id string) (string, error) {
		if err := azure.ValidateScope(id); err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
		parsed := azure.ParseScope(id)
		if err := role.fits(parsed); err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
		if j, taken := seen.take(id+"\x00"+role.slug(), i); taken {
			return "", problem.New(path, fmt.Sprintf("grants[%d] and grants[%d] both give role %q on %s, under two scope keys: Azure allows it once, so leave one out", min(i, j), max(i, j), role.label(), id))
		}
		if parsed.Kind.Broad() {
			w.warn(ctx, "grants[%d] gives role %q on a whole %s (%s): on everything in it, other teams' and what is added later; grant it on a resource or a resource group if that will do", i, role.label(), parsed.Kind, id)
		}
		return id, nil
	}).(pulumi.StringOutput)
}

// warn logs a warning about the component.
func (w *FederatedWorkload) warn(ctx *pulumi.Context, format string, args ...any) {
	// A log that the engine does not take must not fail a deployment.
	_ = ctx.Log.Warn(fmt.Sprintf(format, args...), &pulumi.LogArgs{Resource: w})
}

// warnRole warns about roles that are more than a workload should have.
func (w *FederatedWorkload) warnRole(ctx *pulumi.Context, i int, role grantRole, scopeKey string) {
	if why := role.role.Privileged(); why != "" {
		w.warn(ctx, "grants[%d] gives role %q on %q, which %s: a workload hardly ever needs it; look for a smaller role", i, role.label(), scopeKey, why)
	}
	if role.custom == nil {
		return
	}
	if list := role.custom.wildcards(); len(list) > 0 {
		w.warn(ctx, "grants[%d]: custom role %q has wildcards (%s): they take in what Azure adds later; name the operations if you can", i, role.label(), strings.Join(list, ", "))
	}
	if list := role.custom.escalations(); len(list) > 0 {
		w.warn(ctx, "grants[%d]: custom role %q lets the workload give roles to anybody, itself included (%s)", i, role.label(), strings.Join(list, ", "))
	}
}

// assignable checks the scopes of a custom role's definition against each other,
// and against the scope of the grant.
func (r grantRole) assignable(scopes []string, grant string) error {
	groups, covers := 0, false
	for _, s := range scopes {
		if err := azure.ValidateScope(s); err != nil {
			return err
		}
		parsed := azure.ParseScope(s)
		if parsed.Kind == azure.ScopeManagementGroup {
			groups++
			// Whether the grant lies in it, only Azure knows.
			covers = true
			if len(r.custom.DataActions) > 0 {
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
