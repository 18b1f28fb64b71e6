package vault

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

// Audience is the audience of access tokens for the data plane.
const Audience = "https://vault.azure.net"

// right is the right to one operation on secrets: the data action by which roles allow it, and the
// permission by which access policies allow it
// (https://learn.microsoft.com/azure/key-vault/general/rbac-guide).
type right struct{ action, permission string }

var (
	rightGet     = right{"getSecret/action", "get"}
	rightList    = right{"readMetadata/action", "list"}
	rightSet     = right{"setSecret/action", "set"}
	rightUpdate  = right{"update/action", "set"}
	rightDelete  = right{"delete", "delete"}
	rightRecover = right{"recover/action", "recover"}
	rightPurge   = right{"purge/action", "purge"}
	// A deleted secret shows no value, so the data action is that for metadata; access policies
	// need the permission to read secrets
	// (https://learn.microsoft.com/rest/api/keyvault/secrets/get-deleted-secret/get-deleted-secret).
	rightGetDeleted = right{"readMetadata/action", "get"}
)

// authenticate checks the access token and returns its claims, or Key Vault's error for what is
// wrong with it.
func (s *Server) authenticate(r *http.Request) (token.Claims, error) {
	claims, err := s.Authority.Check(r, Audience, Audience+"/")
	if err == nil {
		return claims, nil
	}
	f := failf(http.StatusUnauthorized, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.")
	var issuer token.IssuerError
	var audience token.AudienceError
	switch {
	case errors.As(err, &issuer):
		f.message = fmt.Sprintf("AKV10032: Invalid issuer. Expected one of %s, found %s.", issuer.Want, issuer.Got)
	case errors.As(err, &audience):
		f.message = fmt.Sprintf("AKV10022: Invalid audience. Expected %s, found: %s.", Audience, audience.Got)
	case errors.Is(err, token.ErrExpired):
		f.message = "AKV10063: The token has expired."
	case errors.Is(err, token.ErrMalformed):
		f.message = "AKV10005: Unable to parse or validate the token."
	}
	f.challenge = `Bearer authorization="https://login.microsoftonline.com/` + s.Authority.TenantID + `", resource="` + Audience + `"`
	return token.Claims{}, f
}

// permit refuses a caller that has not the right by the vault's permission model. The secret is ""
// for an operation on the whole vault.
func (s *Server) permit(tx *store.Tx, v *Document, caller token.Claims, want right, secret string) error {
	if err := checkNetwork(v); err != nil {
		return err
	}
	scope := v.ID
	if secret != "" {
		scope += "/secrets/" + secret
	}
	if v.Body.RBAC {
		action := TypeSecret + "/" + want.action
		ok, err := s.Checker.MayData(tx, caller.ObjectID, scope, rbac.Access{Action: action})
		if err != nil || ok {
			return err
		}
		return failf(http.StatusForbidden, "Forbidden", "Caller is not authorized to perform action on resource.\r\n"+
			"If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\n"+
			"Caller: %s\r\nAction: '%s'\r\nResource: '%s'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\n"+
			"DecisionReason: 'DeniedWithNoValidRBAC' \r\nVault: %s;location=%s\r\n",
			describe(caller), action, resource.Key(scope), v.Name, v.Location).withInner("ForbiddenByRbac")
	}
	for _, p := range v.Body.Policies {
		// A policy with an application is for a user who signs in through that application, and the
		// sandbox has no users
		// (https://learn.microsoft.com/azure/key-vault/general/security-features,
		// "Application-plus-user").
		if p.ApplicationID == "" && strings.EqualFold(p.ObjectID, caller.ObjectID) && allows(p.Permissions.Secrets, want.permission) {
			return nil
		}
	}
	return failf(http.StatusForbidden, "Forbidden",
		"The user, group or application '%s' does not have secrets %s permission on key vault '%s;location=%s'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287",
		describe(caller), want.permission, v.Name, v.Location).withInner("ForbiddenByPolicy")
}

func allows(permissions []string, want string) bool {
	return slices.ContainsFunc(permissions, func(p string) bool { return strings.EqualFold(p, want) || strings.EqualFold(p, "all") })
}

// describe returns the caller as Key Vault's messages name it.
func describe(c token.Claims) string {
	return fmt.Sprintf("appid=%s;oid=%s;iss=%s", c.AppID, c.ObjectID, c.Issuer)
}

// checkNetwork refuses all requests to a vault that public networks, and so the loopback address,
// cannot reach.
func checkNetwork(v *Document) error {
	if strings.EqualFold(v.Body.PublicAccess, "Disabled") {
		return failf(http.StatusForbidden, "Forbidden", "Public network access is disabled and request is not from a trusted service nor via an approved private link.\r\nVault: %s;location=%s", v.Name, v.Location).withInner("ForbiddenByConnection")
	}
	if v.Body.Network != nil && strings.EqualFold(v.Body.Network.DefaultAction, "Deny") {
		return failf(http.StatusForbidden, "Forbidden", "Client address is not authorized and caller is not a trusted service.\r\nClient address: 127.0.0.1\r\nVault: %s;location=%s", v.Name, v.Location).withInner("ForbiddenByFirewall")
	}
	return nil
}
