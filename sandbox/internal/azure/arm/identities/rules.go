package identities

import "github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rules"

const considerations = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"

var (
	ruleIdentityName = rules.New(rules.Documented, "identity.name",
		"An identity's name has 3 to 128 letters, digits, hyphens and underscores; its error code is inferred",
		"https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftmanagedidentity")
	ruleName = rules.New(rules.Documented, "credential.name",
		"A credential's name has 3 to 120 letters, digits, hyphens and underscores", considerations)
	ruleComplete = rules.New(rules.Reported, "credential.complete",
		"A credential has an issuer, a subject and an audience", "zioproto/istio-aks-example#6")
	ruleOneAudience = rules.New(rules.Documented, "credential.one-audience",
		"A credential has exactly one audience", considerations)
	ruleLength = rules.New(rules.Documented, "credential.length",
		"Issuer, subject and audience have at most 600 characters; the text of the error is inferred", considerations)
	ruleNoWildcard = rules.New(rules.Documented, "credential.no-wildcard",
		"No property of a credential has a wildcard", considerations)
	ruleIssuerURL = rules.New(rules.Inferred, "credential.issuer-url",
		"A credential's issuer is an https URL without query and fragment",
		"OpenID Connect Discovery 1.0, section 3: the form of issuers")
	ruleUnique = rules.New(rules.Documented, "credential.unique",
		"No two credentials of an identity have the same issuer and subject", considerations)
	ruleTwenty = rules.New(rules.Documented, "credential.twenty",
		"An identity has at most 20 credentials; the text of the error is quoted by a third party", considerations)
	ruleOneWrite = rules.New(rules.Reported, "credential.one-write",
		"Credentials of one identity are written one at a time", "pulumi/pulumi-azure-native#4343")
)
