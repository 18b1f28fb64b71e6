//go:build e2e

package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// door is the way of this process's own clients into the sandbox. They do not run under `sandbox run`, because a Go
// program reads proxy and authorities once.
type door struct {
	env   map[string]string // what `sandbox env` prints
	proxy *url.URL
	roots *x509.CertPool
}

func (w *world) door(t *testing.T) *door {
	t.Helper()
	out, err := w.command(t.Context(), w.sandbox(), "env").Output()
	require.NoError(t, err, "sandbox env")
	d := &door{env: map[string]string{}, roots: x509.NewCertPool()}
	for line := range strings.Lines(string(out)) {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		require.True(t, ok, line)
		d.env[name] = strings.Trim(value, "'")
	}
	d.proxy, err = url.Parse(d.env["HTTPS_PROXY"])
	require.NoError(t, err)
	authorities, err := os.ReadFile(d.env["SSL_CERT_FILE"])
	require.NoError(t, err)
	require.True(t, d.roots.AppendCertsFromPEM(authorities))
	return d
}

// azure are the options of Azure's SDK.
func (d *door) azure() azcore.ClientOptions {
	return azcore.ClientOptions{Transport: &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyURL(d.proxy), TLSClientConfig: &tls.Config{RootCAs: d.roots},
	}}}
}

// deployer signs in as `make up` does.
func (d *door) deployer(t *testing.T) azcore.TokenCredential {
	t.Helper()
	credential, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: d.azure(), ClientID: d.env["AZURE_CLIENT_ID"], TenantID: d.env["AZURE_TENANT_ID"],
		TokenFilePath: d.env["AZURE_FEDERATED_TOKEN_FILE"],
	})
	require.NoError(t, err)
	return credential
}

// pod signs in as a pod of the service account does: with a token of the cluster's API server.
func (d *door) pod(t *testing.T, cluster kubernetes.Interface, namespace, account, clientID string) azcore.TokenCredential {
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
	credential, err := azidentity.NewClientAssertionCredential(d.env["AZURE_TENANT_ID"], clientID, assertion,
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: d.azure()})
	require.NoError(t, err)
	return credential
}

// kubernetes is a client of the stack's cluster, an administrator.
func (w *world) kubernetes(t *testing.T) kubernetes.Interface {
	t.Helper()
	config, err := clientcmd.RESTConfigFromKubeConfig(w.engine(t, "stack", "output", "kubeconfig", "--show-secrets"))
	require.NoError(t, err)
	config.Proxy = http.ProxyURL(w.door(t).proxy)
	client, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	return client
}

// backend is where Pulumi keeps the world's state.
func (w *world) backend() []string {
	return []string{
		"PULUMI_BACKEND_URL=file://" + w.state, "PULUMI_CONFIG_PASSPHRASE=sandbox",
		"PULUMI_HOME=" + filepath.Join(os.Getenv("E2E_TOOLS"), "home"), "PULUMI_SKIP_UPDATE_CHECK=true",
	}
}

// pulumiInside runs a command of Pulumi that the Makefile has no target for and that needs providers, on the world's stack and
// in its sandbox.
func (w *world) pulumiInside(t *testing.T, command string, args ...string) string {
	t.Helper()
	args = append([]string{"run", "--", os.Getenv("E2E_PULUMI"), "--non-interactive", command, "--stack", w.stack, "--config-file", w.config}, args...)
	cmd := append(w.backend(), w.sandbox())
	out, code := w.run(t, "env", append(cmd, args...)...)
	require.Zerof(t, code, "pulumi %s failed", command)
	return out
}
