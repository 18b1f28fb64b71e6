package token

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
)

// Lifetime is how long an access token is valid. Entra varies it between 60 and 90 minutes, so
// clients must use expires_in.
const Lifetime = time.Hour

// Claims are the claims of an access token for an application or managed identity, in the form of
// Entra's v1 tokens, which Azure Resource Manager, Microsoft Graph and Key Vault receive
// (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
type Claims struct {
	Audience  string   `json:"aud"`
	Issuer    string   `json:"iss"`
	IssuedAt  int64    `json:"iat"`
	NotBefore int64    `json:"nbf"`
	Expiry    int64    `json:"exp"`
	AppID     string   `json:"appid"`
	AppIDACR  string   `json:"appidacr"` // "2": signed in with an assertion
	IDP       string   `json:"idp"`
	IDType    string   `json:"idtyp"` // TypeApp or TypeUser
	ObjectID  string   `json:"oid"`
	Roles     []string `json:"roles,omitempty"`
	Subject   string   `json:"sub"`
	TenantID  string   `json:"tid"`
	UTI       string   `json:"uti"`
	Version   string   `json:"ver"`
	// Scope and DirectoryRoles are those of a user's token: what the client may do for the user,
	// and the template ids of the user's roles.
	Scope          string   `json:"scp,omitempty"`
	DirectoryRoles []string `json:"wids,omitempty"`
}

// The kinds of token, as in the claim idtyp.
const (
	TypeApp  = "app"
	TypeUser = "user"
)

// Authority issues and checks the access tokens of one tenant.
type Authority struct {
	Key      *Key
	TenantID string
	Now      func() time.Time
}

// Issuer returns the iss claim of v1 access tokens.
func (a Authority) Issuer() string { return "https://sts.windows.net/" + a.TenantID + "/" }

// Issue signs an access token for the resource (an audience, without "/.default").
func (a Authority) Issue(sp directory.ServicePrincipal, audience string, roles []string) (string, error) {
	now := a.Now()
	return a.Key.Sign(Claims{
		Audience: audience, Issuer: a.Issuer(), IDP: a.Issuer(),
		// Entra dates tokens five minutes back, so that a receiver whose clock is slow accepts
		// them.
		IssuedAt: now.Add(-5 * time.Minute).Unix(), NotBefore: now.Add(-5 * time.Minute).Unix(),
		Expiry: now.Add(Lifetime).Unix(),
		AppID:  sp.AppID, AppIDACR: "2", IDType: TypeApp, ObjectID: sp.ID, Subject: sp.ID, TenantID: a.TenantID,
		Roles: roles, UTI: uuid.NewString(), Version: "1.0",
	})
}

// AzureCLI is the client id of the Azure CLI, which signs users in
// (https://learn.microsoft.com/entra/identity/enterprise-apps, first-party applications).
const AzureCLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// IssueUser signs an access token of a user, as the Azure CLI gets it: the client may do all that
// the user may.
func (a Authority) IssueUser(u directory.User, audience string) (string, error) {
	now := a.Now()
	return a.Key.Sign(Claims{
		Audience: audience, Issuer: a.Issuer(), IDP: a.Issuer(),
		IssuedAt: now.Add(-5 * time.Minute).Unix(), NotBefore: now.Add(-5 * time.Minute).Unix(),
		Expiry: now.Add(Lifetime).Unix(),
		AppID:  AzureCLI, AppIDACR: "0", IDType: TypeUser, ObjectID: u.ID, Subject: u.ID, TenantID: a.TenantID,
		Scope: "user_impersonation Directory.AccessAsUser.All", DirectoryRoles: u.Roles, UTI: uuid.NewString(), Version: "1.0",
	})
}

// Reasons for which Check refuses a bearer token. Each host answers them with its own error body.
var (
	ErrMissing   = errors.New("no bearer token")
	ErrMalformed = errors.New("not a valid token")
	ErrExpired   = errors.New("the token has expired")
)

// IssuerError reports a token of another issuer, such as a Kubernetes token sent instead of an
// access token.
type IssuerError struct{ Got, Want string }

func (e IssuerError) Error() string { return fmt.Sprintf("issuer %q instead of %q", e.Got, e.Want) }

// AudienceError reports an access token that was issued for another resource.
type AudienceError struct {
	Got  string
	Want []string
}

func (e AudienceError) Error() string { return fmt.Sprintf("audience %q is none of %q", e.Got, e.Want) }

// Check verifies the bearer token of a request for one of the audiences. It returns an error of
// this package.
func (a Authority) Check(r *http.Request, audiences ...string) (Claims, error) {
	scheme, raw, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(raw) == "" {
		return Claims{}, ErrMissing
	}
	var c Claims
	if err := a.Key.verify(strings.TrimSpace(raw), &c); err != nil {
		if issuer := unverifiedIssuer(raw); issuer != "" && issuer != a.Issuer() {
			return Claims{}, IssuerError{Got: issuer, Want: a.Issuer()}
		}
		// The library's error is not wrapped, because it can quote the token.
		return Claims{}, ErrMalformed
	}
	if !slices.Contains(audiences, c.Audience) {
		return c, AudienceError{Got: c.Audience, Want: audiences}
	}
	if a.Now().Unix() >= c.Expiry {
		return c, ErrExpired
	}
	return c, nil
}

// unverifiedIssuer returns the iss claim of a token that this authority did not sign, or "".
func unverifiedIssuer(raw string) string {
	var claims struct {
		Issuer string `json:"iss"`
	}
	if ReadUnverified(strings.TrimSpace(raw), &claims) != nil {
		return ""
	}
	return claims.Issuer
}
