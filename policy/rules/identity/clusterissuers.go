package identity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// clusterIssuers returns the rules about credentials and the clusters of the stack.
func clusterIssuers() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "credential-issuer-matches",
			Title:       "Credentials have the issuer of their service account's cluster, byte for byte.",
			Why:         "A missing slash, another case, the older host or another cluster is another issuer to Entra (AADSTS700211).",
			Remedy:      "Take the issuer from the cluster's oidcIssuerProfile.issuerURL, unchanged.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.FederationLimits,
			CheckStack: checkIssuerMatch,
		},
		{
			Name:        "credential-issuer-reference",
			Title:       "Credentials take the issuer from the cluster's output, and do not copy it.",
			Why:         "A new cluster has a new issuer, and a copied one trusts a cluster that no longer exists.",
			Remedy:      "Use the cluster's output (oidcIssuerProfile.issuerURL, or issuerUrl of the component Cluster).",
			FalseAlarms: "Credentials for a cluster that is being replaced, whose issuer is kept as text for the time of the change.",
			Severity:    rule.Medium, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.IssuerOfAKS,
			CheckStack: checkIssuerReference,
		},
	}
}

// plainIssuer returns an issuer without what is often wrong: its case, and slashes at the end.
func plainIssuer(issuer string) string { return strings.TrimRight(strings.ToLower(issuer), "/") }

// issuerID returns the random id at the end of an AKS issuer, with the new host or the old.
func issuerID(issuer string) string {
	plain := plainIssuer(issuer)
	if !strings.Contains(plain, "prod-aks.") {
		return ""
	}
	return plain[strings.LastIndex(plain, "/")+1:]
}

// checkIssuerMatch finds issuers that are nearly, but not exactly, that of a cluster of the stack,
// and those of another cluster than the service account's.
func checkIssuerMatch(g *graph.Graph, _ rule.Params) []rule.Violation {
	exact, near := map[string]bool{}, map[string]string{}
	for _, r := range g.ByType(graph.TypeManagedCluster) {
		if issuer, ok := issuerOf(r); ok {
			exact[issuer] = true
			near[plainIssuer(issuer)] = issuer
			near[issuerID(issuer)] = issuer
		}
	}
	delete(near, "")
	var found []rule.Violation
	for _, c := range g.Federation().Credentials {
		issuer, ok := c.Issuer.KnownText()
		if !ok {
			continue
		}
		want := cmp.Or(near[plainIssuer(issuer)], near[issuerID(issuer)])
		if exact[issuer] || want == "" {
			want = uncoveredIssuer(g, c)
		}
		if want != "" && want != issuer {
			found = append(found, rule.At(c.Resource, c.Issuer, fmt.Sprintf("the cluster's issuer is %q", want)))
		}
	}
	return found
}

// issuerOf returns the issuer of a cluster, if it is known.
func issuerOf(cluster *graph.Resource) (string, bool) {
	return cluster.Output("oidcIssuerProfile", "issuerURL").KnownText()
}

// uncoveredIssuer returns the issuer of the cluster that has the service account which a credential
// trusts, if the account names the credential's identity and no credential of the identity trusts
// that cluster; else nothing. The account's pods then cannot sign in.
func uncoveredIssuer(g *graph.Graph, c *graph.Credential) string {
	subject, ok := c.Subject.KnownText()
	if !ok || c.Identity == nil || g.Federation().Incomplete.Subject || g.Federation().Incomplete.Credential {
		return ""
	}
	if !hasIssuerReference(g, c) {
		// The issuer is text, which credential-issuer-reference reports.
		return ""
	}
	for _, a := range g.Federation().AccountsOf(subject) {
		cluster := g.ClusterOf(a.Resource.Provider)
		if a.Identity != c.Identity || cluster == nil {
			continue
		}
		issuer, ok := issuerOf(cluster)
		if ok && !slices.ContainsFunc(c.Identity.Credentials, func(other *graph.Credential) bool { return mayTrust(other, subject, issuer) }) {
			return issuer
		}
	}
	return ""
}

// mayTrust reports whether a credential trusts a subject of an issuer, or may.
func mayTrust(c *graph.Credential, subject, issuer string) bool {
	return (c.Subject.IsUnknown() || c.Subject.Is(subject)) && (c.Issuer.IsUnknown() || c.Issuer.Is(issuer))
}

// checkIssuerReference finds issuers that are copied as text. That is certain only where the
// trusted service account is in a cluster of the graph, whose issuer is an output; a credential for
// a cluster outside the stack may have its issuer as text.
func checkIssuerReference(g *graph.Graph, _ rule.Params) []rule.Violation {
	f := g.Federation()
	if f.Incomplete.Subject {
		// That credential may be the one that refers to the cluster, with the same subject.
		return nil
	}
	var found []rule.Violation
	for _, c := range f.Credentials {
		subject, ok := c.Subject.KnownText()
		if !ok || !c.Issuer.IsKnown() || hasIssuerReference(g, c) || hasSiblingWithReference(g, c, subject) {
			continue
		}
		if cluster := clusterOfSubject(g, subject); cluster != nil {
			found = append(found, rule.At(c.Resource, c.Issuer, fmt.Sprintf("the issuer is copied as text, although it is an output of %s", cluster.Label())))
		}
	}
	return found
}

// clusterOfSubject returns the first cluster of the graph that has a service account with a
// subject, or nil.
func clusterOfSubject(g *graph.Graph, subject string) *graph.Resource {
	for _, a := range g.Federation().AccountsOf(subject) {
		if cluster := g.ClusterOf(a.Resource.Provider); cluster != nil {
			return cluster
		}
	}
	return nil
}

// hasIssuerReference reports whether the issuer of a credential came from some resource.
func hasIssuerReference(g *graph.Graph, c *graph.Credential) bool {
	if len(c.Resource.PropertyDependencies["issuer"]) > 0 {
		return true
	}
	return slices.ContainsFunc(c.Resource.Dependencies, func(urn string) bool {
		r := g.Find(urn)
		return r != nil && r.Type == graph.TypeManagedCluster
	})
}

// hasSiblingWithReference reports whether another credential of the same parent trusts the subject,
// with an issuer that is a reference.
func hasSiblingWithReference(g *graph.Graph, c *graph.Credential, subject string) bool {
	return slices.ContainsFunc(g.Federation().CredentialsFor(subject), func(other *graph.Credential) bool {
		sameParent := other.Parent == c.Parent || other.Parent == "" || c.Parent == ""
		return other != c && sameParent && hasIssuerReference(g, other)
	})
}
