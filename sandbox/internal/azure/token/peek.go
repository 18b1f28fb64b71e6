package token

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// unverifiedIssuer reads the iss claim of a token whose signature is not ours, to say in the refusal whose it is.
func unverifiedIssuer(raw string) string {
	parts := strings.Split(strings.TrimSpace(raw), ".")
	if len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		Issuer string `json:"iss"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return ""
	}
	return claims.Issuer
}
