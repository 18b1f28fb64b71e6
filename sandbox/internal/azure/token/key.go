// Package token signs and checks the JSON web tokens of the sandbox: the access tokens of Entra,
// and the assertions of the sandbox's OIDC issuer with which the deployer signs in without a
// secret.
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

// Key is a signing key. It is kept in the state file, so that tokens remain valid after a restart.
type Key struct {
	jwk    jose.JSONWebKey
	signer jose.Signer
}

// LoadKey reads the key with this name from the state, or creates and stores an RSA key of 2048
// bits, the size that Entra and AKS use.
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

// JWKS returns the key set to publish, which holds the public key only.
func (k *Key) JWKS() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{k.jwk.Public()}}
}

// Sign signs the claims and returns a compact RS256 token.
func (k *Key) Sign(claims any) (string, error) {
	raw, err := jwt.Signed(k.signer).Claims(claims).Serialize()
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return raw, nil
}

// verify checks the signature and decodes the claims.
func (k *Key) verify(raw string, claims any) error {
	parsed, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return err
	}
	return parsed.Claims(k.jwk.Public().Key, claims)
}
