package chain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/login"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// Credential is a federated identity credential as Azure has it now.
type Credential struct {
	Issuer, Subject string
	Audiences       []string
	// ClientID of the identity that holds it; empty when it was not read.
	ClientID string
}

// CredentialReader reads federated identity credentials with the operator's login.
type CredentialReader interface {
	// Credential returns the credential. The error is a *MissingError when Azure answers that it
	// does not exist, and any other error when Azure could not be asked.
	Credential(ctx context.Context, w outputs.Workload, f outputs.Federation) (Credential, error)
}

// What a MissingError can be about. Entra answers a missing identity and a missing credential with
// different codes.
const (
	missingIdentity   = "the user-assigned identity"
	missingCredential = "the federated identity credential"
)

// MissingError means that Azure answers that a resource does not exist.
type MissingError struct {
	// What is missing: "the federated identity credential", "the user-assigned identity".
	What string
	// Code and Message as Azure gives them.
	Code, Message string
}

// Error returns a sentence without a full stop.
func (e *MissingError) Error() string {
	return fmt.Sprintf("%s does not exist in Azure (%s)", e.What, cmp.Or(e.Code, strings.TrimRight(e.Message, ". ")))
}

// credential checks link 2: the credential is in Azure, and trusts exactly the tokens that this
// service account gets.
func (c *Chain) credential(ctx context.Context, t target, _ *findings) Result {
	if c.Credentials == nil {
		return unchecked(LinkCredential, fmt.Sprintf("no Azure login: %v", c.CredentialsErr), loginRemedy)
	}
	have, err := c.Credentials.Credential(ctx, t.workload, t.federation)
	var missing *MissingError
	if errors.As(err, &missing) {
		return broken(LinkCredential, missing.Error(),
			"run `pulumi up --refresh` to create it again").predicting(t.codeWithout(missing.What)).asTransient()
	}
	if err != nil {
		return operatorError(LinkCredential, err)
	}
	if have.ClientID != "" && !strings.EqualFold(have.ClientID, t.workload.ClientID) {
		return broken(LinkCredential,
			"the identity was created again and has a new client id\n"+valueLine("outputs", t.workload.ClientID)+"\n"+valueLine("Azure", have.ClientID),
			"run `pulumi up --refresh` so that service accounts and role assignments follow, then restart the pods").predicting(entra.CodeApplication)
	}
	want := trust{t.issuer, t.subject(), t.federation.Audience}
	seen := trust{have.Issuer, have.Subject, strings.Join(have.Audiences, ", ")}
	if detail, code := mismatch(labelledTrust{"needed", want}, labelledTrust{"in Azure", seen}); detail != "" {
		return broken(LinkCredential, detail, "run `pulumi up --refresh` to correct the credential; "+
			"if that changes nothing, correct the federation in the program").predicting(code)
	}
	return ok(LinkCredential, "in Azure, for "+want.subject)
}

// codeWithout returns the code that Entra answers when the credential, or the identity itself, is
// missing: it depends on which other credentials the identity has.
func (t target) codeWithout(what string) int {
	if what == missingIdentity {
		return entra.CodeApplication
	}
	code := entra.CodeNone
	for _, other := range t.workload.Federations {
		switch {
		case other == t.federation:
		case other.Issuer == t.issuer:
			return entra.CodeSubject
		default:
			code = entra.CodeIssuer
		}
	}
	return code
}

// loginRemedy tells the ways in which this command logs in: those of the deployment.
const loginRemedy = "log in as the deployment does: `az login --tenant TENANT`, or in a pipeline ARM_USE_OIDC=true with ARM_CLIENT_ID and " +
	"ARM_TENANT_ID (or the Azure SDK's AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE)"

const timeoutRemedy = "check the network and the proxy, or raise --timeout"

// operatorError explains an error of a request that was made with the operator's login: it tells
// nothing about the workload.
func operatorError(l Link, err error) Result {
	if errors.Is(err, errNotCredentialID) {
		return unchecked(l, err.Error(), "correct the program that writes the stack's outputs, and run `pulumi up`")
	}
	if f, answered := entra.FromError(err); answered {
		return unchecked(l, "the operator's login fails: "+withMethod(err, f.Text), loginRemedy).withCode(entra.Format(f.Code.Number))
	}
	if refusal, refused := azureRefusal(err); refused {
		remedy := "try again; Azure's answer is not about the workload"
		if refusal.status == http.StatusUnauthorized || refusal.status == http.StatusForbidden {
			remedy = "use a login that may read the identity: role Reader for user-assigned identities, Application.Read.All for applications"
		}
		return unchecked(l, fmt.Sprintf("Azure refuses the operator's request: HTTP %d", refusal.status), remedy).withCode(refusal.code)
	}
	if isTimeout(err) {
		return unchecked(l, "no answer in time", timeoutRemedy)
	}
	return unchecked(l, "Azure cannot be asked: "+firstLine(err.Error()), loginRemedy)
}

// withMethod returns a text with the login that was chosen, if the error tells.
func withMethod(err error, text string) string {
	var failed *login.Failed
	if !errors.As(err, &failed) {
		return text
	}
	return text + " (login by " + failed.Method + ": " + failed.Because + ")"
}

// isTimeout reports whether this command's own time ran out, and not that of the other side.
func isTimeout(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}
