package chain

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
)

// maxSkew is how far a token's times may be ahead of Entra's clock.
const maxSkew = 5 * time.Minute

// claims holds the parts of a service account token that Entra checks.
type claims struct {
	algorithm, keyID string
	Issuer           string   `json:"iss"`
	Subject          string   `json:"sub"`
	Audience         []string `json:"aud"`
	Issued           int64    `json:"iat"`
	NotBefore        int64    `json:"nbf"`
	Expires          int64    `json:"exp"`
}

// token checks link 5: the API server issues a token with the audience and lifetime of the
// projected one.
func (c *Chain) token(ctx context.Context, t target, f *findings) Result {
	namespace, name := t.federation.Namespace, t.federation.ServiceAccount
	seconds := f.mutation.Seconds
	answer, err := c.Kubernetes.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, name, &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{Audiences: []string{f.mutation.Audience}, ExpirationSeconds: &seconds},
	}, metav1.CreateOptions{})
	switch {
	case apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) || apierrors.IsNotFound(err):
		return broken(LinkToken, "the API server refuses the token: "+firstLine(err.Error()), "correct what the message names, then run `pulumi up`")
	case err != nil:
		return clusterError(LinkToken, err)
	}
	have, err := parseClaims(answer.Status.Token)
	if err != nil {
		return broken(LinkToken, "the API server's token cannot be read: "+err.Error(), "check the API server's service account settings")
	}
	if r, wrong := have.check(t, f, c.now()); wrong {
		return r
	}
	lifetime := time.Duration(have.Expires-have.Issued) * time.Second
	detail := fmt.Sprintf("issued for %s, valid %d s", have.Subject, int(lifetime.Seconds()))
	if lifetime < time.Duration(seconds)*time.Second {
		detail += fmt.Sprintf(" (asked for %d s, which the API server shortens)", seconds)
	}
	f.token = answer.Status.Token
	return ok(LinkToken, detail)
}

// check compares the claims with what the credential trusts, the keys that the issuer publishes,
// and the clock.
func (k claims) check(t target, f *findings, now time.Time) (r Result, wrong bool) {
	audience := strings.Join(k.Audience, ", ")
	if slices.Contains(k.Audience, f.mutation.Audience) {
		audience = f.mutation.Audience
	}
	want := trust{t.issuer, kube.Subject(t.federation.Namespace, t.federation.ServiceAccount), f.mutation.Audience}
	have := trust{k.Issuer, k.Subject, audience}
	if detail, code := mismatch(labelledTrust{"trusted", want}, labelledTrust{"in token", have}); detail != "" {
		return broken(LinkToken, "the token's claims are not those that the credential trusts\n"+detail,
			"let the federation name this cluster's own issuer, namespace and service account, and run `pulumi up`").predicting(code), true
	}
	if k.algorithm != "RS256" {
		return broken(LinkToken, fmt.Sprintf("the token is signed with %s; Entra accepts RS256 only", k.algorithm),
			"let the API server sign service account tokens with an RSA key").predicting(entra.CodeSignature), true
	}
	if f.discovery != nil && !slices.Contains(f.discovery.KeyIDs, k.keyID) {
		return broken(LinkToken, fmt.Sprintf("the token's key %q is not among the keys that the issuer publishes", k.keyID),
			"wait some minutes after a rotation of signing keys; otherwise the kubeconfig is another cluster's").predicting(entra.CodeSignature).asTransient(), true
	}
	from, until := time.Unix(max(k.Issued, k.NotBefore), 0), time.Unix(k.Expires, 0)
	if !until.After(now) || from.After(now.Add(maxSkew)) {
		return broken(LinkToken, fmt.Sprintf("the token is not valid now\n%s\n%s",
			valueLine("valid", from.UTC().Format(time.RFC3339)+" to "+until.UTC().Format(time.RFC3339)), valueLine("now", now.UTC().Format(time.RFC3339))),
			"correct the clocks of this machine and of the API server").predicting(entra.CodeTime), true
	}
	return Result{}, false
}

// parseClaims reads a compact JWT without checking its signature, which Entra does in link 6.
func parseClaims(token string) (claims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claims{}, errors.New("it is not a signed JWT")
	}
	var header struct{ Alg, Kid string }
	var body claims
	for i, into := range []any{&header, &body} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			return claims{}, fmt.Errorf("part %d is not base64url: %w", i+1, err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			return claims{}, fmt.Errorf("part %d is not the JSON of a JWT: %w", i+1, err)
		}
	}
	body.algorithm, body.keyID = header.Alg, header.Kid
	return body, nil
}
