package graph

import "strings"

// Federation holds the identities of a graph, the credentials by which they trust service accounts,
// and the service accounts that name them.
type Federation struct {
	Identities  []*Identity
	Credentials []*Credential
	Accounts    []*Account

	// Incomplete is what could not be assigned, because values are not known yet.
	Incomplete Incomplete

	byURN                             map[string]*Identity
	byClientID, byPrincipal, byObject map[string]*Identity
	byAccount                         map[ObjectKey]*Account
	accountsBySubject                 map[string][]*Account
	accountsByFoldedSubject           map[string][]*Account
	credentialsBySubject              map[string][]*Credential
}

// Incomplete marks what is not known of a federation. A rule that concludes from what is missing
// has to look here first.
type Incomplete struct {
	// Subject is true if the subject of some credential is not known.
	Subject bool
	// Credential is true if neither the subject nor the identity of some credential is known.
	Credential bool
	// Account is true if the namespace or name of some service account is not known.
	Account bool
	// Identity is true if the name or object id of some identity is not known.
	Identity bool
}

func (g *Graph) findFederation() *Federation {
	f := &Federation{
		byURN: map[string]*Identity{}, byClientID: map[string]*Identity{},
		byPrincipal: map[string]*Identity{}, byObject: map[string]*Identity{},
		byAccount:         map[ObjectKey]*Account{},
		accountsBySubject: map[string][]*Account{}, accountsByFoldedSubject: map[string][]*Account{},
		credentialsBySubject: map[string][]*Credential{},
	}
	for _, r := range g.ByType(IdentityTypes...) {
		f.addIdentity(r)
	}
	for _, r := range g.ByType(TypeServicePrincipal) {
		f.addPrincipal(g, r)
	}
	byName := f.identitiesByName()
	for _, r := range g.ByType(CredentialTypes...) {
		f.addCredential(g, r, byName)
	}
	for _, r := range g.ByType(TypeServiceAccount, TypeServiceAccountPatch) {
		f.addAccount(g, r)
	}
	return f
}

// ByClientID returns the identity with a client id, or nil.
func (f *Federation) ByClientID(id Value) *Identity { return lookup(f.byClientID, id) }

// ByPrincipalID returns the identity whose principal has an object id, or nil.
func (f *Federation) ByPrincipalID(id Value) *Identity { return lookup(f.byPrincipal, id) }

// ByObjectID returns the identity whose application has an object id, or nil.
func (f *Federation) ByObjectID(id Value) *Identity { return lookup(f.byObject, id) }

// Account returns the service account of a key, or nil.
func (f *Federation) Account(key ObjectKey) *Account { return f.byAccount[key] }

// AccountsOf returns the service accounts whose tokens have a subject, one for each cluster.
func (f *Federation) AccountsOf(subject string) []*Account { return f.accountsBySubject[subject] }

// AccountsLike returns the service accounts whose tokens have a subject, case aside.
func (f *Federation) AccountsLike(subject string) []*Account {
	return f.accountsByFoldedSubject[strings.ToLower(subject)]
}

// CredentialsFor returns the credentials that trust a subject.
func (f *Federation) CredentialsFor(subject string) []*Credential {
	return f.credentialsBySubject[subject]
}

// index enters an identity under an id, without regard to case, if the id is known.
func index(m map[string]*Identity, id Value, i *Identity) {
	if s, ok := id.KnownText(); ok {
		m[strings.ToLower(s)] = i
	}
}

// lookup returns the identity that index entered under an id, or nil.
func lookup(m map[string]*Identity, id Value) *Identity {
	s, ok := id.KnownText()
	if !ok {
		return nil
	}
	return m[strings.ToLower(s)]
}
