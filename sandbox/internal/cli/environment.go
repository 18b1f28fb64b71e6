package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/daemon"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/home"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/proxy"
)

// environment returns the variables of a command in the sandbox: the proxy, the authority to trust,
// and a login as the deployer. The deployer has no secret either: it is a service principal that
// trusts the sandbox's own issuer.
//
// writeToken writes the login's token to a file; the caller removes the file if it is for one
// command only.
func environment(ctx context.Context, h home.Home, client *daemon.Client, writeToken func(jwt string) (file string, err error)) (vars map[string]string, tokenFile string, err error) {
	ca, err := proxy.OpenCA(h.CADir())
	if err != nil {
		return nil, "", err
	}
	assertion, err := client.Assertion(ctx)
	if err != nil {
		return nil, "", err
	}
	token, err := writeToken(assertion.JWT)
	if err != nil {
		return nil, "", err
	}
	if err := os.MkdirAll(h.EmptyDir(), 0o700); err != nil {
		return nil, "", fmt.Errorf("empty folder of certificates: %w", err)
	}
	binary, err := os.Executable()
	if err != nil {
		return nil, "", fmt.Errorf("path of this binary: %w", err)
	}
	if err := installKubelogin(h.BinDir(), binary); err != nil {
		return nil, "", err
	}
	account := assertion.Account
	vars = map[string]string{
		// Kubeconfigs of clusters with Entra ID start kubelogin. The user's own would ask for a
		// device code.
		"PATH":      h.BinDir() + string(os.PathListSeparator) + os.Getenv("PATH"),
		loginMethod: federated,

		"ARM_CLIENT_ID":            account.Deployer.ClientID,
		"ARM_TENANT_ID":            account.TenantID,
		"ARM_SUBSCRIPTION_ID":      account.SubscriptionID,
		"ARM_USE_OIDC":             "true",
		"ARM_OIDC_TOKEN_FILE_PATH": token,

		"AZURE_CLIENT_ID":            account.Deployer.ClientID,
		"AZURE_TENANT_ID":            account.TenantID,
		"AZURE_SUBSCRIPTION_ID":      account.SubscriptionID,
		"AZURE_FEDERATED_TOKEN_FILE": token,

		// The providers azure-native and azuread of the sandbox finish the creations of a killed
		// run (bridge.Journal).
		journalVariable: journal(h, os.Getenv(journalVariable)),
	}
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"} {
		vars[name] = client.Running.URL()
	}
	for _, name := range []string{"NO_PROXY", "no_proxy"} {
		vars[name] = "127.0.0.1,localhost,::1"
	}
	for _, name := range trustVariables {
		vars[name] = ca.File()
	}
	// OpenSSL and Go also read the certificates in a folder; an empty one leaves the sandbox's
	// only.
	vars["SSL_CERT_DIR"] = h.EmptyDir()
	return vars, token, nil
}

// journalVariable is bridge.JournalVariable, and journalOff is bridge.JournalOff. This package does
// not import bridge, which would link Pulumi's SDK into the sandbox.
const (
	journalVariable = "SANDBOX_BRIDGE_JOURNAL"
	journalOff      = "off"
)

// journal returns the folder of the providers' journal, or "off" if the user's own variable has
// that value. Any other value is another sandbox's folder.
func journal(h home.Home, inherited string) string {
	if inherited == journalOff {
		return journalOff
	}
	return h.JournalDir()
}

// trustVariables are the variables for a file of certificate authorities of OpenSSL and Go,
// Node.js, Python's requests, and curl.
var trustVariables = []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}

// merge returns the inherited variables with the sandbox's variables set. All other variables of a
// login to Azure are removed: a command in the sandbox must never act with the user's own
// credentials.
func merge(inherited []string, vars map[string]string) []string {
	env := slices.DeleteFunc(slices.Clone(inherited), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		_, replaced := vars[name]
		return replaced || strings.HasPrefix(name, "ARM_") || strings.HasPrefix(name, "AZURE_")
	})
	for name, value := range vars {
		env = append(env, name+"="+value)
	}
	slices.Sort(env)
	return env
}
