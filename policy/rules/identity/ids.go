package identity

import (
	"fmt"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// ids returns the rules about the ids by which programs and custom resources name an identity.
func ids() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "identity-id-kind",
			Title:       "Whatever names an identity has the id that it expects.",
			Why:         "An identity has a client id, an object id and a resource id; with another one the sign-in fails (AADSTS700016), or access is given to nobody.",
			Remedy:      "Use the output that the message names.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.LabelsAndAnnotations,
			CheckStack: checkIDKinds,
		},
		{
			Name:        "custom-resource-identity-federated",
			Title:       "Identities that custom resources name trust a service account.",
			Why:         "Without a federated credential nothing in the cluster can sign in as the identity (AADSTS70025).",
			Remedy:      "Add a federated credential for the operator's or the pod's service account.",
			FalseAlarms: "An identity that a virtual machine or scale set has, and no service account.",
			Severity:    rule.Medium, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.FederationLimits,
			CheckStack: checkNamedIdentities,
		},
	}
}

// reference is a property by which something names an identity.
type reference struct {
	types []string
	path  []string
	want  graph.IDKind
}

// references are the properties that name an identity. Service accounts and role assignments have
// rules of their own. Sources: the API references of KEDA (podIdentity.identityId), External
// Secrets (azurekv.identityId), the Key Vault provider (clientID, userAssignedIdentityID),
// cert-manager (azureDNS.managedIdentity.clientID), and Key Vault (objectId).
var references = []reference{
	{kinds("keda.sh", "TriggerAuthentication", "ClusterTriggerAuthentication"), []string{"spec", "podIdentity", "identityId"}, graph.ClientID},
	{kinds("secrets-store.csi.x-k8s.io", "SecretProviderClass"), []string{"spec", "parameters", "clientID"}, graph.ClientID},
	{kinds("secrets-store.csi.x-k8s.io", "SecretProviderClass"), []string{"spec", "parameters", "userAssignedIdentityID"}, graph.ClientID},
	{kinds("external-secrets.io", "SecretStore", "ClusterSecretStore"), []string{"spec", "provider", "azurekv", "identityId"}, graph.ClientID},
	{kinds("cert-manager.io", "Issuer", "ClusterIssuer"), []string{"spec", "acme", "solvers", "*", "dns01", "azureDNS", "managedIdentity", "clientID"}, graph.ClientID},
	{[]string{graph.TypeVault}, []string{"properties", "accessPolicies", "*", "objectId"}, graph.PrincipalID},
	{[]string{"azure-native:keyvault:AccessPolicy"}, []string{"policy", "objectId"}, graph.PrincipalID},
}

// kinds returns the types of kinds of an API group.
func kinds(group string, names ...string) []string {
	types := make([]string, len(names))
	for i, name := range names {
		types[i] = "kubernetes:" + group + ":" + name
	}
	return types
}

// checkIDKinds finds ids of another kind than their place expects.
func checkIDKinds(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, ref := range references {
		for _, r := range g.ByType(ref.types...) {
			for _, v := range graph.NewValue(r.Inputs).At(ref.path...) {
				found = append(found, checkIDKind(g, r, v, ref.want)...)
			}
		}
	}
	for _, pod := range g.Pods() {
		for _, v := range pod.Variables() {
			if v.Name.Is(azwi.EnvClientID) {
				found = append(found, checkIDKind(g, pod.Owner, v.Value, graph.ClientID)...)
			}
		}
	}
	return found
}

// outputs are the properties in which a program finds the ids.
var outputs = map[graph.IDKind]string{graph.ClientID: "clientId", graph.PrincipalID: "principalId (of an application: its service principal's objectId)"}

// checkIDKind finds a value that is another id of an identity than wanted.
func checkIDKind(g *graph.Graph, r *graph.Resource, v graph.Value, want graph.IDKind) []rule.Violation {
	kind, owner := g.KindOf(v)
	if kind == graph.NoID || kind == want {
		return nil
	}
	return rule.Found(r, v, fmt.Sprintf("this is the %s; the %s is expected: %s", kind.Of(owner), want, outputs[want]))
}

// checkNamedIdentities finds custom resources that name an identity of the graph which trusts
// nothing.
func checkNamedIdentities(g *graph.Graph, _ rule.Params) []rule.Violation {
	f := g.Federation()
	// A credential whose parent is not known may belong to the identity.
	unsure := f.Incomplete.Identity || slices.ContainsFunc(f.Credentials, func(c *graph.Credential) bool { return c.Identity == nil })
	if unsure {
		return nil
	}
	var found []rule.Violation
	for _, ref := range references {
		if ref.want != graph.ClientID {
			continue
		}
		for _, r := range g.ByType(ref.types...) {
			for _, v := range graph.NewValue(r.Inputs).At(ref.path...) {
				if i := f.ByClientID(v); i != nil && len(i.Credentials) == 0 {
					found = append(found, rule.At(r, v, i.Resource.Label()+" trusts no service account"))
				}
			}
		}
	}
	return found
}
