package rules

import (
	"fmt"
	"strings"
)

// crossIssuers is credentials and the clusters that they trust.
func crossIssuers() []Rule {
	return []Rule{
		{
			Name: "credential-issuer-matches", IDs: []string{"N3"},
			Title:    "Credentials have their cluster's issuer, byte for byte.",
			Why:      "A missing slash, another case or the older host is another issuer to Entra (AADSTS700211).",
			Remedy:   "Take the issuer from the cluster's oidcIssuerProfile.issuerURL, unchanged.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Important considerations and restrictions for federated identity credentials",
			URL:      considerations,
			Stack:    judgeIssuerMatch,
		},
		{
			Name: "credential-issuer-reference", IDs: []string{"N3"},
			Title:    "Credentials take the issuer from the cluster, and do not repeat it.",
			Why:      "A new cluster has a new issuer, and a copied one trusts a cluster that is gone.",
			Remedy:   "Use the cluster's output (oidcIssuerProfile.issuerURL, or issuerUrl of the component Cluster).",
			Severity: Medium, Level: Mandatory, Reason: breaks,
			Document: "Create an OpenID Connect provider on AKS",
			URL:      "https://learn.microsoft.com/azure/aks/use-oidc-issuer",
			Stack:    judgeIssuerReference,
		},
	}
}

// plainIssuer is an issuer without what is easily got wrong: case, and slashes at the end.
func plainIssuer(issuer string) string { return strings.TrimRight(strings.ToLower(issuer), "/") }

// issuerID is the random id that ends an AKS issuer, old or new.
func issuerID(issuer string) string {
	plain := plainIssuer(issuer)
	if !strings.Contains(plain, "prod-aks.") {
		return ""
	}
	return plain[strings.LastIndex(plain, "/")+1:]
}

func judgeIssuerMatch(g *Graph, _ Params) []Violation {
	exact, near := map[string]bool{}, map[string]string{}
	for _, r := range g.ByType(managedCluster) {
		if issuer, ok := r.Output("oidcIssuerProfile", "issuerURL").KnownText(); ok {
			exact[issuer] = true
			near[plainIssuer(issuer)] = issuer
			near[issuerID(issuer)] = issuer
		}
	}
	delete(near, "")
	var found []Violation
	for _, c := range g.federation().credentials {
		issuer, ok := c.issuer.KnownText()
		if !ok || exact[issuer] {
			continue
		}
		want := near[plainIssuer(issuer)]
		if want == "" {
			want = near[issuerID(issuer)]
		}
		if want != "" {
			found = append(found, c.resource.fault(c.issuer, fmt.Sprintf("the cluster's issuer is %q", want)))
		}
	}
	return found
}

// judgeIssuerReference is certain only where the service account that is trusted stands in a cluster of the graph, whose
// issuer is an output then; credentials for clusters elsewhere may well say their issuer.
func judgeIssuerReference(g *Graph, _ Params) []Violation {
	f := g.federation()
	if f.vagueSubject {
		// It may be the reference to the cluster, with the same subject.
		return nil
	}
	var found []Violation
	for _, c := range f.credentials {
		subject, ok := c.subject.KnownText()
		if !ok || !c.issuer.IsKnown() || g.fromGraph(c) || f.referenced(g, c, subject) {
			continue
		}
		for _, a := range f.accountsBySubject[subject] {
			if cluster := g.clusterOf(a.resource); cluster != nil {
				found = append(found, c.resource.fault(c.issuer, fmt.Sprintf("the issuer is written out, although %s of the stack has it", cluster.Label())))
				break
			}
		}
	}
	return found
}

// fromGraph reports that the issuer came from some resource.
func (g *Graph) fromGraph(c *credential) bool {
	if len(c.resource.PropertyDependencies["issuer"]) > 0 {
		return true
	}
	for _, urn := range c.resource.Dependencies {
		if r := g.Find(urn); r != nil && r.Type == managedCluster {
			return true
		}
	}
	return false
}

// referenced reports that another credential of the same parent trusts the subject by reference.
func (f *federation) referenced(g *Graph, c *credential, subject string) bool {
	for _, other := range f.bySubject[subject] {
		sameParent := other.parent == c.parent || other.parent == "" || c.parent == ""
		if other != c && sameParent && g.fromGraph(other) {
			return true
		}
	}
	return false
}
