package graph

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
)

// typeFederatedWorkload is this product's component. Its service accounts always name its identity,
// also while a preview does not know their annotations.
const typeFederatedWorkload = "aks-workload-identity:index:FederatedWorkload"

// Account is a service account of the graph.
type Account struct {
	Resource *Resource
	Key      ObjectKey
	// HasKey is false while the namespace or name is not known.
	HasKey bool
	// Annotated is true if the account certainly names a client id, known or not yet.
	Annotated          bool
	ClientID, TenantID Value
	// Identity is what the client id belongs to, when that is certain.
	Identity *Identity
}

// Subject returns the subject of the account's tokens.
func (a *Account) Subject() string { return kube.Subject(a.Key.Namespace, a.Key.Name) }

func (f *Federation) addAccount(g *Graph, r *Resource) {
	annotations := r.Get("metadata", "annotations")
	a := &Account{
		Resource: r,
		Annotated: annotations.Has(azwi.AnnotationClientID) ||
			annotations.IsUnknown() && g.ofFederatedWorkload(r),
		ClientID: annotations.Get(azwi.AnnotationClientID),
		TenantID: annotations.Get(azwi.AnnotationTenantID),
	}
	a.Identity = f.ByClientID(a.ClientID)
	if a.Identity == nil && a.Annotated && a.ClientID.IsUnknown() {
		a.Identity = f.identityOf(g.Origins(r, "metadata", PrincipalTypes...))
	}
	if a.Identity != nil {
		a.Identity.Accounts = append(a.Identity.Accounts, a)
	}
	f.Accounts = append(f.Accounts, a)
	if a.Key, a.HasKey = KeyOf(r); !a.HasKey {
		f.Incomplete.Account = true
		return
	}
	if before := f.byAccount[a.Key]; before == nil || !before.Annotated {
		f.byAccount[a.Key] = a
	}
	subject := a.Subject()
	f.accountsBySubject[subject] = append(f.accountsBySubject[subject], a)
	folded := strings.ToLower(subject)
	f.accountsByFoldedSubject[folded] = append(f.accountsByFoldedSubject[folded], a)
}

func (g *Graph) ofFederatedWorkload(r *Resource) bool {
	parent := g.Find(r.Parent)
	return parent != nil && parent.Type == typeFederatedWorkload
}
