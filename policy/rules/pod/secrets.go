package pod

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// secrets returns the rules about client secrets in the cluster, which workload identity replaces.
func secrets() []rule.Rule {
	return []rule.Rule{{
		Name:        "no-client-secret-in-cluster",
		Title:       "No Kubernetes secret, config map or pod has a client secret, account key or connection string of Azure.",
		Why:         "Every user who may read the namespace's objects can use the identity, or has all rights on the service.",
		Remedy:      "Remove it, let the webhook inject the token, and give the identity a role on the service.",
		FalseAlarms: "A client secret of another service in an object whose name or keys are about Azure.",
		Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Insecure,
		Source: rule.Source{
			Title: "Azure AD Workload Identity, introduction",
			URL:   "https://azure.github.io/azure-workload-identity/docs/",
		},
		CheckResource: checkSecretInCluster,
	}}
}

// secretNames are names of client secrets and account keys of Azure, as normalise writes them.
// azurestorageaccountkey is the key that the drivers of Azure Files and Blob read.
var secretNames = []string{
	"azureclientsecret", "azureclientcertificatepath", "azureclientcertificatepassword", "aadclientsecret",
	"armclientsecret", "spnclientsecret", "aadclientcertpath", "azurestorageaccountkey", "azurestoragekey",
	"azurestorageaccountkeys", "azurestorageaccesskey",
}

// normalise returns the name of a variable or key in lower case, without separators.
func normalise(name string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(name))
}

// isSecretName reports whether a name is certainly that of a client secret of Azure, also at the
// end of a path such as oidc.azure.clientSecret.
func isSecretName(name string) bool {
	plain := normalise(name)
	return slices.ContainsFunc(secretNames, func(secret string) bool { return strings.HasSuffix(plain, secret) })
}

// csiLabel marks the secrets with which the Key Vault CSI driver signs in as a service principal.
const csiLabel = "secrets-store.csi.k8s.io/used"

// isOfAzure reports whether an object is certainly about Azure: by a key of its data, by its name,
// or by the label of the Key Vault CSI driver.
func isOfAzure(r *graph.Resource, keys []string) bool {
	if r.Input("metadata", "labels", csiLabel).Is("true") {
		return true
	}
	name, _ := r.Input("metadata", "name").KnownText()
	return slices.ContainsFunc(append(slices.Clone(keys), name), func(text string) bool {
		plain := normalise(text)
		return strings.HasSuffix(plain, "tenantid") || strings.Contains(plain, "azure") || strings.Contains(plain, "subscriptionid") ||
			strings.HasPrefix(plain, "aad") || strings.Contains(plain, "entra") || strings.Contains(plain, "keyvault")
	})
}

// secretKeys returns the keys of an object that hold a client secret of Azure. A key clientSecret
// is one only in an object about Azure, because other services have client secrets too.
func secretKeys(r *graph.Resource, keys []string) []string {
	ofAzure := isOfAzure(r, keys)
	var found []string
	for _, key := range keys {
		if isSecretName(key) || ofAzure && strings.HasSuffix(normalise(key), "clientsecret") {
			found = append(found, key)
		}
	}
	return found
}

// connectionStrings match texts that give access to a service of Azure without a sign-in: account
// keys of storage and Cosmos DB, access keys of Service Bus, Event Hubs, Event Grid and App
// Configuration. Placeholders such as <key> do not match.
var connectionStrings = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}`),
	regexp.MustCompile(`(?i)\bSharedAccessKey=[A-Za-z0-9+/]{20,}={0,2}`),
	regexp.MustCompile(`(?i)\bEndpoint=https://[^;]+\.azconfig\.[^;]+;Id=[^;]+;Secret=[A-Za-z0-9+/]{20,}`),
	regexp.MustCompile(`(?i)\bSharedAccessSignature=s[a-z]+=[^;]{20,}`),
}

// holdsKey reports whether a text is, or contains, a connection string with its key.
func holdsKey(text string) bool {
	return slices.ContainsFunc(connectionStrings, func(form *regexp.Regexp) bool { return form.MatchString(text) })
}

// holdsClientSecret reports whether a text is a document in JSON or YAML with a client secret of
// Azure that is not empty: the azure.json of a cloud provider, or the values of a chart.
func holdsClientSecret(text string) bool {
	if !strings.Contains(strings.ToLower(text), "secret") {
		return false
	}
	var document map[string]any
	return yaml.Unmarshal([]byte(text), &document) == nil && hasClientSecret(document)
}

// hasClientSecret reports whether an object has a client secret of Azure, at any depth.
func hasClientSecret(object map[string]any) bool {
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	ofAzure := slices.ContainsFunc(keys, func(key string) bool { return strings.HasSuffix(normalise(key), "tenantid") })
	for key, value := range object {
		if inner, ok := value.(map[string]any); ok && hasClientSecret(inner) {
			return true
		}
		text, _ := value.(string)
		// AKS itself writes the client id "msi" with the secret "msi" for a managed identity.
		if text == "" || text == "msi" || strings.HasPrefix(text, "$") {
			continue
		}
		if isSecretName(key) || ofAzure && normalise(key) == "clientsecret" {
			return true
		}
	}
	return false
}

// content returns the text of a key of a Kubernetes secret or config map.
func content(property string, v graph.Value) string {
	text, _ := v.KnownText()
	if property != "data" {
		return text
	}
	if plain, err := base64.StdEncoding.DecodeString(text); err == nil {
		return string(plain)
	}
	return text
}

// checkSecretInCluster finds secrets of Azure in a Kubernetes secret or config map, or in the
// variables of a pod.
func checkSecretInCluster(r *graph.Resource, _ rule.Params) []rule.Violation {
	switch r.Type {
	case "kubernetes:core:Secret", "kubernetes:core:SecretPatch":
		return secretsIn(r, "data", "stringData")
	case "kubernetes:core:ConfigMap", "kubernetes:core:ConfigMapPatch":
		return secretsIn(r, "data")
	}
	var found []rule.Violation
	for _, pod := range graph.PodsOf(r) {
		for _, v := range pod.Variables() {
			found = append(found, checkVariable(r, v.Name, v.Value)...)
		}
	}
	return found
}

// checkVariable finds a secret of Azure in a variable of a container.
func checkVariable(r *graph.Resource, name, value graph.Value) []rule.Violation {
	text, known := name.KnownText()
	if known && isSecretName(text) {
		return rule.Found(r, name, "the container signs in with a client secret or an account key")
	}
	if text, _ := value.KnownText(); holdsKey(text) {
		return []rule.Violation{rule.Hidden(r, value, "the variable holds the key of a service of Azure")}
	}
	return nil
}

// secretsIn finds secrets of Azure in properties that are objects of texts.
func secretsIn(r *graph.Resource, properties ...string) []rule.Violation {
	var found []rule.Violation
	for _, property := range properties {
		keys, _ := r.Input(property).Keys()
		named := secretKeys(r, keys)
		for _, key := range keys {
			v := r.Input(property, key)
			if !v.IsKnown() {
				continue
			}
			text := content(property, v)
			if r.Kind() == "ConfigMap" || r.Kind() == "ConfigMapPatch" {
				text, _ = v.KnownText()
			}
			switch {
			case slices.Contains(named, key), holdsClientSecret(text):
				found = append(found, rule.Hidden(r, v, "it holds a client secret or account key of Azure"))
			case holdsKey(text):
				found = append(found, rule.Hidden(r, v, "it holds the key of a service of Azure"))
			}
		}
	}
	return found
}
