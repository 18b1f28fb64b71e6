package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/spf13/cobra"
)

// KubeloginName is the name under which the binary acts as kubelogin, the program that the
// kubeconfig of a cluster with Entra ID starts.
const KubeloginName = "kubelogin"

// loginMethod is the variable that overrides kubelogin's --login; federated is the only method in
// the sandbox (https://azure.github.io/kubelogin/concepts/login-modes.html).
const (
	loginMethod = "AAD_LOGIN_METHOD"
	federated   = "workloadidentity"
)

// tokenRequest is one call of kubelogin get-token.
type tokenRequest struct {
	serverID, tenantID, login string
	getenv                    func(string) string
	transport                 policy.Transporter // nil: the default one
}

// newKubelogin returns the command that kubectl, and Pulumi's Kubernetes provider, start for a
// cluster whose users sign in with Entra ID.
func newKubelogin() *cobra.Command {
	root := &cobra.Command{
		Use:   KubeloginName,
		Short: "Get a token for a cluster whose users sign in with Entra ID",
		Long: `Get a token for a cluster whose users sign in with Entra ID, as Azure's kubelogin does.

Inside "sandbox run" it is on the PATH under its own name. It signs in as the service principal or
identity of AZURE_CLIENT_ID with the token in AZURE_FEDERATED_TOKEN_FILE: there are no users with passwords here.`,
	}
	var r tokenRequest
	var unused string
	get := &cobra.Command{
		Use:   "get-token",
		Short: "Print an ExecCredential",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r.getenv = os.Getenv
			return r.print(cmd.Context(), cmd.OutOrStdout())
		},
	}
	flags := get.Flags()
	flags.StringVar(&r.serverID, "server-id", "", "application for which the token is requested")
	flags.StringVarP(&r.tenantID, "tenant-id", "t", "", "tenant to sign in to")
	flags.StringVarP(&r.login, "login", "l", "devicecode", "login method; "+loginMethod+" overrides it")
	// AKS's kubeconfigs have these flags for login methods that the sandbox does not support.
	flags.StringVarP(&unused, "environment", "e", "AzurePublicCloud", "Azure cloud")
	flags.StringVar(&unused, "client-id", "", "application that a user signs in with")
	root.AddCommand(get)
	return root
}

func (r tokenRequest) print(ctx context.Context, out io.Writer) error {
	token, err := r.token(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(map[string]any{
		"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1", "spec": map[string]any{"interactive": false},
		"status": map[string]any{"expirationTimestamp": token.ExpiresOn.UTC().Format(time.RFC3339), "token": token.Token},
	})
}

func (r tokenRequest) token(ctx context.Context) (azcore.AccessToken, error) {
	login := cmp.Or(r.getenv(loginMethod), r.login)
	if login != federated {
		return azcore.AccessToken{}, fmt.Errorf("the sandbox has no users who could sign in by %q; set %s=%s, as `sandbox run` does, to sign in as the identity of the environment", login, loginMethod, federated)
	}
	if r.serverID == "" {
		return azcore.AccessToken{}, errors.New("--server-id is required")
	}
	options := &azidentity.WorkloadIdentityCredentialOptions{
		ClientID: r.getenv("AZURE_CLIENT_ID"), TokenFilePath: r.getenv("AZURE_FEDERATED_TOKEN_FILE"), TenantID: cmp.Or(r.tenantID, r.getenv("AZURE_TENANT_ID")),
	}
	options.Transport = r.transport
	var missing []string
	for _, v := range [][2]string{{"AZURE_CLIENT_ID", options.ClientID}, {"AZURE_FEDERATED_TOKEN_FILE", options.TokenFilePath}, {"AZURE_TENANT_ID", options.TenantID}} {
		if v[1] == "" {
			missing = append(missing, v[0])
		}
	}
	if len(missing) > 0 {
		return azcore.AccessToken{}, fmt.Errorf("%s not set: run it inside `sandbox run`", strings.Join(missing, ", "))
	}
	credential, err := azidentity.NewWorkloadIdentityCredential(options)
	if err != nil {
		return azcore.AccessToken{}, fmt.Errorf("sign in: %w", err)
	}
	return credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{r.serverID + "/.default"}})
}

// installKubelogin puts a link to the binary, with the name kubelogin, into the folder.
func installKubelogin(dir, binary string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("folder of kubelogin: %w", err)
	}
	link := filepath.Join(dir, KubeloginName)
	if at, err := os.Readlink(link); err == nil && at == binary {
		return nil
	}
	// The link may lead to another build, and several commands may replace it concurrently.
	next := fmt.Sprintf("%s.%d", link, os.Getpid())
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("kubelogin: %w", err)
	}
	if err := os.Symlink(binary, next); err != nil {
		return fmt.Errorf("kubelogin: %w", err)
	}
	if err := os.Rename(next, link); err != nil {
		return fmt.Errorf("kubelogin: %w", err)
	}
	return nil
}
