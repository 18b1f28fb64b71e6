package identity

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// sharing returns the rules about who shares an identity.
func sharing() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "identity-one-namespace",
			Title:       "An identity trusts service accounts of one namespace only.",
			Why:         "An attacker in one of the namespaces gets all access that the identity has for the others.",
			Remedy:      "Give each namespace a separate identity.",
			FalseAlarms: "One application in several namespaces.",
			Severity:    rule.Medium, Level: rule.Advisory, Reason: "Several namespaces may share an identity on purpose.",
			Source: rule.RBACPractices,
			Params: []rule.Param{{
				Name: "maximum", Type: rule.NumberParam, Default: 1.0,
				Description: "The number of namespaces that may share an identity.",
			}},
			CheckStack: checkNamespaces,
		},
		{
			Name:        "service-account-one-identity",
			Title:       "A service account has one identity.",
			Why:         "The annotation names one of them; only programs that pass a client id can use the others.",
			Remedy:      "Use one service account for each identity, or pass the client id to the SDK.",
			FalseAlarms: "A program that passes the client id to the SDK.",
			Severity:    rule.Low, Level: rule.Advisory, Reason: "A program may pass the client id to the SDK itself.",
			Source: rule.Source{
				Title: "Frequently asked questions, Azure AD Workload Identity",
				URL:   "https://azure.github.io/azure-workload-identity/docs/faq.html",
			},
			CheckStack: checkOneIdentity,
		},
	}
}

// checkNamespaces finds identities that trust service accounts of too many namespaces.
func checkNamespaces(g *graph.Graph, p rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, group := range g.Federation().CredentialsByParent() {
		namespaces := map[string]bool{}
		for _, c := range group {
			subject, _ := c.Subject.KnownText()
			if namespace, _, err := kube.ParseSubject(subject); err == nil {
				namespaces[namespace] = true
			}
		}
		if len(namespaces) <= p.Int("maximum") {
			continue
		}
		list := graph.Shorten(strings.Join(slices.Sorted(maps.Keys(namespaces)), ", "))
		found = append(found, rule.About(ownerOf(group), fmt.Sprintf("%d namespaces share the identity: %s", len(namespaces), list)))
	}
	return found
}

// checkOneIdentity finds service accounts that several identities trust. It compares credentials
// with the same known issuer, or with issuers from the same cluster.
func checkOneIdentity(g *graph.Graph, _ rule.Params) []rule.Violation {
	first := map[trust]*graph.Credential{}
	var found []rule.Violation
	for _, c := range g.Federation().Credentials {
		subject, ok := c.Subject.KnownText()
		issuer, known := c.Issuer.KnownText()
		if cluster := g.Origin(c.Resource, "issuer", graph.TypeManagedCluster); !known && cluster != nil {
			issuer = cluster.URN
		}
		if !ok || c.Parent == "" || issuer == "" || !strings.HasPrefix(subject, kube.SubjectPrefix) {
			continue
		}
		key := trust{issuer, subject}
		before := first[key]
		if before == nil {
			first[key] = c
			continue
		}
		if before.Parent != c.Parent {
			found = append(found, rule.At(c.Resource, c.Subject, before.Resource.Label()+" gives the same service account another identity"))
		}
	}
	return found
}
