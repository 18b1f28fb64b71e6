package pod

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// clients returns the rules about the ids by which service accounts name identities of the stack.
func clients() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "service-account-client-id",
			Title:       "Service accounts name the client id of the identity that trusts them.",
			Why:         "An identity has three ids that look alike; with another one Entra answers AADSTS700016 or 700213.",
			Remedy:      "Set " + azwi.AnnotationClientID + " to the identity's clientId output (an application's clientId, not its objectId).",
			FalseAlarms: "An identity with a credential for the account in another stack.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.LabelsAndAnnotations,
			CheckStack: checkClientIDs,
		},
		{
			Name:        "service-account-tenant",
			Title:       "Service accounts name the tenant of their identity.",
			Why:         "Otherwise Entra looks the client up in the wrong directory (AADSTS700016).",
			Remedy:      "Set " + azwi.AnnotationTenantID + " to the identity's tenantId output, or leave it out.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.LabelsAndAnnotations,
			CheckStack: checkTenants,
		},
	}
}

// checkClientIDs finds annotations with another id than the client id of the identity that trusts
// the service account.
func checkClientIDs(g *graph.Graph, _ rule.Params) []rule.Violation {
	f := g.Federation()
	var found []rule.Violation
	for _, a := range f.Accounts {
		got, ok := a.ClientID.KnownText()
		if !ok {
			continue
		}
		want, trusted := trustedClientID(f, a)
		differs := trusted && !strings.EqualFold(want, got)
		switch {
		case f.ByClientID(a.ClientID) != nil && !differs:
		case f.ByPrincipalID(a.ClientID) != nil:
			found = append(found, rule.At(a.Resource, a.ClientID, "this is the principal's object id, not the client id"))
		case f.ByObjectID(a.ClientID) != nil:
			found = append(found, rule.At(a.Resource, a.ClientID, "this is the application's object id, not the client id"))
		case differs:
			found = append(found, rule.At(a.Resource, a.ClientID, fmt.Sprintf("the identity that trusts the service account has the client id %s", want)))
		}
	}
	return found
}

// trustedClientID returns the client id of the one identity that trusts the account; not ok when
// there are several, or when it is not known.
func trustedClientID(f *graph.Federation, a *graph.Account) (clientID string, ok bool) {
	if !a.HasKey || f.Incomplete.Subject {
		return "", false
	}
	var one *graph.Identity
	for _, c := range f.CredentialsFor(a.Subject()) {
		if c.Identity == nil || one != nil && one != c.Identity {
			return "", false
		}
		one = c.Identity
	}
	if one == nil {
		return "", false
	}
	return one.ClientID.KnownText()
}

// checkTenants finds annotations with another tenant than that of the identity.
func checkTenants(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, a := range g.Federation().Accounts {
		got, ok := a.TenantID.KnownText()
		if !ok || a.Identity == nil {
			continue
		}
		if want, known := a.Identity.TenantID.KnownText(); known && !strings.EqualFold(got, want) {
			found = append(found, rule.At(a.Resource, a.TenantID, fmt.Sprintf("the identity's tenant is %s", want)))
		}
	}
	return found
}
