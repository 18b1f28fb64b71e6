package pod

import (
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// secrets returns the rules about client secrets in the cluster, which workload identity replaces.
func secrets() []rule.Rule {
	return []rule.Rule{{
		Name:     "no-client-secret-in-cluster",
		Title:    "No Kubernetes secret and no pod has a client secret of Azure.",
		Why:      "Every user who may read the namespace's secrets can use the identity.",
		Remedy:   "Remove it and let the webhook inject the token.",
		Severity: rule.High, Level: rule.Mandatory, Reason: rule.Insecure,
		Source: rule.Source{
			Title: "Azure AD Workload Identity, introduction",
			URL:   "https://azure.github.io/azure-workload-identity/docs/",
		},
		CheckResource: checkSecretInCluster,
	}}
}

// secretNames are names of client secrets of Azure, as normalise writes them.
var secretNames = []string{
	"azureclientsecret", "azureclientcertificatepath", "azureclientcertificatepassword", "aadclientsecret",
	"armclientsecret", "spnclientsecret",
}

// normalise returns the name of a variable or key in lower case, without separators.
func normalise(name string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(name))
}

func isSecretName(name string) bool { return slices.Contains(secretNames, normalise(name)) }

// secretKeys returns the keys of a Kubernetes secret that hold a client secret of Azure. A key
// clientSecret is one only beside a tenant, because other services have client secrets too.
func secretKeys(keys []string) []string {
	hasTenant := slices.ContainsFunc(keys, func(key string) bool { return strings.HasSuffix(normalise(key), "tenantid") })
	var found []string
	for _, key := range keys {
		if isSecretName(key) || hasTenant && normalise(key) == "clientsecret" {
			found = append(found, key)
		}
	}
	return found
}

// checkSecretInCluster finds client secrets in a Kubernetes secret or in the variables of a pod.
func checkSecretInCluster(r *graph.Resource, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	if r.Type == "kubernetes:core:Secret" {
		for _, property := range []string{"data", "stringData"} {
			keys, _ := r.Input(property).Keys()
			for _, key := range secretKeys(keys) {
				if v := r.Input(property, key); v.IsKnown() {
					found = append(found, rule.Hidden(r, v, "the secret holds a client secret of Azure"))
				}
			}
		}
		return found
	}
	pod, ok := graph.PodOf(r)
	if !ok {
		return nil
	}
	for _, v := range variableNames(pod) {
		if name, known := v.KnownText(); known && isSecretName(name) {
			found = append(found, rule.At(r, v, "the container signs in with a client secret"))
		}
	}
	return found
}
