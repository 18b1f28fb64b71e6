package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// clients makes clients of this process that see the sandbox. They cannot run under `sandbox run`,
// because a Go program reads proxy and authorities once.
type clients struct {
	env   map[string]string // what `sandbox env` prints
	proxy *url.URL
	roots *x509.CertPool
}

// clients returns a maker of clients of the world's sandbox.
func (w *world) clients(t *testing.T) *clients {
	t.Helper()
	c := &clients{env: map[string]string{}, roots: x509.NewCertPool()}
	for line := range strings.Lines(string(w.output(t, w.sandbox(), "env"))) {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		require.True(t, ok, line)
		c.env[name] = strings.Trim(value, "'")
	}
	var err error
	c.proxy, err = url.Parse(c.env["HTTPS_PROXY"])
	require.NoError(t, err)
	authorities, err := os.ReadFile(c.env["SSL_CERT_FILE"])
	require.NoError(t, err)
	require.True(t, c.roots.AppendCertsFromPEM(authorities))
	return c
}

// options returns the options of Azure's SDK.
func (c *clients) options() azcore.ClientOptions {
	return azcore.ClientOptions{Transport: &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyURL(c.proxy), TLSClientConfig: &tls.Config{RootCAs: c.roots},
	}}}
}

// deployer signs in as `make up` does.
func (c *clients) deployer(t *testing.T) azcore.TokenCredential {
	t.Helper()
	credential, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: c.options(), ClientID: c.env["AZURE_CLIENT_ID"], TenantID: c.env["AZURE_TENANT_ID"],
		TokenFilePath: c.env["AZURE_FEDERATED_TOKEN_FILE"],
	})
	require.NoError(t, err)
	return credential
}

// pod signs in as a pod of the service account does: with a token of the cluster's API server.
func (c *clients) pod(t *testing.T, cluster kubernetes.Interface, namespace, account, clientID string) azcore.TokenCredential {
	t.Helper()
	assertion := func(ctx context.Context) (string, error) {
		answer, err := cluster.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, account, &authenticationv1.TokenRequest{
			Spec: authenticationv1.TokenRequestSpec{Audiences: []string{"api://AzureADTokenExchange"}},
		}, metav1.CreateOptions{})
		if err != nil {
			return "", err
		}
		return answer.Status.Token, nil
	}
	credential, err := azidentity.NewClientAssertionCredential(c.env["AZURE_TENANT_ID"], clientID, assertion,
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: c.options()})
	require.NoError(t, err)
	return credential
}

// request sends one request to Azure with a token of the credential, and returns status and answer.
// The URL is whole, or a path under the subscription.
func (c *clients) request(t *testing.T, credential azcore.TokenCredential, method, url, body string) (int, string) {
	t.Helper()
	if strings.HasPrefix(url, "/") {
		url = "https://management.azure.com" + strings.ReplaceAll(versioned(t, url), "{subscriptionId}", c.env["AZURE_SUBSCRIPTION_ID"])
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	resource := "https://" + request.URL.Hostname()
	if strings.HasSuffix(request.URL.Hostname(), ".vault.azure.net") {
		resource = "https://vault.azure.net"
	}
	token, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{resource + "/.default"}})
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token.Token)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.options().Transport.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(answer)
}

// tokenOptions ask for a token for Resource Manager.
var tokenOptions = policy.TokenRequestOptions{Scopes: []string{"https://management.azure.com/.default"}}

// objectID returns the object id of the credential's owner, as its token says it.
func objectID(t *testing.T, credential azcore.TokenCredential) string {
	t.Helper()
	token, err := credential.GetToken(t.Context(), tokenOptions)
	require.NoError(t, err)
	parts := strings.Split(token.Token, ".")
	require.Len(t, parts, 3)
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	claims := decode[struct{ OID string }](t, payload)
	require.NotEmpty(t, claims.OID)
	return claims.OID
}

// kubernetes returns a client of the stack's cluster, an administrator.
func (w *world) kubernetes(t *testing.T) kubernetes.Interface {
	t.Helper()
	config, err := clientcmd.RESTConfigFromKubeConfig(w.pulumi(t, "stack", "output", "kubeconfig", "--show-secrets"))
	require.NoError(t, err)
	config.Proxy = http.ProxyURL(w.clients(t).proxy)
	client, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	return client
}
