package pod

import (
	"fmt"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// environment returns the rules about what pods set that the webhook injects.
func environment() []rule.Rule {
	return []rule.Rule{
		{
			Name:     "pod-explicit-environment",
			Title:    "Pods do not set the variables that the webhook injects.",
			Why:      "A value that the container sets wins over the injected one, and is not updated.",
			Remedy:   "Remove the variable; the webhook sets it from the service account.",
			Severity: rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:        rule.MutatingWebhook,
			CheckResource: eachPod(checkEnvironment),
		},
		{
			Name:     "pod-token-path",
			Title:    "Pods read the token's path from AZURE_FEDERATED_TOKEN_FILE.",
			Why:      "The webhook's path changed in v1.6.0, and pods with the old path as text stopped working.",
			Remedy:   "Read the path from AZURE_FEDERATED_TOKEN_FILE, or leave it to the Azure SDK.",
			Severity: rule.Medium, Level: rule.Mandatory, Reason: rule.Fails,
			Source:        rule.WebhookRelease16,
			CheckResource: eachPod(checkTokenPath),
		},
	}
}

// checkEnvironment finds the webhook's variables in the containers of a labelled pod. In other pods
// nothing injects them, and the pod may set them.
func checkEnvironment(pod graph.Pod, _ rule.Params) []rule.Violation {
	if !pod.UsesIdentity() {
		return nil
	}
	var found []rule.Violation
	for _, v := range variableNames(pod) {
		if name, ok := v.KnownText(); ok && slices.Contains(azwi.InjectedEnv(), name) {
			found = append(found, rule.At(pod.Owner, v, fmt.Sprintf("the container sets %s itself, which wins over the webhook's value", name)))
		}
	}
	return found
}

// variableNames returns the names of the environment variables of a pod's containers.
func variableNames(pod graph.Pod) []graph.Value {
	var names []graph.Value
	for _, c := range pod.Containers() {
		env, _ := c.Get("env").List()
		for _, e := range env {
			names = append(names, e.Get("name"))
		}
	}
	return names
}

// checkTokenPath finds the token's path as text, in commands, variables and mounts.
func checkTokenPath(pod graph.Pod, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, c := range pod.Containers() {
		list := texts(c)
		mounts, _ := c.Get("volumeMounts").List()
		for _, m := range mounts {
			list = append(list, m.Get("mountPath"))
		}
		for _, v := range list {
			text, _ := v.Text()
			if _, has := azwi.TokenFolder(text); has {
				found = append(found, rule.At(pod.Owner, v, "the text contains the path of the token"))
			}
		}
	}
	return found
}

// texts returns the values of a container that may contain paths and commands.
func texts(c graph.Value) []graph.Value {
	var list []graph.Value
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
