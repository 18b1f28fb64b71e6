package clients

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/stretchr/testify/require"
)

// place is a running sandbox.
type place struct {
	dir, binary string
	env         map[string]string // what `sandbox env` prints
	proxy       *url.URL
	roots       *x509.CertPool
}

// command returns a command with the sandbox's home in its environment. Its home folder is the
// sandbox's, because az writes SSH keys, settings and kubeconfigs there.
func (p *place) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = p.dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains([]string{"KUBECONFIG", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}, name)
	})
	cmd.Env = append(cmd.Env, "SANDBOX_HOME="+filepath.Join(p.dir, "sandbox"), "HOME="+p.dir, "NO_COLOR=1",
		"PATH="+filepath.Join(os.Getenv(toolsVariable), "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	return cmd
}

// readEnvironment reads how clients of this process reach the sandbox. They cannot run under
// `sandbox run`, because a Go program reads proxy and authorities once.
func (p *place) readEnvironment() error {
	out, err := p.command(context.Background(), p.binary, "env").Output()
	if err != nil {
		return fmt.Errorf("sandbox env: %w", err)
	}
	p.env, p.roots = map[string]string{}, x509.NewCertPool()
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		p.env[name] = strings.Trim(value, "'")
	}
	if p.proxy, err = url.Parse(p.env["HTTPS_PROXY"]); err != nil {
		return err
	}
	authorities, err := os.ReadFile(p.env["SSL_CERT_FILE"])
	if err == nil && !p.roots.AppendCertsFromPEM(authorities) {
		err = errors.New("the sandbox's authority is no certificate")
	}
	return err
}

// options returns the options of Azure's SDK for this sandbox.
func (p *place) options() azcore.ClientOptions {
	return azcore.ClientOptions{Transport: &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyURL(p.proxy), TLSClientConfig: &tls.Config{RootCAs: p.roots},
	}}}
}

func (p *place) armOptions() *arm.ClientOptions {
	return &arm.ClientOptions{ClientOptions: p.options()}
}

func (p *place) subscription() string { return p.env["AZURE_SUBSCRIPTION_ID"] }

// deployer signs in as the sandbox's deployer, by the workload identity in the environment.
func (p *place) deployer(t *testing.T) azcore.TokenCredential {
	t.Helper()
	credential, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: p.options(), ClientID: p.env["AZURE_CLIENT_ID"], TenantID: p.env["AZURE_TENANT_ID"],
		TokenFilePath: p.env["AZURE_FEDERATED_TOKEN_FILE"],
	})
	require.NoError(t, err)
	return credential
}

// forARM asks for a token for Resource Manager.
var forARM = policy.TokenRequestOptions{Scopes: []string{"https://management.azure.com/.default"}}

// refused requires that an error is an answer of Azure with the status and the code.
func refused(t *testing.T, err error, status int, code string) {
	t.Helper()
	var answer *azcore.ResponseError
	require.ErrorAs(t, err, &answer)
	require.Equal(t, status, answer.StatusCode)
	require.Equal(t, code, answer.ErrorCode)
}

// showLog writes the end of the sandbox's log.
func (p *place) showLog(w io.Writer) {
	log, err := os.ReadFile(filepath.Join(p.dir, "sandbox", "logs", "daemon.log"))
	if err == nil {
		fmt.Fprintf(w, "end of the sandbox's log:\n%s\n", log[max(0, len(log)-4000):])
	}
}
