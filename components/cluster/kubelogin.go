package cluster

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// KubeloginArgs configures the credentials kubelogin. The program kubelogin must be on the
// deployer's PATH. Nothing of its login is stored.
type KubeloginArgs struct {
	// Login is azurecli, workloadidentity, spn (with a secret or certificate in the deployer's
	// environment) or msi. Required.
	Login KubeloginLogin `pulumi:"login"`
	// ClientId is the client id (GUID) of the identity to use, for every login but azurecli.
	// Default: AZURE_CLIENT_ID, or the machine's own identity for msi.
	ClientId pulumi.StringPtrInput `pulumi:"clientId,optional"`
	// ServerId is the application id of AKS's Entra server. Default: the one that the kubeconfig
	// names, else 6dae42f8-4368-4678-94ff-3960e28e3630, the same in every tenant.
	ServerId pulumi.StringPtrInput `pulumi:"serverId,optional"`
}

// KubeloginLogin is a login of kubelogin that works without a person. Device code and browser
// logins do not. Source: Azure/kubelogin, docs/book/src/cli/get-token.md.
type KubeloginLogin string

// Logins of kubelogin that work without a person.
const (
	// LoginAzureCLI uses the deployer's "az login".
	LoginAzureCLI KubeloginLogin = "azurecli"
	// LoginWorkloadIdentity exchanges the token in AZURE_FEDERATED_TOKEN_FILE.
	LoginWorkloadIdentity KubeloginLogin = "workloadidentity"
	// LoginServicePrincipal reads AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or
	// AZURE_CLIENT_CERTIFICATE_PATH from the deployer's environment.
	LoginServicePrincipal KubeloginLogin = "spn"
	// LoginManagedIdentity uses the identity of the deployer's machine.
	LoginManagedIdentity KubeloginLogin = "msi"
)

var _ = arguments.Enum(LoginAzureCLI, LoginWorkloadIdentity, LoginServicePrincipal, LoginManagedIdentity)

const (
	// entraServer is the application id of AKS's Entra server, the same in every tenant. Source:
	// learn.microsoft.com, "Use kubelogin to authenticate users in Azure Kubernetes Service (AKS)".
	entraServer = "6dae42f8-4368-4678-94ff-3960e28e3630"

	kubeloginProgram = "kubelogin"
	// execVersion is the version of the exec protocol that kubelogin's own conversion writes.
	// Source: Azure/kubelogin, docs/book/src/cli/get-token.md.
	execVersion = "client.authentication.k8s.io/v1beta1"
)

// checkKubelogin checks the arguments of kubelogin against the mode of the credentials.
func checkKubelogin(l *problem.List, mode CredentialMode, k *KubeloginArgs) {
	if k == nil {
		if mode == CredentialsKubelogin {
			l.Add("kubelogin", fmt.Sprintf("credentials %s needs a login that works without a person", CredentialsKubelogin), "give kubelogin.login")
		}
		return
	}
	if mode != "" && mode != CredentialsKubelogin {
		l.Add("kubelogin", fmt.Sprintf("credentials %s does not use kubelogin", mode), "leave one of the two out")
	}
	if k.Login == "" {
		l.Add("kubelogin.login", "login is required", "device code, kubelogin's own default, waits for a person")
	}
	if k.Login == LoginAzureCLI && k.ClientId != nil {
		l.Add("kubelogin.clientId", fmt.Sprintf("the login %s uses whoever signed in with \"az login\"", LoginAzureCLI), "leave it out")
	}
	checkGUID(l, "kubelogin.clientId", k.ClientId)
	checkGUID(l, "kubelogin.serverId", k.ServerId)
}

// kubelogin configures how a kubeconfig gets its tokens.
type kubelogin struct {
	login              KubeloginLogin
	clientID, serverID string
}

// kubeloginKubeconfig converts the user kubeconfig of a cluster with Entra, which asks for a device
// code, into one that gets tokens by another login. Only its users change, and the result has no
// credential.
//
// It fails for a kubeconfig with a certificate or token, which is of a cluster without Entra. Its
// errors never quote the kubeconfig.
func kubeloginKubeconfig(text string, k kubelogin) (string, error) {
	var config map[string]any
	if err := yaml.Unmarshal([]byte(text), &config); err != nil {
		return "", errors.New("AKS's user credential is not YAML")
	}
	users, _ := config["users"].([]any)
	if len(users) == 0 {
		return "", errors.New("AKS's user credential names no user")
	}
	for _, entry := range users {
		named, _ := entry.(map[string]any)
		user, _ := named["user"].(map[string]any)
		device, ok := readDeviceLogin(user)
		if !ok {
			return "", problem.New("the cluster's user credentials do not come from Entra", fmt.Sprintf("integrate the cluster with Entra, or choose credentials %q", CredentialsUser))
		}
		named["user"] = map[string]any{"exec": map[string]any{
			"apiVersion":         execVersion,
			"command":            kubeloginProgram,
			"args":               k.arguments(device),
			"env":                nil,
			"provideClusterInfo": false,
			"interactiveMode":    "Never",
			"installHint":        "kubelogin is not on the PATH: see https://azure.github.io/kubelogin/install.html",
		}}
	}
	out, err := yaml.Marshal(config)
	if err != nil {
		return "", errors.New("the kubeconfig for kubelogin cannot be written")
	}
	return string(out), nil
}

// deviceLogin is what AKS's own kubeconfig says about the login.
type deviceLogin struct{ environment, serverID, tenantID string }

// readDeviceLogin reads both forms of AKS's kubeconfig: the exec plugin and the older auth
// provider. Source: Azure/kubelogin, docs/book/src/concepts.
func readDeviceLogin(user map[string]any) (deviceLogin, bool) {
	if exec, ok := user["exec"].(map[string]any); ok {
		args, _ := exec["args"].([]any)
		return deviceLogin{
			environment: flag(args, "--environment", "-e"), serverID: flag(args, "--server-id", ""), tenantID: flag(args, "--tenant-id", "-t"),
		}, exec["command"] == kubeloginProgram
	}
	provider, _ := user["auth-provider"].(map[string]any)
	settings, _ := provider["config"].(map[string]any)
	text := func(key string) string { s, _ := settings[key].(string); return s }
	return deviceLogin{
		environment: text("environment"), serverID: text("apiserver-id"), tenantID: text("tenant-id"),
	}, provider["name"] == "azure"
}

// flag returns the argument after a flag, or "".
func flag(args []any, long, short string) string {
	i := slices.IndexFunc(args, func(a any) bool { return a == long || short != "" && a == short })
	if i < 0 || i+1 == len(args) {
		return ""
	}
	value, _ := args[i+1].(string)
	return value
}

// arguments returns kubelogin's arguments. They name a tenant only for the logins that need one:
// the Azure CLI has its own, and the identity of a machine has only one. The client application of
// the device login is left out, because the other logins would use it as their identity.
func (k kubelogin) arguments(device deviceLogin) []string {
	args := []string{
		"get-token",
		"--environment", cmp.Or(device.environment, string(azure.PublicCloud)),
		"--server-id", cmp.Or(k.serverID, device.serverID, entraServer),
		"--login", string(k.login),
	}
	if k.clientID != "" {
		args = append(args, "--client-id", k.clientID)
	}
	if (k.login == LoginServicePrincipal || k.login == LoginWorkloadIdentity) && device.tenantID != "" {
		args = append(args, "--tenant-id", device.tenantID)
	}
	return args
}
