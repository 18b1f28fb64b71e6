package rules

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
)

// identity is a user-assigned identity, or an Entra application with its service principals.
type identity struct {
	resource   *Resource
	principals []*Resource

	clientID, principalID, tenantID Value
	// objectID is the application's own object id, which is neither the client's nor the principal's.
	objectID Value

	credentials []*credential
	accounts    []*account
}

// credential is a federated identity credential.
type credential struct {
	resource                   *Resource
	issuer, subject, audiences Value
	// identity is its parent, when that is in the graph.
	identity *identity
	// parent tells credentials of one parent from those of another; empty when the parent is not known.
	parent string
	// managed credentials belong to a user-assigned identity.
	managed bool
}

// account is a service account with a client id.
type account struct {
	resource *Resource
	key      objectKey
	// keyed is false while the namespace or name is not known.
	keyed bool
	// annotated says that it certainly names a client id, known or not yet.
	annotated          bool
	clientID, tenantID Value
	// identity is what the client id belongs to, when that is certain.
	identity *identity
}

// federation is the identities of a graph, what trusts them, and who uses them.
type federation struct {
	identities  []*identity
	credentials []*credential
	accounts    []*account

	byURN                          map[string]*identity
	byClientID, byPrincipal        map[string]*identity
	byObjectID                     map[string]*identity
	byAccount                      map[objectKey]*account
	accountsBySubject, foldSubject map[string][]*account
	bySubject                      map[string][]*credential

	// vagueSubject says that some credential's subject is not known, vagueLoose that its parent is not either;
	// vagueAccount that some account's name is not known, vagueParent that some identity's is not.
	vagueSubject, vagueLoose, vagueAccount, vagueParent bool
}

var (
	credentialTypes = []string{managedCredential, applicationCredential}
	identityTypes   = []string{userAssigned, application, applicationRegistration}
)

func (g *Graph) findFederation() *federation {
	f := &federation{
		byURN: map[string]*identity{}, byClientID: map[string]*identity{}, byPrincipal: map[string]*identity{},
		byObjectID: map[string]*identity{}, byAccount: map[objectKey]*account{},
		accountsBySubject: map[string][]*account{}, foldSubject: map[string][]*account{},
		bySubject: map[string][]*credential{},
	}
	for _, r := range g.ByType(identityTypes...) {
		f.addIdentity(r)
	}
	for _, r := range g.ByType(servicePrincipal) {
		f.addPrincipal(g, r)
	}
	managed := f.managedByName()
	for _, r := range g.ByType(credentialTypes...) {
		f.addCredential(g, r, managed)
	}
	for _, r := range g.ByType(serviceAccount, serviceAccountPatch) {
		f.addAccount(g, r)
	}
	return f
}

func (f *federation) addIdentity(r *Resource) {
	i := &identity{resource: r, clientID: r.Output("clientId"), tenantID: r.Output("tenantId")}
	if r.Type == userAssigned {
		i.principalID = r.Output("principalId")
	} else {
		i.objectID = r.Output("objectId")
		index(f.byObjectID, i.objectID, i)
	}
	f.identities = append(f.identities, i)
	f.byURN[r.URN] = i
	index(f.byClientID, i.clientID, i)
	index(f.byPrincipal, i.principalID, i)
}

// index enters an identity under an id, without regard to case, if the id is known.
func index(m map[string]*identity, id Value, i *identity) {
	if s, ok := id.KnownText(); ok {
		m[strings.ToLower(s)] = i
	}
}

func lookup(m map[string]*identity, id Value) *identity {
	s, ok := id.KnownText()
	if !ok {
		return nil
	}
	return m[strings.ToLower(s)]
}

// addPrincipal joins a service principal to its application.
func (f *federation) addPrincipal(g *Graph, r *Resource) {
	i := lookup(f.byClientID, r.Get("clientId"))
	for _, property := range []string{"clientId", "applicationId"} {
		if source := g.source(r, property, application, applicationRegistration); i == nil && source != nil {
			i = f.byURN[source.URN]
		}
	}
	if i == nil {
		return
	}
	i.principals = append(i.principals, r)
	i.principalID = r.Output("objectId")
	if i.tenantID.IsAbsent() {
		i.tenantID = r.Output("applicationTenantId")
	}
	f.byURN[r.URN] = i
	index(f.byPrincipal, i.principalID, i)
}

// managedName is how Azure tells a user-assigned identity within a subscription.
func managedName(r *Resource) (string, bool) {
	group, hasGroup := r.Get("resourceGroupName").KnownText()
	name, hasName := r.Get("resourceName").KnownText()
	if !hasName && r.Type == userAssigned {
		name, hasName = r.Output("name").KnownText()
	}
	return strings.ToLower(group + "/" + name), hasGroup && hasName
}

func (f *federation) managedByName() map[string]*identity {
	found := map[string]*identity{}
	for _, i := range f.identities {
		if i.resource.Type != userAssigned {
			f.vagueParent = f.vagueParent || i.objectID.IsUnknown() || i.objectID.IsAbsent()
			continue
		}
		name, ok := managedName(i.resource)
		if ok {
			found[name] = i
		}
		f.vagueParent = f.vagueParent || !ok
	}
	return found
}

func (f *federation) addCredential(g *Graph, r *Resource, managed map[string]*identity) {
	c := &credential{
		resource: r, managed: r.Type == managedCredential,
		issuer: r.Get("issuer"), subject: r.Get("subject"), audiences: r.Get("audiences"),
	}
	c.identity, c.parent = f.parentOf(g, r, managed)
	if c.identity != nil {
		c.parent = c.identity.resource.URN
		c.identity.credentials = append(c.identity.credentials, c)
	}
	f.credentials = append(f.credentials, c)
	if subject, ok := c.subject.KnownText(); ok {
		f.bySubject[subject] = append(f.bySubject[subject], c)
	}
	f.vagueSubject = f.vagueSubject || c.subject.IsUnknown()
	f.vagueLoose = f.vagueLoose || c.subject.IsUnknown() && c.identity == nil
}

// parentOf finds the identity that a credential belongs to: by what its parent's name came from, else by the name.
func (f *federation) parentOf(g *Graph, r *Resource, managed map[string]*identity) (*identity, string) {
	if r.Type == managedCredential {
		if source := g.source(r, "resourceName", userAssigned); source != nil {
			return f.byURN[source.URN], ""
		}
		if name, ok := managedName(r); ok {
			return managed[name], "managed:" + name
		}
		return nil, ""
	}
	for _, property := range []string{"applicationId", "applicationObjectId"} {
		if source := g.source(r, property, application, applicationRegistration); source != nil {
			return f.byURN[source.URN], ""
		}
		if id, ok := r.Get(property).KnownText(); ok {
			object := strings.ToLower(id[strings.LastIndex(id, "/")+1:])
			return f.byObjectID[object], "application:" + object
		}
	}
	return nil, ""
}

func (f *federation) addAccount(g *Graph, r *Resource) {
	annotations := r.Get("metadata", "annotations")
	a := &account{
		resource:  r,
		annotated: annotations.Has(azwi.AnnotationClientID) || annotations.IsUnknown() && g.ofFederatedWorkload(r),
		clientID:  annotations.Get(azwi.AnnotationClientID),
		tenantID:  annotations.Get(azwi.AnnotationTenantID),
	}
	a.identity = lookup(f.byClientID, a.clientID)
	if a.identity == nil && a.annotated && a.clientID.IsUnknown() {
		a.identity = f.oneOf(g.sources(r, "metadata", append(identityTypes, servicePrincipal)...))
	}
	if a.identity != nil {
		a.identity.accounts = append(a.identity.accounts, a)
	}
	f.accounts = append(f.accounts, a)
	a.key, a.keyed = keyOf(r)
	f.vagueAccount = f.vagueAccount || !a.keyed
	if a.keyed {
		if before := f.byAccount[a.key]; before == nil || !before.annotated {
			f.byAccount[a.key] = a
		}
		subject := a.subject()
		f.accountsBySubject[subject] = append(f.accountsBySubject[subject], a)
		folded := strings.ToLower(subject)
		f.foldSubject[folded] = append(f.foldSubject[folded], a)
	}
}

// federatedWorkload is the type of this product's component, whose service accounts always name its identity, even
// while a preview does not know their annotations.
const federatedWorkload = "aks-workload-identity:index:FederatedWorkload"

func (g *Graph) ofFederatedWorkload(r *Resource) bool {
	parent := g.Find(r.Parent)
	return parent != nil && parent.Type == federatedWorkload
}

// oneOf is the one identity that resources belong to; nil when there are several.
func (f *federation) oneOf(resources []*Resource) *identity {
	var one *identity
	for _, r := range resources {
		i := f.byURN[r.URN]
		if i == nil || one != nil && one != i {
			return nil
		}
		one = i
	}
	return one
}

// subject is the subject of the account's tokens.
func (a *account) subject() string { return kube.Subject(a.key.namespace, a.key.name) }
