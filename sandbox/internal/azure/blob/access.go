package blob

import (
	"errors"
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

// Audience of access tokens for Storage, whatever the service and account
// (https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory).
const Audience = "https://storage.azure.com"

// right is one operation: the action that roles allow it by, on which plane roles list it, and what a condition can
// single out. "Permissions for blob service operations" of the page above says which is which: what is about
// containers is a control-plane action of the role, what is about blobs a data action.
type right struct {
	action, suboperation string
	data                 bool
}

var (
	listContainers  = right{action: TypeContainer + "/read"}
	readContainer   = right{action: TypeContainer + "/read"}
	writeContainer  = right{action: TypeContainer + "/write"}
	deleteContainer = right{action: TypeContainer + "/delete"}
	listContainer   = right{action: blobs + "/read", suboperation: "Blob.List", data: true}
	readBlob        = right{action: blobs + "/read", data: true}
	writeBlob       = right{action: blobs + "/write", data: true}
	addBlob         = right{action: blobs + "/add/action", data: true}
	deleteBlob      = right{action: blobs + "/delete", data: true}
)

// authenticate takes only Entra's tokens. Keys and signatures made from keys need a key, and no account here has one.
func (s *Server) authenticate(r *http.Request, account *AccountDocument) (token.Claims, error) {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	shared := strings.EqualFold(scheme, "SharedKey") || strings.EqualFold(scheme, "SharedKeyLite") || r.URL.Query().Has("sig")
	if shared && account.Body.SharedKey != nil && !*account.Body.SharedKey {
		return token.Claims{}, failf(http.StatusForbidden, "KeyBasedAuthenticationNotPermitted", "Key based authentication is not permitted on this storage account.")
	}
	if shared {
		return token.Claims{}, failf(http.StatusForbidden, "AuthenticationFailed", "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature. The sandbox's storage accounts have no keys: sign in with Microsoft Entra ID.")
	}
	claims, err := s.Authority.Check(r, Audience, Audience+"/")
	if err == nil {
		return claims, nil
	}
	f := failf(http.StatusUnauthorized, "InvalidAuthenticationInfo", "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.")
	f.challenge = "Bearer authorization_uri=https://login.microsoftonline.com/" + s.Authority.TenantID + "/oauth2/authorize resource_id=" + Audience
	var issuer token.IssuerError
	var audience token.AudienceError
	switch {
	case errors.Is(err, token.ErrMissing):
		f.code = "NoAuthenticationInformation"
	case errors.As(err, &issuer):
		f.detail = "Issuer validation failed. Issuer did not match."
	case errors.As(err, &audience):
		f.detail = "Audience validation failed. Audience did not match." // quoted in Azure/AzureStor#119
	case errors.Is(err, token.ErrExpired):
		f.detail = "Lifetime validation failed. The token is expired."
	default:
		f.detail = "Signature validation failed. Signature verification failed."
	}
	return token.Claims{}, f
}

// permit refuses a caller to whom no role allows the operation. The refusal comes before any word on what exists.
func (c *call) permit(tx *store.Tx, want right) error {
	a := c.account.Body
	if strings.EqualFold(a.PublicAccess, publicAccessOff) || a.Network != nil && strings.EqualFold(a.Network.DefaultAction, defaultActionDeny) {
		return failf(http.StatusForbidden, "AuthorizationFailure", "This request is not authorized to perform this operation.")
	}
	scope := c.account.ID
	if c.container != "" {
		scope = ContainerID(c.account.ID, c.container)
	}
	ok, err := false, error(nil)
	if want.data {
		ok, err = c.server.Checker.MayData(tx, c.caller.ObjectID, scope, rbac.Access{
			Action: want.action, Suboperation: want.suboperation, Attributes: c.attributes(want),
		})
	} else {
		ok, err = c.server.Checker.May(tx, c.caller.ObjectID, scope, want.action)
	}
	if err != nil || ok {
		return err
	}
	return failf(http.StatusForbidden, "AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission.")
}

// attributes that a condition can ask for
// (https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes). What is not here is unknown, and a
// condition that asks for it grants nothing.
func (c *call) attributes(want right) map[string]string {
	known := map[string]string{
		attribute("@Resource", TypeAccount, "name"):   c.account.Name,
		attribute("@Resource", TypeContainer, "name"): c.container,
	}
	if want == listContainer {
		known[attribute("@Request", blobs, "prefix")] = c.URL.Query().Get("prefix")
		return known
	}
	known[attribute("@Resource", blobs, "path")] = c.blob
	return known
}

func attribute(source, typ, name string) string {
	return strings.ToLower(source + "[" + typ + ":" + name + "]")
}
