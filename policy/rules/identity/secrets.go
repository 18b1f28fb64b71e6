package identity

import (
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// secrets returns the rules about secrets of applications, which a federated credential replaces.
func secrets() []rule.Rule {
	return []rule.Rule{{
		Name:        "no-client-secret",
		Title:       "No application has a password or certificate.",
		Why:         "It is a secret that leaks, expires and is copied; a federated credential needs none.",
		Remedy:      "Remove the resource and federate the application with the workload's service account.",
		FalseAlarms: "An application for another program than a workload, which cannot be federated.",
		Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Insecure,
		Source:        rule.Federation,
		CheckResource: checkClientSecret,
	}}
}

// clientSecrets are the resources that are secrets of an application.
var clientSecrets = map[string]string{
	"azuread:index:ApplicationPassword":         "a password",
	"azuread:index:ApplicationCertificate":      "a certificate",
	"azuread:index:ServicePrincipalPassword":    "a password",
	"azuread:index:ServicePrincipalCertificate": "a certificate",
}

// checkClientSecret finds an application's secret: a resource, or a property of the application.
func checkClientSecret(r *graph.Resource, _ rule.Params) []rule.Violation {
	if what := clientSecrets[r.Type]; what != "" {
		return []rule.Violation{rule.About(r, "it is "+what+" of an application")}
	}
	if r.Type != graph.TypeApplication {
		return nil
	}
	// The property was a list in early versions, and is one object now.
	for _, property := range []string{"password", "passwords"} {
		if v := r.Input(property); v.IsKnown() && !v.IsEmpty() {
			return []rule.Violation{rule.Hidden(r, v, "the application has a password")}
		}
	}
	return nil
}
