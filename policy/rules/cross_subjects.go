package rules

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
)

// crossSubjects is credentials and the service accounts that they trust.
func crossSubjects() []Rule {
	return []Rule{
		{
			Name: "credential-subject-matches", IDs: []string{"N2"},
			Title:    "Credentials trust the service account that uses the identity.",
			Why:      "Entra compares namespace and name literally and with case: AADSTS700213 otherwise.",
			Remedy:   "Use the service account's own namespace and name in the subject, as FederatedWorkload does.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Stack:    judgeSubjects,
		},
		{
			Name: "service-account-federated", IDs: []string{"N2"},
			Title:    "Service accounts that name an identity are trusted by it.",
			Why:      "The exchange of their tokens fails (AADSTS700213).",
			Remedy:   "Add a federated credential for the service account, or remove its annotation.",
			Severity: Medium, Level: Advisory, Reason: "A federation can be switched off while its service account stays.",
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Stack:    judgeUnfederated,
		},
		{
			Name: "credential-account-exists", IDs: []string{"N2"},
			Title:    "Credentials trust service accounts that exist.",
			Why:      "A misspelt namespace or name is found only when the pod fails (AADSTS700213).",
			Remedy:   "Compare the subject with the namespace's service accounts.",
			Severity: Low, Level: Advisory, Reason: "The service account may be made elsewhere, by the team's own chart.",
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Stack:    judgeAbsentAccounts,
		},
	}
}

// mismatch is a credential whose subject is certainly not the one that was meant.
type mismatch struct {
	credential *credential
	meant      string
	caseOnly   bool
}

// mismatches finds, for every identity, credentials that match no service account while an account of the identity has
// no credential; and subjects that differ from an account's only in case.
func (f *federation) mismatches() []mismatch {
	var found []mismatch
	if f.vagueAccount {
		return nil
	}
	for _, c := range f.credentials {
		subject, ok := c.subject.KnownText()
		if !ok || len(f.accountsBySubject[subject]) > 0 {
			continue
		}
		if near := f.foldSubject[strings.ToLower(subject)]; len(near) > 0 {
			found = append(found, mismatch{c, near[0].subject(), true})
			continue
		}
		if _, _, err := kube.ParseSubject(subject); err != nil || c.identity == nil {
			continue
		}
		if a := c.identity.orphan(); a != nil && a.resource.Type == serviceAccount && !f.trustedElsewhere(a.subject()) {
			found = append(found, mismatch{c, a.subject(), false})
		}
	}
	return found
}

// orphan is an account of the identity that none of its credentials trusts; nil while that is not certain.
func (i *identity) orphan() *account {
	trusted := make(map[string]bool, len(i.credentials))
	for _, c := range i.credentials {
		subject, state := c.subject.Text()
		if state == Unknown {
			return nil
		}
		trusted[subject] = true
	}
	for _, a := range i.accounts {
		if a.keyed && !trusted[a.subject()] {
			return a
		}
	}
	return nil
}

// trustedElsewhere reports that a credential whose identity is not certain may trust the subject.
func (f *federation) trustedElsewhere(subject string) bool {
	for _, c := range f.bySubject[subject] {
		if c.identity == nil {
			return true
		}
	}
	return f.vagueLoose
}

func judgeSubjects(g *Graph, _ Params) []Violation {
	var found []Violation
	for _, m := range g.federation().mismatches() {
		problem := fmt.Sprintf("the service account that uses the identity has the subject %q", m.meant)
		if m.caseOnly {
			problem = fmt.Sprintf("the service account's subject is %q, and Entra compares with case", m.meant)
		}
		found = append(found, m.credential.resource.fault(m.credential.subject, problem))
	}
	return found
}

func judgeUnfederated(g *Graph, _ Params) []Violation {
	f := g.federation()
	mismatched := map[*identity]bool{}
	for _, m := range f.mismatches() {
		mismatched[m.credential.identity] = true
	}
	var found []Violation
	for _, i := range f.identities {
		if mismatched[i] {
			continue
		}
		if a := i.orphan(); a != nil && !f.trustedElsewhere(a.subject()) {
			v := a.resource.Get("metadata", "name")
			found = append(found, a.resource.fault(v, fmt.Sprintf("%s has no credential for %q", i.resource.Label(), a.subject())))
		}
	}
	return found
}

func judgeAbsentAccounts(g *Graph, _ Params) []Violation {
	f := g.federation()
	if f.vagueAccount {
		return nil
	}
	populated := map[string]bool{}
	for _, a := range f.accounts {
		populated[a.key.namespace] = true
	}
	reported := map[*credential]bool{}
	for _, m := range f.mismatches() {
		reported[m.credential] = true
	}
	var found []Violation
	for _, c := range f.credentials {
		subject, ok := c.subject.KnownText()
		namespace, _, err := kube.ParseSubject(subject)
		if !ok || err != nil || reported[c] || len(f.accountsBySubject[subject]) > 0 || !populated[namespace] {
			continue
		}
		found = append(found, c.resource.fault(c.subject, fmt.Sprintf("the stack makes service accounts in namespace %s, but not this one", namespace)))
	}
	return found
}
