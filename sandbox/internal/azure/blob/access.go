package blob

import (
	"errors"
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

// Audience is the audience of access tokens for Storage, the same for all services and accounts
// (https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory).
const Audience = "https://storage.azure.com"

// right is the right to one operation: the action by which roles allow it, whether roles list that
// action as a data action, and the suboperation that a condition can name. "Permissions for blob
// service operations" of the page above gives them: operations on containers are control-plane
// actions, operations on blobs are data actions.
type right struct {
	action, suboperation string
	data                 bool
}

var (
	listContainers  = right{action: TypeContainer + "/read"}
	readService     = right{action: TypeBlobService + "/read"}
	readContainer   = right{action: TypeContainer + "/read"}
	writeContainer  = right{action: TypeContainer + "/write"}
	deleteContainer = right{action: TypeContainer + "/delete"}
	listContainer   = right{action: blobs + "/read", suboperation: "Blob.List", data: true}
	readBlob        = right{action: blobs + "/read", data: true}
	writeBlob       = right{action: blobs + "/write", data: true}
	addBlob         = right{action: blobs + "/add/action", data: true}
	deleteBlob      = right{action: blobs + "/delete", data: true}
)

// authenticate accepts only access tokens of Entra. Shared keys, and signatures made from keys,
// need an account key, and the sandbox's accounts have none.
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
		// Quoted in Azure/AzureStor#119.
		f.detail = "Audience validation failed. Audience did not match."
	case errors.Is(err, token.ErrExpired):
		f.detail = "Lifetime validation failed. The token is expired."
	default:
		f.detail = "Signature validation failed. Signature verification failed."
	}
	return token.Claims{}, f
}

// permit refuses a caller to whom no role allows the operation. It is called before the existence
// of the container or blob is checked, so that a refusal does not reveal it.
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

// attributes returns the attributes that the sandbox knows of a request, for conditions
// (https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes). A condition on
// any other attribute is undecided and grants nothing.
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

// attribute returns the form of an attribute's name by which conditions are evaluated.
func attribute(source, typ, name string) string {
	return strings.ToLower(source + "[" + typ + ":" + name + "]")
}
