// Package entra explains why Microsoft Entra refuses a token exchange: it finds the AADSTS code in
// an error, the link of the workload identity chain that the code points at, and what to do about
// it.
package entra

import (
	"slices"
	"strconv"
)

// Code is what an AADSTS number means for workload identity federation.
type Code struct {
	// Number without the prefix, as in the error_codes of Entra's answer: 700211.
	Number int
	// Link is the link of the chain that causes this answer most often, by its name in chain.Links.
	// The exchange only shows it.
	Link string
	// Meaning in a sentence without a full stop.
	Meaning string
	// Remedy is what to do, in a sentence without a full stop.
	Remedy string
	// Transient is true when the same request may succeed some minutes later without a change,
	// because a new credential, identity or signing key has not reached every server yet.
	Transient bool
}

// String returns the code as Entra writes it: AADSTS700211.
func (c Code) String() string { return Format(c.Number) }

// Format returns an AADSTS number as Entra writes it, or "" for 0, which is no code.
func Format(number int) string {
	if number == 0 {
		return ""
	}
	return "AADSTS" + strconv.Itoa(number)
}

// The codes that are known before the exchange, because the mismatch behind them is already found.
const (
	CodeIssuer      = 700211
	CodeAudience    = 700212
	CodeSubject     = 700213
	CodeSubjectCase = 7002138
	CodeNone        = 7000226
	CodeTime        = 700024
	CodeSignature   = 700027
	CodeApplication = 700016
	CodeOIDC        = 501661
	CodeTenant      = 90002
)

// Lookup returns the explanation of an AADSTS number; ok is false for a number that the table
// lacks.
func Lookup(number int) (code Code, ok bool) {
	i := slices.IndexFunc(table, func(c Code) bool { return c.Number == number })
	if i < 0 {
		return Code{Number: number}, false
	}
	return table[i], true
}

// All returns a copy of the table.
func All() []Code { return slices.Clone(table) }

const (
	oidcRemedy = "open the issuer's .well-known/openid-configuration from a network outside the cluster; on AKS `az aks update` without options reconciles " +
		"the issuer; then try again"
	newCredentialRemedy = "a new credential takes some minutes to be known to all of Entra: try again with --retry-for 5m"
	flexibleRemedy      = "use an ordinary credential with an exact subject: flexible credentials do not support AKS issuers"
)

// Sources: https://learn.microsoft.com/entra/identity-platform/reference-error-codes,
// https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations, and
// the issue trackers of azure-workload-identity and azure-sdk-for-go for the codes that the
// documents lack (7002xx).
var table = []Code{
	{CodeApplication, "service account", "no application or managed identity with this client id exists in the tenant",
		"let the annotation hold the identity's client id (not its principal or object id) and check the tenant; an identity that was " +
			"deleted and created again has a new client id, so run `pulumi up --refresh` and restart the pods", true},
	{CodeIssuer, "credential", "no federated credential of this identity trusts the token's issuer",
		"make the credential's issuer equal the cluster's issuer byte for byte, trailing slash included; " + newCredentialRemedy, true},
	{CodeAudience, "credential", "no federated credential of this identity accepts the token's audience",
		"make the credential's audience equal the audience of the token that the webhook projects", true},
	{CodeSubject, "credential", "no federated credential of this identity accepts the token's subject",
		"make the credential's subject system:serviceaccount:NAMESPACE:NAME of the pod's service account; " + newCredentialRemedy, true},
	{CodeSubjectCase, "credential", "the credential matches only when letter case is ignored",
		"write issuer, subject and audience of the credential with the same capitals as the token has: Entra compares them case-sensitively", false},
	{70021, "credential", "no federated credential matches the token",
		"compare issuer, subject and audience of the credential with the token; " + newCredentialRemedy, true},
	{CodeNone, "credential", "this identity has no federated credential at all",
		"run `pulumi up --refresh` to create the credential on the identity whose client id the service account names", true},
	{CodeTime, "token", "the token is not valid at this time: it is expired, or the clocks differ",
		"let the client read the token file again for each exchange (azidentity does) and check the clocks of nodes and API server", false},
	{CodeSignature, "issuer", "the token's signature does not match a key that the issuer publishes",
		"after a rotation of signing keys (`az aks oidc-issuer rotate-signing-keys`) wait some minutes; otherwise the token is another cluster's", true},
	{CodeOIDC, "issuer", "Entra cannot fetch the issuer's discovery document or keys", oidcRemedy, true},
	{90061, "issuer", "Entra's request to the issuer failed", oidcRemedy, true},
	{50166, "issuer", "Entra's request to the issuer failed", oidcRemedy, true},
	{CodeTenant, "webhook", "the tenant does not exist in this cloud",
		"set the webhook's tenant (azureTenantID) or the service account's tenant-id annotation to the tenant of the identity, and check the cloud", false},
	{900023, "webhook", "the tenant id is neither a GUID nor a domain name",
		"set the webhook's tenant (azureTenantID) or the service account's tenant-id annotation to the tenant's GUID", false},
	{50049, "webhook", "the authority host is not known to Entra",
		"set the webhook's azureEnvironment to the cloud of the tenant, so that AZURE_AUTHORITY_HOST is right", false},
	{70011, "exchange", "the scope is not valid", "ask for <resource>/.default, not for the resource itself", false},
	{1002012, "exchange", "the scope does not end in /.default", "ask for <resource>/.default, not for the resource itself", false},
	{500011, "exchange", "the resource that the token is for has no service principal in the tenant",
		"check that the resource belongs to this cloud and that the tenant uses it", false},
	{7000216, "exchange", "the request carried no client assertion",
		"check that AZURE_FEDERATED_TOKEN_FILE names a file that is there and not empty, and that no client secret setting hides it", false},
	{7000229, "service account", "the application has no service principal in the tenant",
		"create the service principal of the application in this tenant, then try again", true},
	{50027, "token", "the assertion is not a token that Entra can read",
		"send the projected service account token unchanged; Entra accepts RS256 signatures only", false},
	{53003, "exchange", "a Conditional Access policy for workload identities blocks this request",
		"ask the tenant's administrator which policy applies to this service principal", false},
	{700223, "credential", "the tenant's policy forbids federation with this issuer",
		"ask the tenant's administrator to allow this issuer for workload identity federation", false},
	{7002131, "credential", "no expression of a flexible federated credential matches the token", flexibleRemedy, false},
	{7002241, "credential", "flexible federated credentials do not support this issuer", flexibleRemedy, false},
	{700233, "credential", "the expression of a flexible federated credential cannot be parsed", flexibleRemedy, false},
	{700234, "credential", "the expression of a flexible federated credential cannot be evaluated", flexibleRemedy, false},
	{700235, "credential", "flexible federated credentials are not supported on managed identities", flexibleRemedy, false},
	{700237, "credential", "the expression of a flexible federated credential uses an operator that is not allowed", flexibleRemedy, false},
	{90033, "exchange", "Entra has a transient failure", "try again with --retry-for 2m", true},
}
