package preflight

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// claims are what an access token tells about its owner. The token is not verified: it comes from
// Entra over TLS, and is read for a sentence only. Source:
// https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference and
// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources (xms_mirid).
type claims struct {
	Type            string   `json:"idtyp"` // app, or user
	AppID           string   `json:"appid"`
	ObjectID        string   `json:"oid"`
	TenantID        string   `json:"tid"`
	Name            string   `json:"upn"`
	UniqueName      string   `json:"unique_name"`
	ManagedIdentity string   `json:"xms_mirid"`
	Roles           []string `json:"roles"` // application permissions
	DirectoryRoles  []string `json:"wids"`  // template ids of directory roles of a user
}

// readClaims returns the claims of an access token.
func readClaims(token string) (claims, error) {
	var c claims
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return c, errors.New("the access token is no JWT")
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return c, errors.New("the access token cannot be decoded")
	}
	return c, json.Unmarshal(raw, &c)
}

// application reports whether an application, and not a user, is signed in.
func (c claims) application() bool {
	return c.Type == "app" || c.Type == "" && c.Name == "" && c.UniqueName == ""
}

// who names the signed-in principal.
func (c claims) who() string {
	switch {
	case c.ManagedIdentity != "":
		return "managed identity " + c.ManagedIdentity[strings.LastIndex(c.ManagedIdentity, "/")+1:] + " (object id " + c.ObjectID + ")"
	case c.application():
		return "service principal " + c.AppID + " (object id " + c.ObjectID + ")"
	}
	return "user " + cmp.Or(c.Name, c.UniqueName, c.ObjectID)
}

// principalType returns the kind of principal in a role assignment.
func (c claims) principalType() string {
	if c.application() {
		return "ServicePrincipal"
	}
	return "User"
}
