// Package token signs and checks the JSON web tokens of the sandbox: Entra's access tokens, and the assertions of the
// sandbox's own OIDC issuer that let the deployer sign in without a secret.
package token

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Key is a signing key that lives in the state file, so that tokens stay valid over a restart.
type Key struct {
	jwk    jose.JSONWebKey
	signer jose.Signer
}

// LoadKey reads the key with this name from the state, or makes an RSA key of 2048 bits (the size Entra and AKS use)
// and keeps it.
func LoadKey(s *store.Store, name string) (*Key, error) {
	var jwk jose.JSONWebKey
	err := s.Update(func(tx *store.Tx) error {
		if ok, err := tx.Get(store.Keys, name, &jwk); ok || err != nil {
			return err
		}
		private, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return fmt.Errorf("make signing key %s: %w", name, err)
		}
		jwk = jose.JSONWebKey{Key: private, KeyID: keyID(&private.PublicKey), Algorithm: string(jose.RS256), Use: "sig"}
		return tx.Put(store.Keys, name, jwk)
	})
	if err != nil {
		return nil, err
	}
	options := (&jose.SignerOptions{}).WithType("JWT")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jwk}, options)
	if err != nil {
		return nil, fmt.Errorf("use signing key %s: %w", name, err)
	}
	return &Key{jwk: jwk, signer: signer}, nil
}

func keyID(k *rsa.PublicKey) string {
	sum := sha256.Sum256(k.N.Bytes())
	return base64.RawURLEncoding.EncodeToString(sum[:20])
}

// JWKS is the key set to publish. It holds the public part only.
func (k *Key) JWKS() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{k.jwk.Public()}}
}

// Sign makes a compact RS256 token of the claims.
func (k *Key) Sign(claims any) (string, error) {
	raw, err := jwt.Signed(k.signer).Claims(claims).Serialize()
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return raw, nil
}

// verify checks the signature and reads the claims.
func (k *Key) verify(raw string, claims any) error {
	parsed, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return err
	}
	return parsed.Claims(k.jwk.Public().Key, claims)
}
