package chain

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// RoleReader lists role assignments with the operator's login, to explain why a vault says no.
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

// secret checks link 7 for one secret: the identity reads it. The value is never kept, printed or logged.
func (c *Chain) secret(ctx context.Context, t target, s outputs.Secret, f *facts) Result {
	where := strings.TrimSuffix(s.VaultURL, "/") + "/secrets/" + s.Name
	client, err := azsecrets.NewClient(s.VaultURL, f.login, &azsecrets.ClientOptions{ClientOptions: c.Client})
	if err != nil {
		return broken(LinkSecret, firstLine(err), "correct the vault's URL in the workload's secrets")
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

func (c *Chain) secretError(ctx context.Context, t target, where string, err error) Result {
	if failure, answered := entra.FromError(err); answered {
		r := exchangeError("", err)
		r.Link, r.Detail = LinkSecret, "no token for the vault: "+failure.Text
		return r
	}
	code, status, message := azureError(err)
	switch {
	case status == http.StatusForbidden:
		return c.forbidden(ctx, t, where, code, message)
	case status == http.StatusNotFound:
		return broken(LinkSecret, where+" does not exist",
			"create the secret, or correct its name in the workload's secrets; a deleted one can be recovered").withCode(code)
	case status == http.StatusUnauthorized:
		return broken(LinkSecret, where+" does not accept the token: "+firstSentence(message),
			"check that vault and identity are in the same tenant").withCode(code)
	case status >= 500 || status == http.StatusTooManyRequests:
		return unchecked(LinkSecret, fmt.Sprintf("%s answers HTTP %d: %s", where, status, firstSentence(message)), "try again later").withCode(code)
	case status != 0:
		return broken(LinkSecret, fmt.Sprintf("%s answers HTTP %d: %s", where, status, firstSentence(message)), "correct what it names").withCode(code)
	case isUnknownHost(err):
		return broken(LinkSecret, where+": the vault's host does not exist", "create the vault (or recover it, if it was deleted), or correct its URL")
	case isTimeout(err):
		return unchecked(LinkSecret, where+" gives no answer in time", timeoutRemedy)
	case strings.Contains(err.Error(), "challenge resource"):
		return broken(LinkSecret, "the vault belongs to another cloud than its URL says: "+firstLine(err), "correct the vault's URL in the workload's secrets")
	}
	return unchecked(LinkSecret, where+" is out of reach from here: "+firstLine(err),
		"check this machine's network; a vault with a private endpoint is seen from the cluster's network only")
}

// forbidden explains a 403, by Key Vault's inner code: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes.
func (c *Chain) forbidden(ctx context.Context, t target, where, code, message string) Result {
	switch code {
	case "ForbiddenByFirewall", "ForbiddenByConnection":
		return unchecked(LinkSecret, "the vault's firewall lets this machine not in: "+where,
			"try from the cluster's network, or allow this address in the vault's firewall").withCode(code)
	case "AccessDenied":
		return broken(LinkSecret, "the vault's access policies do not let the identity read "+where,
			"give principal "+t.workload.PrincipalID+" the secret permission get, and run `pulumi up`").withCode(code).passing()
	case "SecretDisabled":
		return broken(LinkSecret, where+" is disabled", "enable the secret").withCode(code)
	}
	action, resource := field(message, "Action"), field(message, "Resource")
	if action == "" || resource == "" {
		return broken(LinkSecret, where+": "+firstSentence(message), "give the identity a role on the vault that may read secrets").withCode(code).passing()
	}
	scope := vaultOf(resource)
	return broken(LinkSecret, fmt.Sprintf("no role assignment lets the identity read %s\n%s\n%s\n%s\n%s", where,
		pair("principal", t.workload.PrincipalID), pair("action", action), pair("scope", scope), "  holds     "+c.held(ctx, scope, t.workload.PrincipalID)),
		fmt.Sprintf("assign role %q to principal %s on the vault and run `pulumi up --refresh`; a new assignment takes up to 10 minutes (--retry-for 10m)",
			secretsUser, t.workload.PrincipalID)).withCode(code).passing()
}

const secretsUser = "Key Vault Secrets User"

// held names what the principal holds at or above a scope, as far as the operator may see it.
func (c *Chain) held(ctx context.Context, scope, principalID string) string {
	if c.Roles == nil {
		return "unknown (no Azure login)"
	}
	assignments, err := c.Roles.Assignments(ctx, scope, principalID)
	if err != nil {
		return "unknown (role assignments cannot be listed)"
	}
	var roles []string
	for _, a := range assignments {
		above := strings.TrimSuffix(a.Scope, "/")
		if strings.EqualFold(scope, above) || strings.HasPrefix(strings.ToLower(scope), strings.ToLower(above)+"/") {
			roles = append(roles, fmt.Sprintf("role %s at %s", a.RoleID, a.Scope))
		}
	}
	if len(roles) == 0 {
		return "no role at or above this scope (groups not counted)"
	}
	return strings.Join(roles, ", ")
}

// field reads a line of Key Vault's refusal: Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'.
func field(message, name string) string {
	if m := regexp.MustCompile(name + `: '([^']*)'`).FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return ""
}

// vaultOf cuts the id of a secret down to its vault, where roles are assigned.
func vaultOf(resource string) string {
	lower := strings.ToLower(resource)
	if i := strings.Index(lower, "/providers/microsoft.keyvault/vaults/"); i >= 0 {
		rest := resource[i+len("/providers/microsoft.keyvault/vaults/"):]
		name, _, _ := strings.Cut(rest, "/")
		return resource[:len(resource)-len(rest)] + name
	}
	return resource
}

// firstSentence shortens Azure's message to its first line.
func firstSentence(message string) string {
	line, _, _ := strings.Cut(strings.ReplaceAll(message, "\r", ""), "\n")
	return strings.TrimSpace(line)
}
