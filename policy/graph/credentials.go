package graph

import "strings"

// Credential is a federated identity credential.
type Credential struct {
	Resource        *Resource
	Issuer, Subject Value
	// Identity is its parent, when that is in the graph.
	Identity *Identity
	// Parent is equal for credentials of one parent, in the graph or not; empty when the parent is
	// not known.
	Parent string
}

// Expression returns the expression by which a credential matches claims, in place of a subject.
// azure-native has it in an object with the version of its language, azuread as text. Source:
// "Flexible federated identity credentials", learn.microsoft.com/entra/workload-id.
func Expression(r *Resource) Value {
	v := r.Get("claimsMatchingExpression")
	if r.Type == TypeIdentityCredential {
		return v.Get("value")
	}
	return v
}

// Audiences returns the audiences of a credential, and the property that has them: a list, or the
// single audience of a flexible credential.
func Audiences(r *Resource) (property Value, list []Value, state State) {
	if r.Type == TypeFlexibleCredential {
		v := r.Get("audience")
		if v.IsAbsent() {
			return v, nil, Known
		}
		return v, []Value{v}, v.State()
	}
	v := r.Get("audiences")
	list, state = v.List()
	return v, list, state
}

// OfUserAssigned reports whether the credential belongs to a user-assigned identity, and not to an
// application.
func (c *Credential) OfUserAssigned() bool { return c.Resource.Type == TypeIdentityCredential }

// ParentProperty returns the property of the credential that names its parent.
func (c *Credential) ParentProperty() string {
	if c.OfUserAssigned() {
		return "resourceName"
	}
	return "applicationId"
}

func (f *Federation) addCredential(g *Graph, r *Resource, byName map[string]*Identity) {
	c := &Credential{Resource: r, Issuer: r.Get("issuer"), Subject: r.Get("subject")}
	c.Identity, c.Parent = f.parentOf(g, r, byName)
	if c.Identity != nil {
		c.Parent = c.Identity.Resource.URN
		c.Identity.Credentials = append(c.Identity.Credentials, c)
	}
	f.Credentials = append(f.Credentials, c)
	if subject, ok := c.Subject.KnownText(); ok {
		f.credentialsBySubject[subject] = append(f.credentialsBySubject[subject], c)
	}
	if c.Subject.IsUnknown() {
		f.Incomplete.Subject = true
		f.Incomplete.Credential = f.Incomplete.Credential || c.Identity == nil
	}
}

// parentOf returns the identity that a credential belongs to, or what else identifies its parent.
// The resource that the parent's name comes from is more certain than the name.
func (f *Federation) parentOf(g *Graph, r *Resource, byName map[string]*Identity) (*Identity, string) {
	if r.Type == TypeIdentityCredential {
		if origin := g.Origin(r, "resourceName", TypeUserAssignedIdentity); origin != nil {
			return f.byURN[origin.URN], ""
		}
		if name, ok := identityName(r); ok {
			return byName[name], "identity:" + name
		}
		return nil, ""
	}
	for _, property := range []string{"applicationId", "applicationObjectId"} {
		if origin := g.Origin(r, property, TypeApplication, TypeApplicationRegistration); origin != nil {
			return f.byURN[origin.URN], ""
		}
		if id, ok := r.Get(property).KnownText(); ok {
			object := strings.ToLower(id[strings.LastIndex(id, "/")+1:])
			return f.byObject[object], "application:" + object
		}
	}
	return nil, ""
}

// CredentialsByParent groups the credentials whose parent is known, in the order of the graph.
func (f *Federation) CredentialsByParent() [][]*Credential {
	position := map[string]int{}
	var groups [][]*Credential
	for _, c := range f.Credentials {
		if c.Parent == "" {
			continue
		}
		i, ok := position[c.Parent]
		if !ok {
			i = len(groups)
			position[c.Parent] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}
