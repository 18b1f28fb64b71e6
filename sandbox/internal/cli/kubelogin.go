package cli

import (
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

// KubeloginName is the name under which the binary is kubelogin: what the
// kubeconfig of a cluster with Entra ID names.
const KubeloginName = "kubelogin"

// loginMethod is the variable by which kubelogin is told another way to sign in
// than its arguments say; federated is the one way there is here
// (https://azure.github.io/kubelogin/concepts/login-modes.html).
const (
	loginMethod = "AAD_LOGIN_METHOD"
	federated   = "workloadidentity"
)

// tokenRequest is what kubelogin is asked for.
type tokenRequest struct {
	serverID, tenantID, login string
	getenv                    func(string) string
	transport                 policy.Transporter // nil: the default one, which goes through the door
}

// newKubelogin is what kubectl, and the Kubernetes provider of Pulumi, start for
// a cluster whose users sign in with Entra ID.
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
	flags.StringVar(&r.serverID, "server-id", "", "application that the token is for")
	flags.StringVarP(&r.tenantID, "tenant-id", "t", "", "tenant to sign in to")
	flags.StringVarP(&r.login, "login", "l", "devicecode", "way to sign in; "+loginMethod+" comes first")
	// AKS's kubeconfigs have them; they are about ways to sign in that are not here.
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
	login := r.login
	if v := r.getenv(loginMethod); v != "" {
		login = v
	}
	if login != federated {
		return azcore.AccessToken{}, fmt.Errorf("there is nobody in the sandbox to sign in by %q; set %s=%s, as `sandbox run` does, to sign in as the identity of the environment", login, loginMethod, federated)
	}
	if r.serverID == "" {
		return azcore.AccessToken{}, errors.New("--server-id is required")
	}
	options := &azidentity.WorkloadIdentityCredentialOptions{
		ClientID: r.getenv("AZURE_CLIENT_ID"), TokenFilePath: r.getenv("AZURE_FEDERATED_TOKEN_FILE"), TenantID: r.tenantID,
	}
	options.Transport = r.transport
	if options.TenantID == "" {
		options.TenantID = r.getenv("AZURE_TENANT_ID")
	}
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

// installKubelogin puts kubelogin into a folder, as a link to this binary.
func installKubelogin(dir, binary string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("folder of kubelogin: %w", err)
	}
	link := filepath.Join(dir, KubeloginName)
	if at, err := os.Readlink(link); err == nil && at == binary {
		return nil
	}
	// Another build's; several commands may do this at once.
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
