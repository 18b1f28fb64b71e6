package chain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
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
	// Credential returns the credential, a *MissingError when Azure says that it does not exist, or any other error when
	// Azure could not be asked.
	Credential(ctx context.Context, w outputs.Workload, f outputs.Federation) (Credential, error)
}

// MissingError says that Azure knows no such thing.
type MissingError struct {
	// What is missing: "the federated identity credential", "the user-assigned identity".
	What string
	// Code and Message as Azure gives them.
	Code, Message string
}

// Error is a sentence without a full stop.
func (e *MissingError) Error() string {
	return fmt.Sprintf("%s does not exist in Azure (%s)", e.What, cmp.Or(e.Code, strings.TrimRight(e.Message, ". ")))
}

// credential checks link 2: the credential is in Azure, and trusts exactly the tokens that this service account gets.
func (c *Chain) credential(ctx context.Context, t target, _ *facts) Result {
	need := trust{t.issuer, kube.Subject(t.federation.Namespace, t.federation.ServiceAccount), t.federation.Audience}
	if c.Credentials == nil {
		return unchecked(LinkCredential, fmt.Sprintf("no Azure login: %v", c.CredentialsErr), loginRemedy)
	}
	have, err := c.Credentials.Credential(ctx, t.workload, t.federation)
	var missing *MissingError
	if errors.As(err, &missing) {
		return broken(LinkCredential, missing.Error(),
			"run `pulumi up --refresh` to create it again").predicting(t.withoutCredential(missing.What)).passing()
	}
	if err != nil {
		return operatorError(LinkCredential, err)
	}
	if have.ClientID != "" && !strings.EqualFold(have.ClientID, t.workload.ClientID) {
		return broken(LinkCredential,
			"the identity was made again and has a new client id\n"+pair("outputs", t.workload.ClientID)+"\n"+pair("Azure", have.ClientID),
			"run `pulumi up --refresh` so that service accounts and role assignments follow, then restart the pods").predicting(entra.CodeApplication)
	}
	seen := trust{have.Issuer, have.Subject, strings.Join(have.Audiences, ", ")}
	if detail, code := mismatch("needed", need, "in Azure", seen); detail != "" {
		return broken(LinkCredential, detail, "run `pulumi up --refresh` to set the credential right; "+
			"if that changes nothing, the program's own federation is wrong").predicting(code)
	}
	return ok(LinkCredential, "in Azure, for "+need.subject)
}

// withoutCredential is what Entra answers when the credential, or the identity itself, is gone: it depends on which
// other credentials the identity has.
func (t target) withoutCredential(what string) int {
	if what == whatIdentity {
		return entra.CodeApplication
	}
	code := entra.CodeNone
	for _, sibling := range t.workload.Federations {
		switch {
		case sibling == t.federation:
		case sibling.Issuer == t.issuer:
			return entra.CodeSubject
		default:
			code = entra.CodeIssuer
		}
	}
	return code
}

// whatIdentity marks the MissingError of an identity, because Entra answers it with another code than a missing credential.
const whatIdentity = "the user-assigned identity"

// loginRemedy names the variables of azidentity.DefaultAzureCredential; it does not read the ARM_* of `pulumi up`.
const loginRemedy = "log in (`az login --tenant TENANT`), or set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE " +
	"(the ARM_* variables of `pulumi up` do not count here)"

// operatorError is an error of a request made with the operator's login: it says nothing about the workload.
func operatorError(l Link, err error) Result {
	if errors.Is(err, errNotCredentialID) {
		return unchecked(l, err.Error(), "correct the program that writes the stack's outputs, and run `pulumi up`")
	}
	if f, answered := entra.FromError(err); answered {
		return unchecked(l, "the operator's login fails: "+f.Text, loginRemedy).withCode(entra.Format(f.Code.Number))
	}
	if code, status, _ := azureError(err); status != 0 {
		remedy := "try again; Azure's answer is not about the workload"
		if status == 401 || status == 403 {
			remedy = "let someone check who may read the identity: role Reader for user-assigned identities, Application.Read.All for applications"
		}
		return unchecked(l, fmt.Sprintf("Azure refuses the operator's request: HTTP %d", status), remedy).withCode(code)
	}
	if isTimeout(err) {
		return unchecked(l, "no answer in time", timeoutRemedy)
	}
	return unchecked(l, "Azure cannot be asked: "+firstLine(err), loginRemedy)
}

const timeoutRemedy = "check the network and the proxy, or raise --timeout"

// isTimeout is true when the time of this command ran out, not the other side's patience.
func isTimeout(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// firstLine shortens an error to what fits into a table; SDK errors carry whole responses.
func firstLine(err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return strings.TrimSpace(line)
}
