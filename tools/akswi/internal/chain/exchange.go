package chain

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
)

// exchange checks link 6: Entra gives an access token for the service account token. It uses the credential that the
// pod's program would use, with the values that the pod would find in its environment.
func (c *Chain) exchange(ctx context.Context, t target, f *facts) Result {
	file, err := f.tokenFile()
	if err != nil {
		return unchecked(LinkExchange, err.Error(), "let TMPDIR name a folder that can be written to")
	}
	options := c.Client
	// In the pod the SDK reads AZURE_AUTHORITY_HOST by itself; here that variable is the operator's.
	options.Cloud = cloud.Configuration{ActiveDirectoryAuthorityHost: f.mutation.AuthorityHost}
	login, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: options,
		ClientID:      f.mutation.ClientID,
		TenantID:      f.mutation.TenantID,
		TokenFilePath: file,
	})
	if err != nil {
		return broken(LinkExchange, "the SDK refuses the pod's settings: "+firstLine(err), "correct what it names in the webhook or the service account")
	}
	scope := t.stack.Cloud.ManagementScope
	if len(t.workload.Secrets) > 0 {
		scope = t.stack.Cloud.VaultScope
	}
	token, err := login.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		return exchangeError(f.mutation.AuthorityHost, err)
	}
	f.login = login
	return ok(LinkExchange, fmt.Sprintf("Entra gives an access token for %s, valid %d min", scope, int(time.Until(token.ExpiresOn).Round(time.Minute).Minutes())))
}

// exchangeError translates Entra's refusal.
func exchangeError(authority string, err error) Result {
	failure, answered := entra.FromError(err)
	if !answered {
		host := authority
		if u, parseErr := url.Parse(authority); parseErr == nil && u.Host != "" {
			host = u.Host
		}
		if isTimeout(err) {
			return unchecked(LinkExchange, "no answer from "+host+" in time", timeoutRemedy)
		}
		return unchecked(LinkExchange, fmt.Sprintf("%s is out of reach: %s", host, firstLine(err)), "check this machine's network and proxy")
	}
	detail := "Entra refuses: " + failure.Text
	if failure.Code.Meaning == "" {
		r := broken(LinkExchange, detail, "look the code up at https://login.microsoftonline.com/error?code="+fmt.Sprint(failure.Code.Number))
		if failure.Code.Number == 0 {
			r.Remedy = "try again; the answer has no code of Entra's"
			r.passes = failure.Status >= 500
		}
		return r.withCode(entra.Format(failure.Code.Number))
	}
	r := broken(LinkExchange, detail+"\nmeaning: "+failure.Code.Meaning, failure.Code.Remedy).withCode(failure.Code.String())
	r.passes = failure.Code.Passes
	if cause := Link(failure.Code.Link); cause != LinkExchange {
		r.Cause = cause
	}
	return r
}

// tokenFile writes the service account token where nobody else can read it; facts.close removes it.
func (f *facts) tokenFile() (string, error) {
	f.close()
	folder, err := os.MkdirTemp("", "verify-") // mode 0700
	if err != nil {
		return "", fmt.Errorf("make a private folder for the token: %w", err)
	}
	f.folder = folder
	file := filepath.Join(folder, "token")
	if err := os.WriteFile(file, []byte(f.token), 0o600); err != nil {
		f.close()
		return "", fmt.Errorf("write the token for the exchange: %w", err)
	}
	return file, nil
}

// close removes the token from disk.
func (f *facts) close() {
	if f.folder == "" {
		return
	}
	_ = os.RemoveAll(f.folder) // a folder of our own; what is left holds a token that expires
	f.folder = ""
}
