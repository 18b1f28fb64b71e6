package entra

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// Granted is the response to a successful token request.
type Granted struct {
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`     // seconds
	ExtExpiresIn int    `json:"ext_expires_in"` // seconds
	AccessToken  string `json:"access_token"`
}

// token serves a client_credentials request with a federated assertion. Microsoft does not document
// the order of the checks. Here the client comes first, then the claims of the assertion, then its
// signature and validity period, so that the error names the first broken link of the chain.
func (s *Server) token(r *http.Request) (any, error) {
	if err := r.ParseForm(); err != nil {
		return nil, invalidRequest(900144, "The request body must be of type 'application/x-www-form-urlencoded'.")
	}
	assertion, err := checkForm(r)
	if err != nil {
		return nil, err
	}
	tenant, _, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	if !strings.EqualFold(tenant, s.Authority.TenantID) {
		// common and organizations stand for the tenant of a user, and the sandbox has no users.
		return nil, invalidRequest(50059, "No tenant-identifying information found in either the request or implied by any provided credentials.")
	}
	var client *client
	err = s.Store.View(func(tx *store.Tx) (err error) {
		client, err = s.findClient(tx, r.PostForm.Get("client_id"))
		return err
	})
	if err != nil {
		return nil, err
	}
	claims, err := readAssertion(assertion)
	if err != nil {
		return nil, err
	}
	if err := refuseCertificate(r.PostForm.Get("client_id"), assertion, claims); err != nil {
		return nil, err
	}
	if err := s.match(client, claims); err != nil {
		return nil, err
	}
	if err := s.verify(r.Context(), assertion, claims); err != nil {
		return nil, err
	}
	audience, err := s.audience(r.PostForm.Get("scope"))
	if err != nil {
		return nil, err
	}
	var roles []string
	if strings.TrimSuffix(audience, "/") == graphResource {
		roles = client.principal.GraphRoles
	}
	access, err := s.Authority.Issue(client.principal, audience, roles)
	if err != nil {
		return nil, err
	}
	seconds := int(token.Lifetime.Seconds()) - 1
	return Granted{TokenType: "Bearer", ExpiresIn: seconds, ExtExpiresIn: seconds, AccessToken: access}, nil
}

// checkForm returns the assertion of a federated sign-in and refuses all other requests: the
// sandbox has no client secrets, certificates or users.
func checkForm(r *http.Request) (assertion string, err error) {
	form := r.PostForm
	required := func(name string) error {
		return invalidRequest(900144, "The request body must contain the following parameter: '%s'.", name)
	}
	grant := form.Get("grant_type")
	switch {
	case grant == "":
		return "", required("grant_type")
	case grant != "client_credentials":
		return "", failf(http.StatusBadRequest, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '%s'. The sandbox supports client_credentials only.", grant)
	case form.Get("client_id") == "":
		return "", required("client_id")
	case form.Get("scope") == "":
		return "", required("scope")
	case form.Get("client_secret") != "":
		return "", invalidClient(7000215, "Invalid client secret provided. No application in this sandbox has a secret: sign in with a client assertion.")
	case form.Get("client_assertion") == "":
		return "", invalidClient(7000216, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.")
	case form.Get("client_assertion_type") == "":
		return "", required("client_assertion_type")
	case form.Get("client_assertion_type") != assertionType:
		return "", invalidRequest(900144, "The client_assertion_type '%s' is not supported; it is '%s'.", form.Get("client_assertion_type"), assertionType)
	}
	return form.Get("client_assertion"), nil
}

// client is the application or managed identity that requests a token, with the federated
// credentials that it can sign in with.
type client struct {
	principal   directory.ServicePrincipal
	credentials []directory.Credential
}

// findClient reads the client with this ID. Its errors name what is missing for a sign-in.
func (s *Server) findClient(tx *store.Tx, clientID string) (*client, error) {
	sp, err := directory.PrincipalByAppID(tx, clientID)
	if err != nil {
		return nil, err
	}
	app, err := directory.ApplicationByAppID(tx, clientID)
	if err != nil {
		return nil, err
	}
	known := app != nil || (sp != nil && sp.Kind == directory.KindManagedIdentity)
	switch {
	case !known:
		return nil, failf(http.StatusBadRequest, "unauthorized_client", 700016,
			"Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
			clientID, s.Authority.TenantID)
	case sp == nil:
		return nil, invalidClient(7000229, "The client application %s is missing service principal in the tenant %s. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119", clientID, s.Authority.TenantID)
	case sp.Disabled:
		return nil, failf(http.StatusBadRequest, "unauthorized_client", 7000112, "Application '%s'(%s) is disabled.", sp.AppID, sp.DisplayName)
	}
	credentials, err := directory.Credentials(tx, sp.AppID)
	if err != nil {
		return nil, err
	}
	if len(credentials) == 0 {
		return nil, invalidClient(7000226, "No federated identity credential policy found on application (%s). The client_assertion used to authenticate the request does not match any credential of the application. %s", sp.AppID, learnMore)
	}
	return &client{principal: *sp, credentials: credentials}, nil
}

// isNew reports whether a credential is so new that Entra does not see it yet.
func (s *Server) isNew(f directory.Credential) bool {
	return s.CredentialDelay != nil && s.Now().Before(f.Created.Add(s.CredentialDelay()))
}

const checkAdvice = "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. " + learnMore

// match returns nil if one of the client's credentials trusts the assertion, and otherwise Entra's
// error for the first claim that no credential has. Every comparison is exact, including the
// trailing slash of an issuer and the case of a subject.
func (s *Server) match(c *client, claims assertionClaims) error {
	sameIssuer := func(f directory.Credential) bool { return f.Issuer == claims.Issuer }
	if !slices.ContainsFunc(c.credentials, sameIssuer) {
		return invalidClient(700211, "No matching federated identity record found for presented assertion issuer '%s'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. %s", claims.Issuer, learnMore)
	}
	sameSubject := func(f directory.Credential) bool { return sameIssuer(f) && f.Subject == claims.Subject }
	foldedSubject := func(f directory.Credential) bool {
		return sameIssuer(f) && strings.EqualFold(f.Subject, claims.Subject)
	}
	switch {
	case slices.ContainsFunc(c.credentials, sameSubject):
	case slices.ContainsFunc(c.credentials, foldedSubject):
		return invalidClient(7002138, "No matching federated identity record found for presented assertion subject '%s'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. %s", claims.Subject, checkAdvice)
	default:
		return invalidClient(700213, "No matching federated identity record found for presented assertion subject '%s'. Please note that the matching is done using a case-sensitive comparison. %s", claims.Subject, checkAdvice)
	}
	sameAudience := func(f directory.Credential) bool {
		return sameSubject(f) && slices.ContainsFunc(f.Audiences, func(a string) bool { return slices.Contains(claims.Audience, a) })
	}
	if !slices.ContainsFunc(c.credentials, sameAudience) {
		return invalidClient(700212, "No matching federated identity record found for presented assertion audience '%s'. %s", strings.Join(claims.Audience, ","), checkAdvice)
	}
	replicated := func(f directory.Credential) bool { return sameAudience(f) && !s.isNew(f) }
	if !slices.ContainsFunc(c.credentials, replicated) {
		return invalidClient(700213, "No matching federated identity record found for presented assertion subject '%s'. Please note that the matching is done using a case-sensitive comparison. %s", claims.Subject, checkAdvice)
	}
	return nil
}
