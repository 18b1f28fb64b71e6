package graph

import "strings"

// IDKind is one of the ids of an identity, which look alike.
type IDKind int

// The ids of an identity.
const (
	// NoID is a text that is no id of an identity of the graph.
	NoID IDKind = iota
	// ClientID is the application id, which programs sign in with.
	ClientID
	// PrincipalID is the object id of the service principal, which gets roles.
	PrincipalID
	// ApplicationObjectID is the object id of the application.
	ApplicationObjectID
	// ResourceID is the ARM id of a user-assigned identity.
	ResourceID
)

// String returns the kind for a message.
func (k IDKind) String() string {
	return [...]string{"no id", "client id", "object id of its principal", "object id of the application", "resource id"}[k]
}

// Of returns the kind, and whose id it is, for a message; owner is nil if that is not known.
func (k IDKind) Of(owner *Resource) string {
	if owner == nil {
		return k.String()
	}
	return k.String() + " of " + owner.Label()
}

// KindOf returns which id of which identity a value is. Managed clusters have identities as well:
// those of the kubelet and of add-ons, of which owner is the cluster.
func (g *Graph) KindOf(v Value) (kind IDKind, owner *Resource) {
	f := g.Federation()
	if i := f.ByClientID(v); i != nil {
		return ClientID, i.Resource
	}
	if i := f.ByPrincipalID(v); i != nil {
		return PrincipalID, i.Resource
	}
	if i := f.ByObjectID(v); i != nil {
		return ApplicationObjectID, i.Resource
	}
	text, ok := v.KnownText()
	if !ok {
		return NoID, nil
	}
	for _, cluster := range g.ByType(TypeManagedCluster) {
		for _, identity := range clusterIdentities(cluster) {
			switch {
			case identity.Get("clientId").IsFold(text):
				return ClientID, cluster
			case identity.Get("objectId").IsFold(text):
				return PrincipalID, cluster
			}
		}
	}
	if strings.Contains(strings.ToLower(text), "/providers/microsoft.managedidentity/userassignedidentities/") {
		return ResourceID, nil
	}
	return NoID, nil
}

// clusterIdentities returns the identities that Azure made for a cluster.
func clusterIdentities(cluster *Resource) []Value {
	outputs := NewValue(cluster.Outputs)
	return append(outputs.At("identityProfile", "*"), outputs.At("addonProfiles", "*", "identity")...)
}
