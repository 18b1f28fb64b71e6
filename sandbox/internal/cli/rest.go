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
	cmd := &cobra.Command{
		Use:   "rest URL",
		Short: "Send one request to this Azure as the deployer, like `az rest`",
		Long: `Send one request to this Azure as the deployer, like "az rest": to look at a resource, or to
break one by hand and see what "make verify" says. A URL without a host goes to
management.azure.com; {subscriptionId} in it is filled in.`,
		Example: `  sandbox rest '/subscriptions/{subscriptionId}/resourcegroups?api-version=2022-09-01'
  sandbox rest --method delete '/subscriptions/…/federatedIdentityCredentials/…?api-version=2023-01-31'`,
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
			target, err := restURL(args[0], assertion.Account.SubscriptionID)
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
			req, err := http.NewRequestWithContext(cmd.Context(), strings.ToUpper(method), target.String(), strings.NewReader(payload))
			if err != nil {
				return err
			}
			req.Header.Set("Authorization", "Bearer "+token)
			req.Header.Set("Content-Type", "application/json")
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
	return cmd
}

func restURL(arg, subscription string) (*url.URL, error) {
	arg = strings.ReplaceAll(arg, "{subscriptionId}", subscription)
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

func deployerToken(cmd *cobra.Command, a daemon.Assertion, target *url.URL, through *http.Client) (string, error) {
	resource := "https://" + target.Hostname()
	if strings.HasSuffix(target.Hostname(), ".vault.azure.net") {
		resource = "https://vault.azure.net"
	}
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
