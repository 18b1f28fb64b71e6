package cluster

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"
)

func TestDecodeKubeconfig(t *testing.T) {
	credential := func(value string) []containerservice.CredentialResultResponse {
		return []containerservice.CredentialResultResponse{{Name: "clusterUser", Value: value}}
	}
	cases := map[string]struct {
		reason  string
		list    []containerservice.CredentialResultResponse
		mode    string
		want    string
		wantErr string
	}{
		"Text":      {reason: "the text is decoded", list: credential(base64.StdEncoding.EncodeToString([]byte("kind: Config"))), want: "kind: Config"},
		"None":      {reason: "no credentials: the usual reason is named", wantErr: "Azure Kubernetes Service Cluster User Role"},
		"NoAdmin":   {reason: "no admin credentials: another role is named", mode: CredentialsAdmin, wantErr: "Azure Kubernetes Service Cluster Admin Role"},
		"Empty":     {reason: "an empty credential would become an empty provider", list: credential(""), wantErr: "empty"},
		"NotBase64": {reason: "an undecodable credential is not passed on", list: credential("%%secret%%"), wantErr: "not base64"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := decodeKubeconfig(tc.list, tc.mode)
			if got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.reason, got, tc.want)
			}
			if tc.wantErr == "" && err != nil || tc.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tc.wantErr)) {
				t.Errorf("%s: error = %v, want %q", tc.reason, err, tc.wantErr)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error quotes the credential: %v", err)
			}
		})
	}
}

func TestCredentialsMode(t *testing.T) {
	for reason, tc := range map[string]struct {
		given string
		k     *KubeloginArgs
		want  string
	}{
		"the user's by default":            {"", nil, CredentialsUser},
		"a login means kubelogin":          {"", &KubeloginArgs{Login: LoginAzureCLI}, CredentialsKubelogin},
		"what is given counts":             {CredentialsAdmin, nil, CredentialsAdmin},
		"kubelogin can be said explicitly": {CredentialsKubelogin, &KubeloginArgs{Login: LoginAzureCLI}, CredentialsKubelogin},
	} {
		if got := credentialsMode(tc.given, tc.k); got != tc.want {
			t.Errorf("%s: %q, want %q", reason, got, tc.want)
		}
	}
}

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

func TestCheckAccess(t *testing.T) {
	entra := func(noLocal bool) *containerservice.LookupManagedClusterResult {
		return &containerservice.LookupManagedClusterResult{AadProfile: &containerservice.ManagedClusterAADProfileResponse{}, DisableLocalAccounts: &noLocal}
	}
	plain := &containerservice.LookupManagedClusterResult{}
	for reason, tc := range map[string]struct {
		cluster *containerservice.LookupManagedClusterResult
		mode    string
		want    string
	}{
		"a plain cluster and its user":        {plain, CredentialsUser, ""},
		"a plain cluster and its admin":       {plain, CredentialsAdmin, ""},
		"a plain cluster takes no Entra":      {plain, CredentialsKubelogin, "not integrated with Entra"},
		"Entra and its user":                  {entra(false), CredentialsUser, "device code"},
		"Entra and its admin":                 {entra(false), CredentialsAdmin, ""},
		"Entra by kubelogin":                  {entra(true), CredentialsKubelogin, ""},
		"Entra alone has no admin":            {entra(true), CredentialsAdmin, "no local accounts"},
		"Entra alone and its user have a way": {entra(true), CredentialsUser, "give kubelogin.login"},
	} {
		err := checkAccess(tc.cluster, tc.mode)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v, want %q", reason, err, tc.want)
		}
	}
	if err := checkAccess(entra(true), CredentialsUser); strings.Contains(err.Error(), CredentialsAdmin) {
		t.Errorf("admin credentials are recommended where there are none: %v", err)
	}
}

func TestInputsThatAreKnownLater(t *testing.T) {
	if got := required(pulumi.StringPtr("a")); got != pulumi.String("a") {
		t.Errorf("a known text becomes %v", got)
	}
	if _, ok := required(pulumi.String("a").ToStringOutput().ToStringPtrOutput()).(pulumi.StringOutput); !ok {
		t.Error("a text that is known later does not stay an output")
	}
}
