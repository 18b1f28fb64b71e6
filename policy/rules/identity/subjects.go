package identity

import (
	"fmt"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// subjects returns the rules about credentials and the service accounts that they trust.
func subjects() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "credential-subject-matches",
			Title:       "Credentials trust the service account that uses the identity.",
			Why:         "Entra compares namespace and name literally and with case (AADSTS700213).",
			Remedy:      "Use the service account's own namespace and name in the subject, as FederatedWorkload does.",
			FalseAlarms: "An identity for two service accounts of which the stack makes one.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.FederationLimits,
			CheckStack: checkSubjects,
		},
		{
			Name:        "service-account-federated",
			Title:       "Service accounts that name an identity are trusted by it.",
			Why:         "Otherwise the exchange of their tokens fails (AADSTS700213).",
			Remedy:      "Add a federated credential for the service account, or remove its annotation.",
			FalseAlarms: "A credential in another stack, or a federation that is switched off.",
			Severity:    rule.Medium, Level: rule.Advisory, Reason: "A federation can be switched off while its service account stays.",
			Source:     rule.FederationLimits,
			CheckStack: checkFederated,
		},
		{
			Name:        "credential-account-exists",
			Title:       "Credentials trust service accounts that exist.",
			Why:         "A misspelt namespace or name is noticed only when the pod fails (AADSTS700213).",
			Remedy:      "Compare the subject with the namespace's service accounts.",
			FalseAlarms: "The account is made by another stack or chart.",
			Severity:    rule.Low, Level: rule.Advisory, Reason: "The service account may be created outside the stack, by the team's own chart.",
			Source:     rule.FederationLimits,
			CheckStack: checkAccountsExist,
		},
	}
}

// mismatch is a credential whose subject is certainly not the intended one.
type mismatch struct {
	credential *graph.Credential
	// intended is the subject of the service account that uses the identity.
	intended string
	// caseOnly is true if the two subjects are equal but for their case.
	caseOnly bool
}

// mismatches returns, for every identity, the credentials that match no service account while an
// account of the identity has no credential; and subjects that differ from an account's only in
// case.
func mismatches(f *graph.Federation) []mismatch {
	if f.Incomplete.Account {
		return nil
	}
	var found []mismatch
	for _, c := range f.Credentials {
		subject, ok := c.Subject.KnownText()
		if !ok || len(f.AccountsOf(subject)) > 0 {
			continue
		}
		if near := f.AccountsLike(subject); len(near) > 0 {
			found = append(found, mismatch{c, near[0].Subject(), true})
			continue
		}
		if _, _, err := kube.ParseSubject(subject); err != nil || c.Identity == nil {
			continue
		}
		a := untrustedAccount(c.Identity)
		if a != nil && a.Resource.Type == graph.TypeServiceAccount && !mayBeTrusted(f, a) {
			found = append(found, mismatch{c, a.Subject(), false})
		}
	}
	return found
}

// untrustedAccount returns a service account that names the identity and that none of its
// credentials trusts; nil if there is none, or while that is not certain.
func untrustedAccount(i *graph.Identity) *graph.Account {
	trusted := make(map[string]bool, len(i.Credentials))
	for _, c := range i.Credentials {
		subject, state := c.Subject.Text()
		if state == graph.Unknown {
			return nil
		}
		trusted[subject] = true
	}
	for _, a := range i.Accounts {
		if a.HasKey && !trusted[a.Subject()] {
			return a
		}
	}
	return nil
}

// mayBeTrusted reports whether a credential whose identity is not certain may trust the account.
func mayBeTrusted(f *graph.Federation, a *graph.Account) bool {
	return f.Incomplete.Credential || slices.ContainsFunc(f.CredentialsFor(a.Subject()),
		func(c *graph.Credential) bool { return c.Identity == nil })
}

// checkSubjects finds credentials that trust another service account than the one that uses the
// identity.
func checkSubjects(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, m := range mismatches(g.Federation()) {
		problem := fmt.Sprintf("the service account that uses the identity has the subject %q", m.intended)
		if m.caseOnly {
			problem = fmt.Sprintf("the service account's subject is %q, and Entra compares with case", m.intended)
		}
		found = append(found, rule.At(m.credential.Resource, m.credential.Subject, problem))
	}
	return found
}

// typeIdentityBinding lets service accounts use an identity without a credential for each: AKS
// exchanges their tokens. Source: learn.microsoft.com/azure/aks/identity-bindings-concepts.
const typeIdentityBinding = "azure-native:containerservice:IdentityBinding"

// checkFederated finds service accounts that name an identity which does not trust them. Where a
// credential of the identity is a mismatch, that is reported instead.
func checkFederated(g *graph.Graph, _ rule.Params) []rule.Violation {
	f := g.Federation()
	mismatched := map[*graph.Identity]bool{}
	for _, m := range mismatches(f) {
		mismatched[m.credential.Identity] = true
	}
	bound := len(g.ByType(typeIdentityBinding)) > 0
	var found []rule.Violation
	for _, i := range f.Identities {
		if mismatched[i] || bound && i.Resource.Type == graph.TypeUserAssignedIdentity {
			continue
		}
		if a := untrustedAccount(i); a != nil && !mayBeTrusted(f, a) {
			v := a.Resource.Get("metadata", "name")
			found = append(found, rule.At(a.Resource, v, fmt.Sprintf("%s has no credential for %q", i.Resource.Label(), a.Subject())))
		}
	}
	return found
}

// checkAccountsExist finds credentials for service accounts that the stack does not create, in a
// namespace where it creates others.
func checkAccountsExist(g *graph.Graph, _ rule.Params) []rule.Violation {
	f := g.Federation()
	if f.Incomplete.Account {
		return nil
	}
	populated := map[string]bool{}
	for _, a := range f.Accounts {
		populated[a.Key.Namespace] = true
	}
	reported := map[*graph.Credential]bool{}
	for _, m := range mismatches(f) {
		reported[m.credential] = true
	}
	var found []rule.Violation
	for _, c := range f.Credentials {
		subject, ok := c.Subject.KnownText()
		namespace, _, err := kube.ParseSubject(subject)
		if !ok || err != nil || reported[c] || len(f.AccountsOf(subject)) > 0 || !populated[namespace] {
			continue
		}
		found = append(found, rule.At(c.Resource, c.Subject, fmt.Sprintf("the stack creates service accounts in namespace %s, but not this one", namespace)))
	}
	return found
}
