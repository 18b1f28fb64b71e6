package rules

import (
	"slices"
	"strings"
)

// secrets is what nobody needs who has a workload identity.
func secrets() []Rule {
	return []Rule{
		{
			Name: "no-client-secret", IDs: []string{"N9"},
			Title:    "No application has a password or certificate.",
			Why:      "It is a secret that leaks, expires and is copied; a federated credential needs none.",
			Remedy:   "Remove the resource and federate the application with the workload's service account.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document: "Workload identity federation",
			URL:      "https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
			Resource: judgeClientSecret,
		},
		{
			Name: "no-client-secret-in-cluster", IDs: []string{"N9"},
			Title:    "No Kubernetes secret and no pod has a client secret of Azure.",
			Why:      "Everybody who may read the namespace's secrets is the identity.",
			Remedy:   "Remove it and let the webhook inject the token.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document: "Azure AD Workload Identity, introduction",
			URL:      "https://azure.github.io/azure-workload-identity/docs/",
			Resource: judgeSecretInCluster,
		},
	}
}

// clientSecrets are types that are credentials.
var clientSecrets = map[string]string{
	"azuread:index:ApplicationPassword":         "a password",
	"azuread:index:ApplicationCertificate":      "a certificate",
	"azuread:index:ServicePrincipalPassword":    "a password",
	"azuread:index:ServicePrincipalCertificate": "a certificate",
}

func judgeClientSecret(r *Resource, _ Params) []Violation {
	if what := clientSecrets[r.Type]; what != "" {
		return []Violation{r.flaw("it is " + what + " of an application")}
	}
	if r.Type != application {
		return nil
	}
	// The property was a list in early versions, and is one object now.
	for _, property := range []string{"password", "passwords"} {
		if v := r.Input(property); v.IsKnown() && !v.IsEmpty() {
			return []Violation{{URN: r.URN, Label: r.Label(), Path: v.Path(), Value: "[secret]", Problem: "the application has a password"}}
		}
	}
	return nil
}

// secretKeys are names of client secrets of Azure, in lower case without separators.
var secretKeys = []string{
	"azureclientsecret", "azureclientcertificatepath", "azureclientcertificatepassword", "aadclientsecret",
	"armclientsecret", "spnclientsecret",
}

// squeeze makes names of variables and of keys comparable.
func squeeze(key string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(key))
}

func isSecretKey(key string) bool { return slices.Contains(secretKeys, squeeze(key)) }

// secretKeysOf are the keys of a Kubernetes secret that hold a client secret. A plain clientSecret is Azure's only
// beside a tenant: other services have client secrets too.
func secretKeysOf(keys []string) []string {
	hasTenant := slices.ContainsFunc(keys, func(key string) bool { return strings.HasSuffix(squeeze(key), "tenantid") })
	var found []string
	for _, key := range keys {
		if isSecretKey(key) || hasTenant && squeeze(key) == "clientsecret" {
			found = append(found, key)
		}
	}
	return found
}

func judgeSecretInCluster(r *Resource, _ Params) []Violation {
	var found []Violation
	if r.Type == "kubernetes:core:Secret" {
		for _, property := range []string{"data", "stringData"} {
			keys, _ := r.Input(property).Keys()
			for _, key := range secretKeysOf(keys) {
				if v := r.Input(property, key); v.IsKnown() {
					found = append(found, Violation{URN: r.URN, Label: r.Label(), Path: v.Path(), Value: "[secret]", Problem: "the secret holds a client secret of Azure"})
				}
			}
		}
		return found
	}
	pod, ok := PodOf(r)
	if !ok {
		return nil
	}
	for _, c := range pod.containers() {
		env, _ := c.Get("env").List()
		for _, e := range env {
			v := e.Get("name")
			if name, known := v.KnownText(); known && isSecretKey(name) {
				found = append(found, r.fault(v, "the container signs in with a client secret"))
			}
		}
	}
	return found
}
