package chain

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/entra"
)

// exchange checks link 6: Entra gives an access token for the service account token. It uses the
// credential type that the pod's program would use, with the values that the pod would find in its
// environment.
func (c *Chain) exchange(ctx context.Context, t target, f *findings) Result {
	file, err := f.writeToken()
	if err != nil {
		return unchecked(LinkExchange, err.Error(), "let TMPDIR name a folder that can be written to")
	}
	options := c.Client
	// In the pod the SDK reads AZURE_AUTHORITY_HOST by itself; here that variable is the
	// operator's.
	options.Cloud = cloud.Configuration{ActiveDirectoryAuthorityHost: f.mutation.AuthorityHost}
	login, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: options,
		ClientID:      f.mutation.ClientID,
		TenantID:      f.mutation.TenantID,
		TokenFilePath: file,
	})
	if err != nil {
		return broken(LinkExchange, "the SDK refuses the pod's settings: "+firstLine(err.Error()),
			"correct the setting that the message names in the webhook or the service account")
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
	minutes := int(time.Until(token.ExpiresOn).Round(time.Minute).Minutes())
	return ok(LinkExchange, fmt.Sprintf("Entra gives an access token for %s, valid %d min", scope, minutes))
}

// exchangeError explains why the exchange failed.
func exchangeError(authority string, err error) Result {
	failure, answered := entra.FromError(err)
	if !answered {
		return noAnswer(authority, err)
	}
	detail := "Entra refuses: " + failure.Text
	if failure.Code.Number == 0 {
		r := broken(LinkExchange, detail, "try again; the answer has no Entra error code")
		r.transient = failure.Status >= http.StatusInternalServerError
		return r
	}
	if failure.Code.Meaning == "" {
		return broken(LinkExchange, detail, fmt.Sprintf("look the code up at https://login.microsoftonline.com/error?code=%d", failure.Code.Number)).
			withCode(failure.Code.String())
	}
	r := broken(LinkExchange, detail+"\nmeaning: "+failure.Code.Meaning, failure.Code.Remedy).withCode(failure.Code.String())
	r.transient = failure.Code.Transient
	if cause := Link(failure.Code.Link); cause != LinkExchange {
		r.Cause = cause
	}
	return r
}

// noAnswer explains an exchange that Entra did not answer.
func noAnswer(authority string, err error) Result {
	host := authority
	if u, parseErr := url.Parse(authority); parseErr == nil {
		host = cmp.Or(u.Host, authority)
	}
	if isTimeout(err) {
		return unchecked(LinkExchange, "no answer from "+host+" in time", timeoutRemedy)
	}
	return unchecked(LinkExchange, fmt.Sprintf("%s is out of reach: %s", host, firstLine(err.Error())), "check this machine's network and proxy")
}

// writeToken writes the service account token to a file that only this user can read, and returns
// its path; findings.close removes it.
func (f *findings) writeToken() (string, error) {
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
func (f *findings) close() {
	if f.folder == "" {
		return
	}
	_ = os.RemoveAll(f.folder) // a private folder; should it remain, the token in it expires
	f.folder = ""
}
