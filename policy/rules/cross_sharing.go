package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
)

// existing is the parameter for credentials that a graph cannot show.
var existing = Param{
	Name: "existing", Type: NumberParam, Default: 0.0,
	Description: "The number of credentials that every identity already has outside the stack.",
}

// crossSharing is how many share an identity.
func crossSharing() []Rule {
	return []Rule{
		{
			Name: "credential-limit", IDs: []string{"N7"},
			Title:    fmt.Sprintf("Identities have at most %d federated credentials.", azure.MaxFederatedCredentials),
			Why:      "Azure refuses the next one.",
			Remedy:   "Give groups of service accounts identities of their own.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Params:   []Param{existing},
			Stack: eachCount(func(n int, _ Params) string {
				if n > azure.MaxFederatedCredentials {
					return fmt.Sprintf("the identity has %d credentials, and Azure takes %d", n, azure.MaxFederatedCredentials)
				}
				return ""
			}),
		},
		{
			Name: "credential-near-limit", IDs: []string{"N7"},
			Title:    "Identities have room for more federated credentials.",
			Why:      "The deployment that adds one too many fails, and the way out changes client ids.",
			Remedy:   "Plan an identity of its own for the next service accounts.",
			Severity: Low, Level: Advisory, Reason: hygiene,
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Params: []Param{existing, {
				Name: "warnAt", Type: NumberParam, Default: 16.0, Description: "The number of credentials from which on to warn.",
			}},
			Stack: eachCount(func(n int, p Params) string {
				if n >= p.Int("warnAt") && n <= azure.MaxFederatedCredentials {
					return fmt.Sprintf("the identity has %d of at most %d credentials", n, azure.MaxFederatedCredentials)
				}
				return ""
			}),
		},
		{
			Name: "credential-unique", IDs: []string{"N7"},
			Title:    "No two credentials of an identity have the same issuer and subject.",
			Why:      "Azure refuses the second (\"Issuer and subject combination already exists\").",
			Remedy:   "Remove one of the two.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Stack:    judgeUnique,
		},
		{
			Name: "identity-one-namespace", IDs: []string{"N17"},
			Title:    "An identity is shared within one namespace.",
			Why:      "Who gets into one namespace has what the identity may do for all.",
			Remedy:   "Give each namespace an identity of its own.",
			Severity: Medium, Level: Advisory, Reason: "Sharing can be meant.",
			Document: "Best practices for Azure RBAC",
			URL:      rbacPractices,
			Params:   []Param{{Name: "maximum", Type: NumberParam, Default: 1.0, Description: "The number of namespaces that may share an identity."}},
			Stack:    judgeNamespaces,
		},
		{
			Name: "service-account-one-identity", IDs: []string{"N17"},
			Title:    "A service account has one identity.",
			Why:      "The annotation names one of them; the others are reached only by programs that pass a client id.",
			Remedy:   "Use one service account for each identity, or pass the client id to the SDK.",
			Severity: Low, Level: Advisory, Reason: "A program may pass the client id to the SDK itself.",
			Document: "Frequently asked questions, Azure AD Workload Identity",
			URL:      "https://azure.github.io/azure-workload-identity/docs/faq.html",
			Stack:    judgeManyIdentities,
		},
	}
}

// eachCount makes a rule of a function of the number of an identity's credentials.
func eachCount(problem func(int, Params) string) func(*Graph, Params) []Violation {
	return func(g *Graph, p Params) []Violation {
		var found []Violation
		for _, group := range g.federation().byParent() {
			if text := problem(len(group)+p.Int("existing"), p); text != "" {
				r := group[0].resource
				if group[0].identity != nil {
					r = group[0].identity.resource
				}
				found = append(found, r.flaw(text))
			}
		}
		return found
	}
}

func judgeUnique(g *Graph, _ Params) []Violation {
	var found []Violation
	for _, group := range g.federation().byParent() {
		seen := map[string]*credential{}
		for _, c := range group {
			issuer, hasIssuer := c.issuer.KnownText()
			subject, hasSubject := c.subject.KnownText()
			if !hasIssuer || !hasSubject {
				continue
			}
			key := issuer + "\x00" + subject
			if first := seen[key]; first != nil {
				found = append(found, c.resource.fault(c.subject, first.resource.Label()+" has the same issuer and subject"))
				continue
			}
			seen[key] = c
		}
	}
	return found
}

func judgeNamespaces(g *Graph, p Params) []Violation {
	var found []Violation
	for _, group := range g.federation().byParent() {
		spaces := map[string]bool{}
		for _, c := range group {
			subject, _ := c.subject.KnownText()
			if namespace, _, err := kube.ParseSubject(subject); err == nil {
				spaces[namespace] = true
			}
		}
		if len(spaces) <= p.Int("maximum") {
			continue
		}
		r := group[0].resource
		if group[0].identity != nil {
			r = group[0].identity.resource
		}
		found = append(found, r.flaw(fmt.Sprintf("%d namespaces share the identity: %s", len(spaces), cut(strings.Join(slices.Sorted(maps.Keys(spaces)), ", ")))))
	}
	return found
}

// judgeManyIdentities compares credentials of the same known issuer, or of issuers from the same cluster.
func judgeManyIdentities(g *Graph, _ Params) []Violation {
	f := g.federation()
	first := map[string]*credential{}
	var found []Violation
	for _, c := range f.credentials {
		subject, ok := c.subject.KnownText()
		issuer, known := c.issuer.KnownText()
		if cluster := g.source(c.resource, "issuer", managedCluster); !known && cluster != nil {
			issuer = cluster.URN
		}
		if !ok || c.parent == "" || issuer == "" || !strings.HasPrefix(subject, accountSubject) {
			continue
		}
		key := issuer + "\x00" + subject
		before := first[key]
		if before == nil {
			first[key] = c
			continue
		}
		if before.parent != c.parent {
			found = append(found, c.resource.fault(c.subject, before.resource.Label()+" gives the same service account another identity"))
		}
	}
	return found
}
