package graph

import (
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
)

// Identity is a user-assigned identity, or an Entra application with its service principals.
type Identity struct {
	Resource *Resource

	ClientID, PrincipalID, TenantID Value
	// ObjectID is the object id of the application, which is neither the client id nor the object
	// id of the service principal. User-assigned identities have none.
	ObjectID Value

	Credentials []*Credential
	Accounts    []*Account
}

// IsWorkload reports whether a service account of a cluster certainly uses the identity: one that
// names it, or that it trusts.
func (i *Identity) IsWorkload() bool {
	return len(i.Accounts) > 0 || slices.ContainsFunc(i.Credentials, func(c *Credential) bool {
		subject, _ := c.Subject.KnownText()
		return strings.HasPrefix(subject, kube.SubjectPrefix)
	})
}

func (f *Federation) addIdentity(r *Resource) {
	i := &Identity{Resource: r, ClientID: r.Output("clientId"), TenantID: r.Output("tenantId")}
	if r.Type == TypeUserAssignedIdentity {
		i.PrincipalID = r.Output("principalId")
	} else {
		i.ObjectID = r.Output("objectId")
		index(f.byObject, i.ObjectID, i)
	}
	f.Identities = append(f.Identities, i)
	f.byURN[r.URN] = i
	index(f.byClientID, i.ClientID, i)
	index(f.byPrincipal, i.PrincipalID, i)
}

// addPrincipal joins a service principal to its application.
func (f *Federation) addPrincipal(g *Graph, r *Resource) {
	i := f.ByClientID(r.Get("clientId"))
	for _, property := range []string{"clientId", "applicationId"} {
		origin := g.Origin(r, property, TypeApplication, TypeApplicationRegistration)
		if i == nil && origin != nil {
			i = f.byURN[origin.URN]
		}
	}
	if i == nil {
		return
	}
	i.PrincipalID = r.Output("objectId")
	if i.TenantID.IsAbsent() {
		i.TenantID = r.Output("applicationTenantId")
	}
	f.byURN[r.URN] = i
	index(f.byPrincipal, i.PrincipalID, i)
}

// identitiesByName returns the user-assigned identities by identityName.
func (f *Federation) identitiesByName() map[string]*Identity {
	found := map[string]*Identity{}
	for _, i := range f.Identities {
		if i.Resource.Type != TypeUserAssignedIdentity {
			f.Incomplete.Identity = f.Incomplete.Identity || !i.ObjectID.IsKnown()
			continue
		}
		name, ok := identityName(i.Resource)
		if ok {
			found[name] = i
		}
		f.Incomplete.Identity = f.Incomplete.Identity || !ok
	}
	return found
}

// identityName returns the resource group and name by which Azure identifies a user-assigned
// identity within a subscription. A credential has both too.
func identityName(r *Resource) (string, bool) {
	group, hasGroup := r.Get("resourceGroupName").KnownText()
	name, hasName := r.Get("resourceName").KnownText()
	if !hasName && r.Type == TypeUserAssignedIdentity {
		name, hasName = r.Output("name").KnownText()
	}
	return strings.ToLower(group + "/" + name), hasGroup && hasName
}

// IdentityOfOrigin returns the identity that the resources belong to which the value of a property
// comes from; nil when there are several, or none.
func (g *Graph) IdentityOfOrigin(r *Resource, property string) *Identity {
	return g.Federation().identityOf(g.Origins(r, property, PrincipalTypes...))
}

// identityOf returns the one identity that resources belong to; nil when there are several, or
// none.
func (f *Federation) identityOf(resources []*Resource) *Identity {
	var one *Identity
	for _, r := range resources {
		i := f.byURN[r.URN]
		if i == nil || one != nil && one != i {
			return nil
		}
		one = i
	}
	return one
}
