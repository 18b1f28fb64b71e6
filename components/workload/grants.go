package workload

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/internal/roleassignment"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// GrantArgs gives the identity a role on a scope.
type GrantArgs struct {
	// Role is a built-in role's name ("Key Vault Secrets User", any case), the GUID of a role, or a
	// role definition id. An unknown name is refused, with the nearest ones. Exactly one of Role,
	// CustomRole and Preset is required.
	Role string `pulumi:"role,optional"`
	// CustomRole defines a role for this grant.
	CustomRole *CustomRoleArgs `pulumi:"customRole,optional"`
	// Preset selects the smallest role for a common need, such as ReadSecrets. It is refused on a
	// scope on which it has no effect.
	Preset Preset `pulumi:"preset,optional"`

	// Scope is the resource id on which the role is assigned. Exactly one of Scope and Resource is
	// required.
	Scope pulumi.StringInput `pulumi:"scope,optional"`
	// Resource names an existing resource, whose id is the scope.
	Resource *ResourceArgs `pulumi:"resource,optional"`
	// ScopeKey names the scope in URNs, because the scope itself may be known only later: 1 to 63
	// letters, digits, hyphens and underscores. Required; another value replaces the role
	// assignment.
	ScopeKey string `pulumi:"scopeKey"`

	// Condition limits the role, in the language of Azure's attribute-based access control, version
	// 2.0: at most 8 KiB. Refused on roles that no condition can limit, those without data actions.
	// Default: none.
	Condition pulumi.StringPtrInput `pulumi:"condition,optional"`
	// Description of the role assignment, at most 2 KiB; Azure recommends at most 512 characters.
	// Default: none.
	Description pulumi.StringPtrInput `pulumi:"description,optional"`
}

// ReadsSecrets reports whether the grant's role can read the values of secrets in a Key Vault. It
// returns true for a role whose actions are not known, such as one by an unknown GUID.
func (g *GrantArgs) ReadsSecrets() bool {
	role, _, err := g.granted()
	return err != nil || role.readsSecrets()
}

// checkGrants records what is wrong with the grants.
func (args *FederatedWorkloadArgs) checkGrants(l *problem.List) {
	var byKey, byScope, byName repeats
	for i := range args.Grants {
		g, path := &args.Grants[i], problem.Path("grants").Index(i)
		role, at, err := g.granted()
		l.AddError(path.Field(at), err)
		place := g.checkScope(l, path, role)
		if g.CustomRole != nil {
			g.CustomRole.check(l, path+".customRole", place)
			if j, repeated := byName.earlier(strings.ToLower(g.CustomRole.Name), i); repeated && g.CustomRole.Name != "" {
				l.Add(path+".customRole.name", fmt.Sprintf("grants[%d] defines custom role %q already", j, g.CustomRole.Name), "Azure wants the name to be unique in the tenant, so give each grant's role another one")
			}
		}
		if err == nil {
			g.checkLimits(l, path, role)
		}
		if g.ScopeKey == "" {
			l.Add(path+".scopeKey", "a short name of the scope is required, such as \"vault\"", "it names the role assignment in the stack, where the scope may not be known yet")
			continue
		}
		l.AddError(path+".scopeKey", azure.ValidateKey(g.ScopeKey))
		if err != nil {
			continue
		}
		if j, repeated := byKey.earlier(g.ScopeKey+"."+role.slug(), i); repeated {
			l.Add(path, fmt.Sprintf("grants[%d] gives role %q on scope key %q already", j, role.label(), g.ScopeKey), "leave one out, or give another scope another key")
			continue
		}
		if place == "" {
			continue
		}
		if j, repeated := byScope.earlier(strings.ToLower(place)+"."+role.slug(), i); repeated {
			l.Add(path, fmt.Sprintf("grants[%d] gives role %q on %s already, under scope key %q", j, role.label(), place, args.Grants[j].ScopeKey), "Azure allows it once")
		}
	}
}

// checkLimits records what is wrong with condition and description.
func (g *GrantArgs) checkLimits(l *problem.List, path problem.Path, role grantRole) {
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

// grants are the role assignments, and what the outputs show of them.
type grants struct {
	resources []pulumi.Resource
	ids       pulumi.StringArray
}

// registerGrants registers a role assignment for every grant.
func (r *registration) registerGrants(id *identity) (*grants, error) {
	all := &grants{ids: pulumi.StringArray{}}
	scopes := &repeats{}
	for i := range r.args.Grants {
		assignment, err := r.registerGrant(id, i, scopes)
		if err != nil {
			return nil, fmt.Errorf("registering grants[%d] of workload %q: %w", i, r.name, err)
		}
		all.resources = append(all.resources, assignment)
		all.ids = append(all.ids, assignment.ID().ToStringOutput())
	}
	return all, nil
}

// registerGrant registers the role assignment of one grant, and the definition of its custom role.
func (r *registration) registerGrant(id *identity, i int, scopes *repeats) (pulumi.CustomResource, error) {
	g := &r.args.Grants[i]
	role, path, err := g.granted()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	child := g.ScopeKey + "." + role.slug()
	scope := r.grantScope(i, role, scopes)
	guid := pulumi.String(role.role.GUID).ToStringOutput()
	if role.custom != nil {
		definition, err := r.registerRole(child, i, role, scope)
		if err != nil {
			return nil, err
		}
		guid = lastSegment(definition.ID())
	}
	assignment, err := roleassignment.New(r.ctx, r.name+"-grant-"+child, &roleassignment.Args{
		Scope:          scope,
		PrincipalId:    id.principalID,
		RoleGuid:       guid,
		SubscriptionId: r.args.SubscriptionId,
		Condition:      g.Condition,
		Description:    g.Description,
	}, pulumi.Parent(r.component))
	if err != nil {
		return nil, err
	}
	r.warnRole(i, role)
	return assignment, nil
}

// lastSegment returns the name at the end of a resource id.
func lastSegment(id pulumi.IDOutput) pulumi.StringOutput {
	return id.ApplyT(func(id pulumi.ID) string {
		return string(id)[strings.LastIndex(string(id), "/")+1:]
	}).(pulumi.StringOutput)
}
