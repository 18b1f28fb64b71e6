package pod

import (
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// scripts returns the rules about commands that use the token by hand.
func scripts() []rule.Rule {
	return []rule.Rule{{
		Name:        "pod-token-sent-to-azure",
		Title:       "Pods exchange the Kubernetes token for one of Entra before they call Azure.",
		Why:         "Azure does not accept the Kubernetes token, and the token appears in the logs of the call.",
		Remedy:      "Use the Azure SDK's default credential, or `make verify`, which tests the whole chain.",
		FalseAlarms: "A script that gets its token for Azure elsewhere, and only prints the path of the other.",
		Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
		Source: rule.Source{
			Title: "Troubleshooting, Azure AD Workload Identity",
			URL:   "https://azure.github.io/azure-workload-identity/docs/troubleshooting.html",
		},
		CheckResource: eachPod(checkTokenSent),
	}}
}

var (
	// tokenSources are texts by which a script reads the Kubernetes token.
	tokenSources = []string{
		azwi.EnvFederatedTokenFile, "azure-identity-token",
		"/var/run/secrets/kubernetes.io/serviceaccount/token", "/var/run/secrets/tokens",
	}
	// azureHosts are services that do not accept it.
	azureHosts = []string{
		"management.azure.com", "management.core.windows.net", "management.usgovcloudapi.net",
		"management.chinacloudapi.cn", "vault.azure.net", "blob.core.windows.net", "graph.microsoft.com",
	}
	// exchanges are texts of the exchange itself: the path of Entra's token endpoint, the parameter
	// that carries the token there, and the options of Azure's command-line programs that do the
	// same.
	exchanges = []string{"/oauth2/", "client_assertion", "--federated-token", "workloadidentity", "-l workload"}
)

// checkTokenSent finds containers that read the Kubernetes token and call Azure, but not Entra.
func checkTokenSent(pod graph.Pod, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, c := range pod.Containers() {
		var script strings.Builder
		var call graph.Value
		// What is not known might be the exchange.
		complete := !c.Get("command").IsUnknown() && !c.Get("args").IsUnknown() && !c.Get("env").IsUnknown()
		for _, v := range texts(c) {
			text, state := v.Text()
			complete = complete && state != graph.Unknown
			script.WriteString(text + "\n")
			if containsAny(text, azureHosts) {
				call = v
			}
		}
		text := script.String()
		if complete && call.IsKnown() && containsAny(text, tokenSources) && !containsAny(strings.ToLower(text), exchanges) {
			found = append(found, rule.At(pod.Owner, call, "the script sends the Kubernetes token to Azure, without an exchange"))
		}
	}
	return found
}

func containsAny(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}
