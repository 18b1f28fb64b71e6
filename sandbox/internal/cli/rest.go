package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/spf13/cobra"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/daemon"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/proxy"
)

func newRest(f *flags) *cobra.Command {
	var r restRequest
	cmd := &cobra.Command{
		Use:   "rest URL",
		Short: "Send one request to this Azure as the deployer, like `az rest`",
		Long: `Send one request to this Azure as the deployer, like "az rest": to look at a resource, or to
break one by hand and see what "make verify" reports. A URL without a host goes to
management.azure.com. In the URL and in the body {subscriptionId}, {tenantId} and
{deployerObjectId} are filled in.`,
		Example: `  sandbox rest '/subscriptions/{subscriptionId}/resourcegroups?api-version=2022-09-01'
  sandbox rest --method delete '/subscriptions/…/federatedIdentityCredentials/…?api-version=2023-01-31'
  sandbox rest --method put --body '{"location": "westeurope"}' '/subscriptions/{subscriptionId}/resourceGroups/mine?api-version=2022-09-01'
  sandbox rest --method put --header 'x-ms-blob-type: BlockBlob' --body hello https://ACCOUNT.blob.core.windows.net/CONTAINER/hello.txt`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			h, client, err := f.find()
			if err != nil {
				return err
			}
			ca, err := proxy.OpenCA(h.CADir())
			if err != nil {
				return err
			}
			assertion, err := client.Assertion(cmd.Context())
			if err != nil {
				return err
			}
			r.url, r.deployer, r.client = args[0], assertion, ca.Client(client.Running.URL())
			return r.send(cmd.Context(), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVarP(&r.method, "method", "m", "get", "HTTP method")
	cmd.Flags().StringVarP(&r.body, "body", "b", "", "JSON body, or @FILE")
	cmd.Flags().StringArrayVarP(&r.headers, "header", "H", nil, "a further `'NAME: VALUE'`, such as x-ms-blob-type: BlockBlob")
	return cmd
}

// restRequest is one request of the command line, and what is needed to send it.
type restRequest struct {
	method, url, body string // as given
	headers           []string
	deployer          daemon.Assertion
	client            *http.Client // through the proxy
}

// send sends the request and writes the answer's body. A status of 400 or more is an error.
func (r restRequest) send(ctx context.Context, out io.Writer) error {
	req, err := r.build(ctx)
	if err != nil {
		return err
	}
	token, err := r.token(ctx, req.URL.Hostname())
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if err := setHeaders(req, r.headers); err != nil {
		return err
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(out, resp.Body); err != nil {
		return err
	}
	fmt.Fprintln(out)
	if resp.StatusCode >= 400 {
		return fmt.Errorf("%s %s: %s", req.Method, req.URL.Path, resp.Status)
	}
	return nil
}

// build makes the request with its placeholders filled in.
func (r restRequest) build(ctx context.Context) (*http.Request, error) {
	account := r.deployer.Account
	fill := strings.NewReplacer(
		"{subscriptionId}", account.SubscriptionID, "{tenantId}", account.TenantID, "{deployerObjectId}", account.Deployer.ObjectID,
	)
	target, err := restURL(fill.Replace(r.url))
	if err != nil {
		return nil, err
	}
	body, err := restBody(r.body)
	if err != nil {
		return nil, err
	}
	return http.NewRequestWithContext(ctx, strings.ToUpper(r.method), target.String(), strings.NewReader(fill.Replace(body)))
}

// token returns an access token of the deployer for the service at a host.
func (r restRequest) token(ctx context.Context, host string) (string, error) {
	options := &azidentity.ClientAssertionCredentialOptions{}
	options.Transport = r.client
	credential, err := azidentity.NewClientAssertionCredential(r.deployer.Account.TenantID, r.deployer.Account.Deployer.ClientID,
		func(context.Context) (string, error) { return r.deployer.JWT, nil }, options)
	if err != nil {
		return "", err
	}
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{audience(host) + "/.default"}})
	if err != nil {
		var failed *azidentity.AuthenticationFailedError
		if errors.As(err, &failed) {
			return "", fmt.Errorf("the deployer got no token: %w", failed)
		}
		return "", err
	}
	return token.Token, nil
}

const storageDomain = ".core.windows.net"

// storageVersion is the version of the Storage services for requests that name none. Without a
// version the services accept no token.
const storageVersion = "2023-11-03"

// setHeaders sets the given headers ("NAME: VALUE"), and defaults that they override.
func setHeaders(req *http.Request, given []string) error {
	req.Header.Set("Content-Type", "application/json")
	if strings.HasSuffix(req.URL.Hostname(), storageDomain) {
		req.Header.Set("Content-Type", "application/octet-stream")
		req.Header.Set("x-ms-version", storageVersion)
	}
	for _, line := range given {
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return fmt.Errorf("header %q is not of the form 'NAME: VALUE'", line)
		}
		req.Header.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return nil
}

func restURL(arg string) (*url.URL, error) {
	if strings.HasPrefix(arg, "/") {
		arg = "https://management.azure.com" + arg
	}
	target, err := url.Parse(arg)
	if err != nil {
		return nil, fmt.Errorf("URL %q: %w", arg, err)
	}
	if target.Scheme != "https" || target.Host == "" {
		return nil, fmt.Errorf("URL %q must start with https:// or with a slash", arg)
	}
	return target, nil
}

func restBody(arg string) (string, error) {
	name, ok := strings.CutPrefix(arg, "@")
	if !ok {
		return arg, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("body: %w", err)
	}
	return string(data), nil
}

// audience returns the resource that a token for a host is requested for. All vaults, and all
// storage accounts, have one.
func audience(host string) string {
	switch {
	case strings.HasSuffix(host, ".vault.azure.net"):
		return "https://vault.azure.net"
	case strings.HasSuffix(host, storageDomain):
		return "https://storage.azure.com"
	}
	return "https://" + host
}
