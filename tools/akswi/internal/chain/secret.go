package chain

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// RoleReader lists role assignments with the operator's login, to explain why a vault refuses.
type RoleReader interface {
	// Assignments returns the role assignments of a principal at, above and below a scope.
	Assignments(ctx context.Context, scope, principalID string) ([]Assignment, error)
}

// Assignment is a role that a principal holds.
type Assignment struct {
	Scope string
	// RoleID is the GUID of the role definition.
	RoleID string
}

// secretsUser is the role with the least rights that may read secrets.
const secretsUser = "Key Vault Secrets User"

// secret checks link 7 for one secret: the identity reads it. The value is never kept, printed or
// logged.
func (c *Chain) secret(ctx context.Context, t target, s outputs.Secret, f *findings) Result {
	where := strings.TrimSuffix(s.VaultURL, "/") + "/secrets/" + s.Name
	client, err := azsecrets.NewClient(s.VaultURL, f.login, &azsecrets.ClientOptions{ClientOptions: c.Client})
	if err != nil {
		return broken(LinkSecret, firstLine(err.Error()), "correct the vault's URL in the workload's secrets")
	}
	got, err := client.GetSecret(ctx, s.Name, "", nil)
	if err != nil {
		return c.secretError(ctx, t, where, err)
	}
	if got.Value == nil || got.ID == nil {
		return broken(LinkSecret, where+" has no value", "set the secret again")
	}
	return ok(LinkSecret, fmt.Sprintf("read %s\n%s, version %s", where, count(len(*got.Value), "byte"), got.ID.Version()))
}

// secretError explains why a secret could not be read.
func (c *Chain) secretError(ctx context.Context, t target, where string, err error) Result {
	if failure, answered := entra.FromError(err); answered {
		r := exchangeError("", err)
		r.Link, r.Detail = LinkSecret, "no token for the vault: "+failure.Text
		return r
	}
	if refusal, refused := azureRefusal(err); refused {
		return c.vaultRefusal(ctx, t, where, refusal).withCode(refusal.code)
	}
	switch {
	case isUnknownHost(err):
		return broken(LinkSecret, where+": the vault's host does not exist", "create the vault (or recover it, if it was deleted), or correct its URL")
	case isTimeout(err):
		return unchecked(LinkSecret, where+" gives no answer in time", timeoutRemedy)
	case strings.Contains(err.Error(), "challenge resource"):
		return broken(LinkSecret, "the vault belongs to another cloud than its URL says: "+firstLine(err.Error()), "correct the vault's URL in the workload's secrets")
	}
	return unchecked(LinkSecret, where+" is out of reach from here: "+firstLine(err.Error()),
		"check this machine's network; a vault with a private endpoint is seen from the cluster's network only")
}

// vaultRefusal explains an answer of the vault that is not the secret.
func (c *Chain) vaultRefusal(ctx context.Context, t target, where string, r refusal) Result {
	switch {
	case r.status == http.StatusForbidden:
		return c.forbidden(ctx, t, where, r)
	case r.status == http.StatusNotFound:
		return broken(LinkSecret, where+" does not exist",
			"create the secret, or correct its name in the workload's secrets; a deleted one can be recovered")
	case r.status == http.StatusUnauthorized:
		return broken(LinkSecret, where+" does not accept the token: "+firstLine(r.message),
			"check that vault and identity are in the same tenant")
	case r.status >= http.StatusInternalServerError || r.status == http.StatusTooManyRequests:
		return unchecked(LinkSecret, fmt.Sprintf("%s answers HTTP %d: %s", where, r.status, firstLine(r.message)), "try again later")
	}
	return broken(LinkSecret, fmt.Sprintf("%s answers HTTP %d: %s", where, r.status, firstLine(r.message)), "correct what the message names")
}

// forbidden explains a 403 by Key Vault's inner code.
// Source: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes.
func (c *Chain) forbidden(ctx context.Context, t target, where string, r refusal) Result {
	switch r.code {
	case "ForbiddenByFirewall", "ForbiddenByConnection":
		return unchecked(LinkSecret, "the vault's firewall does not admit this machine: "+where,
			"try from the cluster's network, or allow this address in the vault's firewall")
	case "AccessDenied":
		return broken(LinkSecret, "the vault's access policies do not let the identity read "+where,
			"give principal "+t.workload.PrincipalID+" the secret permission get, and run `pulumi up`").asTransient()
	case "SecretDisabled":
		return broken(LinkSecret, where+" is disabled", "enable the secret")
	}
	action, resource := messageField(r.message, "Action"), messageField(r.message, "Resource")
	if action == "" || resource == "" {
		return broken(LinkSecret, where+": "+firstLine(r.message), "give the identity a role on the vault that may read secrets").asTransient()
	}
	scope := vaultOf(resource)
	detail := strings.Join([]string{
		"no role assignment lets the identity read " + where,
		valueLine("principal", t.workload.PrincipalID), valueLine("action", action), valueLine("scope", scope),
		"  holds     " + c.rolesAt(ctx, scope, t.workload.PrincipalID),
	}, "\n")
	return broken(LinkSecret, detail,
		fmt.Sprintf("assign role %q to principal %s on the vault and run `pulumi up --refresh`; a new assignment takes up to 10 minutes (--retry-for 10m)",
			secretsUser, t.workload.PrincipalID)).asTransient()
}

// rolesAt describes the roles of a principal at or above a scope, as far as the operator may see
// them.
func (c *Chain) rolesAt(ctx context.Context, scope, principalID string) string {
	if c.Roles == nil {
		return "unknown (no Azure login)"
	}
	assignments, err := c.Roles.Assignments(ctx, scope, principalID)
	if err != nil {
		return "unknown (role assignments cannot be listed)"
	}
	var roles []string
	for _, a := range assignments {
		if azure.ScopeWithin(scope, strings.TrimSuffix(a.Scope, "/")) {
			roles = append(roles, fmt.Sprintf("role %s at %s", a.RoleID, a.Scope))
		}
	}
	if len(roles) == 0 {
		return "no role at or above this scope (groups not counted)"
	}
	return strings.Join(roles, ", ")
}

// messageField returns a field of Key Vault's message, which has a line for each:
// Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'. It is "" when the field is missing.
func messageField(message, name string) string {
	if m := regexp.MustCompile(name + `: '([^']*)'`).FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return ""
}

// vaultOf returns the id of the vault that a resource is in, because roles are assigned there, or
// the resource itself if it is in none.
func vaultOf(resource string) string {
	for id := resource; id != ""; id = azure.ParentID(id) {
		if azure.ValidateResourceID(id, azure.TypeVault) == nil {
			return id
		}
	}
	return resource
}
