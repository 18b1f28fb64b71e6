package entra

import (
	"context"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

// assertionClaims are the claims of a federated assertion that Entra checks.
type assertionClaims struct {
	Issuer    string           `json:"iss"`
	Subject   string           `json:"sub"`
	Audience  jwt.Audience     `json:"aud"`
	NotBefore *jwt.NumericDate `json:"nbf"`
	Expiry    *jwt.NumericDate `json:"exp"`
}

// readAssertion decodes the claims of an assertion, before its signature is checked.
func readAssertion(raw string) (assertionClaims, error) {
	var claims assertionClaims
	// Every algorithm passes here; verify accepts only RS256. The error is dropped, because it can
	// quote the assertion.
	if token.ReadUnverified(raw, &claims) != nil {
		return claims, invalidRequest(50027, "JWT token is invalid or malformed.")
	}
	if claims.Issuer == "" || claims.Subject == "" || len(claims.Audience) == 0 {
		return claims, invalidRequest(50027, "JWT token is invalid or malformed: it lacks 'iss', 'sub' or 'aud'.")
	}
	return claims, nil
}

// refuseCertificate refuses an assertion that a client signed with a certificate of its own, which
// names the client as issuer and as subject
// (https://learn.microsoft.com/entra/identity-platform/certificate-credentials). No application of
// the sandbox has a certificate. Entra's text is quoted in
// AzureAD/microsoft-authentication-library-for-js#8339; the sentence about the sandbox is ours.
func refuseCertificate(clientID, raw string, claims assertionClaims) error {
	if !strings.EqualFold(claims.Issuer, clientID) || !strings.EqualFold(claims.Subject, clientID) {
		return nil
	}
	thumbprint := ""
	if parsed, err := jwt.ParseSigned(raw, certificateAlgorithms); err == nil && len(parsed.Headers) > 0 {
		for _, name := range []jose.HeaderKey{"x5t#S256", "x5t"} {
			if text, ok := parsed.Headers[0].ExtraHeaders[name].(string); ok {
				thumbprint = text
				break
			}
		}
	}
	return invalidClient(700027, "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '%s'] No application in this sandbox has a certificate: sign in with a federated credential.", thumbprint)
}

// certificateAlgorithms are those with which clients sign assertions by a certificate.
var certificateAlgorithms = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256}

// skew is the tolerated difference between the clocks of an issuer and of Entra when an assertion
// becomes valid.
const skew = 5 * time.Minute

// verify checks the assertion's signature with the issuer's published keys, then its validity
// period. The checks use go-jose directly, and not an OIDC library's verifier, because Entra
// answers each cause with a different code.
func (s *Server) verify(ctx context.Context, raw string, claims assertionClaims) error {
	parsed, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return invalidClient(700027, "Client assertion failed signature validation. The signature algorithm is not RS256, the only one that workload identity federation accepts.")
	}
	kid := ""
	if len(parsed.Headers) > 0 {
		kid = parsed.Headers[0].KeyID
	}
	keys, err := s.keys(ctx, claims.Issuer, kid)
	if err != nil {
		s.Log.Warn("issuer cannot be used", "issuer", claims.Issuer, "error", err)
		return invalidRequest(501661, "Request to External OIDC endpoint failed.")
	}
	if !hasSignatureOf(parsed, keys) {
		return invalidClient(700027, "Client assertion failed signature validation. [Reason - The key was not found., Key identifier: '%s']", kid)
	}
	return s.checkTimes(claims)
}

// hasSignatureOf reports whether one of the keys verifies the signature.
func hasSignatureOf(parsed *jwt.JSONWebToken, keys []jose.JSONWebKey) bool {
	for _, k := range keys {
		var ignored map[string]any
		if parsed.Claims(k.Key, &ignored) == nil {
			return true
		}
	}
	return false
}

func (s *Server) checkTimes(claims assertionClaims) error {
	now := s.Now()
	from, until := "(not given)", "(not given)"
	valid := claims.Expiry != nil
	if claims.NotBefore != nil {
		from = claims.NotBefore.Time().UTC().Format(time.RFC3339)
		valid = valid && !now.Add(skew).Before(claims.NotBefore.Time())
	}
	if claims.Expiry != nil {
		until = claims.Expiry.Time().UTC().Format(time.RFC3339)
		valid = valid && now.Before(claims.Expiry.Time())
	}
	if valid {
		return nil
	}
	return invalidClient(700024,
		"Client assertion is not within its valid time range. Current time: %s, assertion valid from %s, expiry time of assertion %s. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .",
		now.UTC().Format(time.RFC3339Nano), from, until)
}
