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
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/door"
)

func newRest(f *flags) *cobra.Command {
	var method, body string
	var headers []string
	cmd := &cobra.Command{
		Use:   "rest URL",
		Short: "Send one request to this Azure as the deployer, like `az rest`",
		Long: `Send one request to this Azure as the deployer, like "az rest": to look at a resource, or to
break one by hand and see what "make verify" says. A URL without a host goes to
management.azure.com. In the URL and in the body {subscriptionId}, {tenantId} and
{deployerObjectId} are filled in.`,
		Example: `  sandbox rest '/subscriptions/{subscriptionId}/resourcegroups?api-version=2022-09-01'
  sandbox rest --method delete '/subscriptions/…/federatedIdentityCredentials/…?api-version=2023-01-31'
  sandbox rest --method put --body '{"location": "westeurope"}' '/subscriptions/{subscriptionId}/resourceGroups/mine?api-version=2022-09-01'
  sandbox rest --method put --header 'x-ms-blob-type: BlockBlob' --body hello https://ACCOUNT.blob.core.windows.net/CONTAINER/hello.txt`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			h, err := f.at()
			if err != nil {
				return err
			}
			client, err := daemon.Find(h)
			if err != nil {
				return err
			}
			ca, err := door.OpenCA(h.CADir())
			if err != nil {
				return err
			}
			assertion, err := client.Assertion(cmd.Context())
			if err != nil {
				return err
			}
			fill := placeholders(assertion)
			target, err := restURL(fill.Replace(args[0]))
			if err != nil {
				return err
			}
			payload, err := restBody(body)
			if err != nil {
				return err
			}
			through := ca.Client(client.Running.URL())
			token, err := deployerToken(cmd, assertion, target, through)
			if err != nil {
				return err
			}
			req, err := http.NewRequestWithContext(cmd.Context(), strings.ToUpper(method), target.String(), strings.NewReader(fill.Replace(payload)))
			if err != nil {
				return err
			}
			req.Header.Set("Authorization", "Bearer "+token)
			if err := restHeaders(req, headers); err != nil {
				return err
			}
			resp, err := through.Do(req)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			if _, err := io.Copy(cmd.OutOrStdout(), resp.Body); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout())
			if resp.StatusCode >= 400 {
				return fmt.Errorf("%s %s: %s", strings.ToUpper(method), target.Path, resp.Status)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&method, "method", "m", "get", "HTTP method")
	cmd.Flags().StringVarP(&body, "body", "b", "", "JSON body, or @FILE")
	cmd.Flags().StringArrayVarP(&headers, "header", "H", nil, "a further `'NAME: VALUE'`, such as x-ms-blob-type: BlockBlob")
	return cmd
}

// placeholders are what a request cannot know before there is a sandbox.
func placeholders(a daemon.Assertion) *strings.Replacer {
	return strings.NewReplacer(
		"{subscriptionId}", a.Account.SubscriptionID, "{tenantId}", a.Account.TenantID, "{deployerObjectId}", a.Account.Deployer.ObjectID,
	)
}

// storageVersion is the version of the Storage services that a request asks for unless it says another: without one they
// take no token.
const storageVersion = "2023-11-03"

func restHeaders(req *http.Request, given []string) error {
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

const storageDomain = ".core.windows.net"

// audience is what a token for a host is asked for: the service's, where every vault and account has a host of its own.
func audience(host string) string {
	switch {
	case strings.HasSuffix(host, ".vault.azure.net"):
		return "https://vault.azure.net"
	case strings.HasSuffix(host, storageDomain):
		return "https://storage.azure.com"
	}
	return "https://" + host
}

func deployerToken(cmd *cobra.Command, a daemon.Assertion, target *url.URL, through *http.Client) (string, error) {
	resource := audience(target.Hostname())
	options := &azidentity.ClientAssertionCredentialOptions{}
	options.Transport = through
	credential, err := azidentity.NewClientAssertionCredential(a.Account.TenantID, a.Account.Deployer.ClientID,
		func(context.Context) (string, error) { return a.JWT, nil }, options)
	if err != nil {
		return "", err
	}
	token, err := credential.GetToken(cmd.Context(), policy.TokenRequestOptions{Scopes: []string{resource + "/.default"}})
	if err != nil {
		var failed *azidentity.AuthenticationFailedError
		if errors.As(err, &failed) {
			return "", fmt.Errorf("the deployer got no token: %w", failed)
		}
		return "", err
	}
	return token.Token, nil
}
