package cluster

import (
	"errors"
	"fmt"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	"gopkg.in/yaml.v3"
)

const (
	// entraServer is the application id of AKS's Entra server, the same in every
	// tenant. Source: learn.microsoft.com, "Use kubelogin to authenticate users in
	// Azure Kubernetes Service (AKS)".
	entraServer = "6dae42f8-4368-4678-94ff-3960e28e3630"

	kubeloginProgram = "kubelogin"
	// execVersion is the version of the exec protocol that kubelogin's own
	// conversion writes. Source: Azure/kubelogin, docs/book/src/cli/get-token.md.
	execVersion = "client.authentication.k8s.io/v1beta1"

	publicEnvironment = "AzurePublicCloud"
)

// kubelogin is how a kubeconfig gets its tokens.
type kubelogin struct {
	login              string
	clientID, serverID string
}

// kubeloginKubeconfig turns the user kubeconfig of a cluster with Entra, which asks
// for a device code, into one that gets tokens by another login. Only the users'
// part changes; the result holds no credential.
//
// It fails for a kubeconfig with a certificate or token, that is of a cluster
// without Entra, and never quotes what it reads.
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
		device, ok := deviceLoginOf(user)
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

// deviceLoginOf reads both forms that AKS hands out: the exec plugin, and the
// older auth provider. Source: Azure/kubelogin, docs/book/src/concepts.
func deviceLoginOf(user map[string]any) (deviceLogin, bool) {
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

// flag is the argument after a flag.
func flag(args []any, long, short string) string {
	i := slices.IndexFunc(args, func(a any) bool { return a == long || short != "" && a == short })
	if i < 0 || i+1 == len(args) {
		return ""
	}
	value, _ := args[i+1].(string)
	return value
}

// arguments are kubelogin's. The tenant is left to the Azure CLI's own login, and
// to the machine's identity, which has one only; the client application of device
// code is left out, because the other logins would take it for their own identity.
func (k kubelogin) arguments(device deviceLogin) []string {
	args := []string{
		"get-token",
		"--environment", orDefault(device.environment, publicEnvironment),
		"--server-id", orDefault(k.serverID, orDefault(device.serverID, entraServer)),
		"--login", k.login,
	}
	if k.clientID != "" {
		args = append(args, "--client-id", k.clientID)
	}
	if (k.login == LoginServicePrincipal || k.login == LoginWorkloadIdentity) && device.tenantID != "" {
		args = append(args, "--tenant-id", device.tenantID)
	}
	return args
}
