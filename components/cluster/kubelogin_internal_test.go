package cluster

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// kubeconfig has one user, with the given login.
func kubeconfig(user string) string {
	return `apiVersion: v1
kind: Config
current-context: shop
clusters:
- name: shop
  cluster: {server: "https://shop:443", certificate-authority-data: Q0E=}
contexts:
- name: shop
  context: {cluster: shop, user: clusterUser}
users:
- name: clusterUser
  user: ` + user + "\n"
}

const (
	execUser = `{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: kubelogin, env: null, args: [get-token,
    --environment, AzureUSGovernment, --server-id, given-server, --client-id, device-client, --tenant-id, a-tenant, --login, devicecode]}}`
	providerUser = `{auth-provider: {name: azure, config: {apiserver-id: given-server, client-id: device-client, config-mode: "1",
    environment: AzureUSGovernment, tenant-id: a-tenant}}}`
	bareUser        = `{exec: {command: kubelogin, args: [get-token]}}`
	certificateUser = `{client-certificate-data: c2VjcmV0, client-key-data: c2VjcmV0}`
)

func TestKubeloginKubeconfig(t *testing.T) {
	cases := map[string]struct {
		reason string
		user   string
		k      kubelogin
		want   []any
	}{
		"AzureCLI": {
			reason: "the Azure CLI knows tenant and identity itself",
			user:   execUser, k: kubelogin{login: LoginAzureCLI},
			want: []any{"get-token", "--environment", "AzureUSGovernment", "--server-id", "given-server", "--login", "azurecli"},
		},
		"OldForm": {
			reason: "the older form of the kubeconfig says the same",
			user:   providerUser, k: kubelogin{login: LoginAzureCLI},
			want: []any{"get-token", "--environment", "AzureUSGovernment", "--server-id", "given-server", "--login", "azurecli"},
		},
		"WorkloadIdentity": {
			reason: "the tenant is that of the kubeconfig, the client never: it is device code's",
			user:   execUser, k: kubelogin{login: LoginWorkloadIdentity},
			want: []any{"get-token", "--environment", "AzureUSGovernment", "--server-id", "given-server", "--login", "workloadidentity", "--tenant-id", "a-tenant"},
		},
		"ServicePrincipal": {
			reason: "a client id of one's own is passed on, a secret never",
			user:   providerUser, k: kubelogin{login: LoginServicePrincipal, clientID: "mine"},
			want: []any{"get-token", "--environment", "AzureUSGovernment", "--server-id", "given-server", "--login", "spn", "--client-id", "mine", "--tenant-id", "a-tenant"},
		},
		"ManagedIdentity": {
			reason: "a machine's identity has one tenant; the server can be another",
			user:   execUser, k: kubelogin{login: LoginManagedIdentity, clientID: "mine", serverID: "my-server"},
			want: []any{"get-token", "--environment", "AzureUSGovernment", "--server-id", "my-server", "--login", "msi", "--client-id", "mine"},
		},
		"Bare": {
			reason: "what the kubeconfig leaves out has its defaults",
			user:   bareUser, k: kubelogin{login: LoginWorkloadIdentity},
			want: []any{"get-token", "--environment", "AzurePublicCloud", "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630", "--login", "workloadidentity"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			text, err := kubeloginKubeconfig(kubeconfig(tc.user), tc.k)
			if err != nil {
				t.Fatal(err)
			}
			var got, want map[string]any
			if err := yaml.Unmarshal([]byte(text), &got); err != nil {
				t.Fatal(err)
			}
			if err := yaml.Unmarshal([]byte(kubeconfig("null")), &want); err != nil {
				t.Fatal(err)
			}
			want["users"] = []any{map[string]any{"name": "clusterUser", "user": map[string]any{"exec": map[string]any{
				"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "kubelogin", "args": tc.want, "env": nil,
				"provideClusterInfo": false, "interactiveMode": "Never",
				"installHint": "kubelogin is not on the PATH: see https://azure.github.io/kubelogin/install.html",
			}}}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
			again, err := kubeloginKubeconfig(text, tc.k)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(text, again); diff != "" {
				t.Errorf("converting twice is not the same as once:\n%s", diff)
			}
		})
	}
}

func TestKubeloginRefuses(t *testing.T) {
	for reason, tc := range map[string]struct{ text, want string }{
		"a certificate: the cluster has no Entra": {kubeconfig(certificateUser), "integrate the cluster with Entra"},
		"another program":                         {kubeconfig(`{exec: {command: gke-gcloud-auth-plugin, args: []}}`), "do not come from Entra"},
		"another provider":                        {kubeconfig(`{auth-provider: {name: gcp}}`), "do not come from Entra"},
		"no user":                                 {"kind: Config", "names no user"},
		"no YAML":                                 {"\tsecret: {", "not YAML"},
		"a text":                                  {"c2VjcmV0", "not YAML"},
	} {
		got, err := kubeloginKubeconfig(tc.text, kubelogin{login: LoginAzureCLI})
		if got != "" || err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %q, %v, want %q", reason, got, err, tc.want)
		}
		if err != nil && strings.Contains(err.Error(), "c2VjcmV0") {
			t.Errorf("the error quotes the credential: %v", err)
		}
	}
}
