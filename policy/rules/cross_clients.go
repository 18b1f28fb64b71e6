package rules

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// crossClients is service accounts and the identities that they name.
func crossClients() []Rule {
	return []Rule{
		{
			Name: "service-account-client-id", IDs: []string{"N5"},
			Title:    "Service accounts name the client id of the identity that trusts them.",
			Why:      "An identity has three ids that look alike; with another one Entra answers AADSTS700016 or 700213.",
			Remedy:   "Set " + azwi.AnnotationClientID + " to the identity's clientId output (an application's clientId, not its objectId).",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Service account labels and annotations, Azure AD Workload Identity",
			URL:      annotationDocs,
			Stack:    judgeClientIDs,
		},
		{
			Name: "service-account-tenant", IDs: []string{"N5"},
			Title:    "Service accounts name the tenant of their identity.",
			Why:      "Entra looks for the client in the wrong directory (AADSTS700016).",
			Remedy:   "Set " + azwi.AnnotationTenantID + " to the identity's tenantId output, or leave it out.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Service account labels and annotations, Azure AD Workload Identity",
			URL:      annotationDocs,
			Stack: func(g *Graph, _ Params) []Violation {
				var found []Violation
				for _, a := range g.federation().accounts {
					got, ok := a.tenantID.KnownText()
					if !ok || a.identity == nil {
						continue
					}
					if want, known := a.identity.tenantID.KnownText(); known && !strings.EqualFold(got, want) {
						found = append(found, a.resource.fault(a.tenantID, fmt.Sprintf("the identity's tenant is %s", want)))
					}
				}
				return found
			},
		},
	}
}

func judgeClientIDs(g *Graph, _ Params) []Violation {
	f := g.federation()
	var found []Violation
	for _, a := range f.accounts {
		got, ok := a.clientID.KnownText()
		switch {
		case !ok || lookup(f.byClientID, a.clientID) != nil && f.trusts(a, got):
		case lookup(f.byPrincipal, a.clientID) != nil:
			found = append(found, a.resource.fault(a.clientID, "this is the principal's object id, not the client id"))
		case lookup(f.byObjectID, a.clientID) != nil:
			found = append(found, a.resource.fault(a.clientID, "this is the application's object id, not the client id"))
		default:
			if want, other := f.trustedBy(a); other && !strings.EqualFold(got, want) {
				found = append(found, a.resource.fault(a.clientID, fmt.Sprintf("the identity that trusts the service account has the client id %s", want)))
			}
		}
	}
	return found
}

// trusts reports that one of the identities that trust the account has that client id, or might.
func (f *federation) trusts(a *account, clientID string) bool {
	want, ok := f.trustedBy(a)
	return !ok || strings.EqualFold(want, clientID)
}

// trustedBy is the client id of the one identity that trusts the account; not ok when there are several, or it is not
// known.
func (f *federation) trustedBy(a *account) (clientID string, ok bool) {
	if !a.keyed || f.vagueSubject {
		return "", false
	}
	var one *identity
	for _, c := range f.bySubject[a.subject()] {
		if c.identity == nil || one != nil && one != c.identity {
			return "", false
		}
		one = c.identity
	}
	if one == nil {
		return "", false
	}
	return one.clientID.KnownText()
}
