package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

const (
	accountDocs    = "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/"
	annotationDocs = "https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html"
	webhookDocs    = "https://azure.github.io/azure-workload-identity/docs/installation/mutating-admission-webhook.html"
	troubleDocs    = "https://azure.github.io/azure-workload-identity/docs/troubleshooting.html"
)

// podEnvironment is what a pod says that the webhook should say.
func podEnvironment() []Rule {
	return []Rule{
		{
			Name: "pod-explicit-environment", IDs: []string{"N11"},
			Title:    "Pods leave the webhook's variables to the webhook.",
			Why:      "A value that the container sets wins over the injected one, and grows stale.",
			Remedy:   "Remove the variable; the webhook sets it from the service account.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Mutating admission webhook, Azure AD Workload Identity",
			URL:      webhookDocs,
			Resource: eachPod(judgeEnvironment),
		},
		{
			Name: "pod-token-path", IDs: []string{"N11"},
			Title:    "Pods read the token's path from AZURE_FEDERATED_TOKEN_FILE.",
			Why:      "The webhook's path has changed in v1.6.0, and pods that wrote it out stopped working.",
			Remedy:   "Read the path from AZURE_FEDERATED_TOKEN_FILE, or leave it to the Azure SDK.",
			Severity: Medium, Level: Mandatory, Reason: breaks,
			Document: "Release notes of azure-workload-identity v1.6.0",
			URL:      "https://github.com/Azure/azure-workload-identity/releases/tag/v1.6.0",
			Resource: eachPod(judgeTokenPath),
		},
		{
			Name: "pod-token-sent-to-azure", IDs: []string{"N11"},
			Title:    "Pods exchange the Kubernetes token for one of Entra before they call Azure.",
			Why:      "Azure does not take the Kubernetes token, and whoever logs the call has it.",
			Remedy:   "Use the Azure SDK's default credential, or `make verify`, which tests the whole chain.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Troubleshooting, Azure AD Workload Identity",
			URL:      troubleDocs,
			Resource: eachPod(judgeTokenSent),
		},
	}
}

// judgeEnvironment looks at labelled pods only: elsewhere the variables are the pod's own business.
func judgeEnvironment(pod Pod, _ Params) []Violation {
	if !pod.usesIdentity() {
		return nil
	}
	var found []Violation
	for _, c := range pod.containers() {
		env, _ := c.Get("env").List()
		for _, e := range env {
			v := e.Get("name")
			if name, ok := v.KnownText(); ok && slices.Contains(azwi.InjectedEnv(), name) {
				found = append(found, pod.Owner.fault(v, fmt.Sprintf("the container sets %s itself, which wins over the webhook's value", name)))
			}
		}
	}
	return found
}

// words are the texts of a container in which paths and commands stand.
func words(c Value) []Value {
	var list []Value
	for _, property := range []string{"command", "args"} {
		elements, _ := c.Get(property).List()
		list = append(list, elements...)
	}
	env, _ := c.Get("env").List()
	for _, e := range env {
		list = append(list, e.Get("value"))
	}
	return list
}

func judgeTokenPath(pod Pod, _ Params) []Violation {
	var found []Violation
	for _, c := range pod.containers() {
		list := words(c)
		mounts, _ := c.Get("volumeMounts").List()
		for _, m := range mounts {
			list = append(list, m.Get("mountPath"))
		}
		for _, v := range list {
			text, _ := v.Text()
			if _, written := azwi.TokenFolder(text); written {
				found = append(found, pod.Owner.fault(v, "the path of the token is written out"))
			}
		}
	}
	return found
}

// tokenSources are how a script gets at the Kubernetes token; azureHosts are where it is no use.
var (
	tokenSources = []string{azwi.EnvFederatedTokenFile, "azure-identity-token", "/var/run/secrets/kubernetes.io/serviceaccount/token", "/var/run/secrets/tokens"}
	azureHosts   = []string{"management.azure.com", "management.core.windows.net", "management.usgovcloudapi.net", "management.chinacloudapi.cn", "vault.azure.net", "blob.core.windows.net", "graph.microsoft.com"}
)

func judgeTokenSent(pod Pod, _ Params) []Violation {
	var found []Violation
	for _, c := range pod.containers() {
		var script strings.Builder
		var at Value
		// What is not known might be the exchange.
		complete := !c.Get("command").IsUnknown() && !c.Get("args").IsUnknown() && !c.Get("env").IsUnknown()
		for _, v := range words(c) {
			text, state := v.Text()
			complete = complete && state != Unknown
			script.WriteString(text + "\n")
			if containsAny(text, azureHosts) {
				at = v
			}
		}
		text := script.String()
		// A script that asks Entra first does it right.
		if complete && at.IsKnown() && containsAny(text, tokenSources) && !strings.Contains(text, "/oauth2/") {
			found = append(found, pod.Owner.fault(at, "the script sends the Kubernetes token straight to Azure"))
		}
	}
	return found
}

func containsAny(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}
