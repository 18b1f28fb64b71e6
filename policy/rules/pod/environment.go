package pod

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// environment returns the rules about what pods set that the webhook injects.
func environment() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "pod-explicit-environment",
			Title:       "Pods do not set the variables that the webhook injects.",
			Why:         "A value that the container sets wins over the injected one, and is not updated.",
			Remedy:      "Remove the variable; the webhook sets it from the service account.",
			FalseAlarms: "A container that uses another identity, which the stack does not have, on purpose.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.MutatingWebhook,
			CheckStack: checkEnvironment,
		},
		{
			Name:        "pod-token-path",
			Title:       "Pods read the token's path from AZURE_FEDERATED_TOKEN_FILE.",
			Why:         "The webhook's path changed in v1.6.0, and pods with the old path as text stopped working.",
			Remedy:      "Read the path from AZURE_FEDERATED_TOKEN_FILE, or leave it to the Azure SDK.",
			FalseAlarms: "A path that is only mentioned, in a comment or in documentation.",
			Severity:    rule.Medium, Level: rule.Mandatory, Reason: rule.Fails,
			Source:        rule.WebhookRelease16,
			CheckResource: checkTokenPaths,
		},
		{
			Name:        "pod-api-server-token",
			Title:       "Pods do not use the token for the API server as federated token.",
			Why:         "Its audience is the API server, and Entra refuses it (AADSTS700212).",
			Remedy:      "Remove the variable and label the pod, so that the webhook projects a token for Entra.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:        rule.MutatingWebhook,
			CheckResource: eachPod(checkAPIServerToken),
		},
	}
}

// checkEnvironment finds the webhook's variables in the containers of labelled pods. In other pods,
// and in containers that the pod tells the webhook to skip, nothing injects them, and the container
// may set them.
func checkEnvironment(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, pod := range g.Pods() {
		if !pod.UsesIdentity() {
			continue
		}
		skipped, known := skippedContainers(pod)
		for _, v := range pod.Variables() {
			container, state := v.Container.Get("name").Text()
			if !known || state == graph.Unknown || slices.Contains(skipped, container) {
				continue
			}
			name, ok := v.Name.KnownText()
			if !ok || !slices.Contains(azwi.InjectedEnv(), name) || name == azwi.EnvClientID && namesSecondIdentity(g, pod, v.Value) {
				continue
			}
			found = append(found, rule.At(pod.Owner, v.Name, fmt.Sprintf("the container sets %s itself, which wins over the webhook's value", name)))
		}
	}
	return found
}

// skippedContainers returns the containers that a pod tells the webhook to leave as they are; not
// known if the annotation is not.
func skippedContainers(pod graph.Pod) (names []string, known bool) {
	text, state := pod.Annotations.Get(azwi.AnnotationSkipContainers).Text()
	for name := range strings.SplitSeq(text, ";") {
		names = append(names, strings.TrimSpace(name))
	}
	return names, state != graph.Unknown
}

// namesSecondIdentity reports whether a client id belongs to another identity than the one that the
// pod's service account names, and that identity trusts the account too, or may: the container then
// uses it on purpose.
func namesSecondIdentity(g *graph.Graph, pod graph.Pod, clientID graph.Value) bool {
	f := g.Federation()
	key, ok := pod.ServiceAccountKey()
	if !ok {
		return len(f.Identities) > 1
	}
	if f.Incomplete.Subject {
		return true
	}
	account := f.Account(key)
	for _, c := range f.CredentialsFor(kube.Subject(key.Namespace, key.Name)) {
		if account != nil && account.Identity != nil && account.Identity == c.Identity {
			continue
		}
		mayMatch := c.Identity == nil || !clientID.IsKnown() || !c.Identity.ClientID.IsKnown()
		if mayMatch && len(f.Identities) > 1 || c.Identity != nil && f.ByClientID(clientID) == c.Identity {
			return true
		}
	}
	return false
}

// checkTokenPaths finds the token's path as text, in a config map, a custom resource or the pods of
// a resource.
func checkTokenPaths(r *graph.Resource, p rule.Params) []rule.Violation {
	isConfig := r.Type == "kubernetes:core:ConfigMap" || r.Type == "kubernetes:core:ConfigMapPatch"
	if !isConfig && !graph.IsCustomResource(r) {
		return eachPod(checkTokenPath)(r, p)
	}
	var found []rule.Violation
	r.Input().Walk(func(_ []string, v graph.Value) {
		text, _ := v.Text()
		if _, has := azwi.TokenFolder(text); has {
			found = append(found, rule.At(r, v, "the text contains the path of the token"))
		}
	})
	return found
}

// checkTokenPath finds the token's path as text, in commands, variables and mounts. A pod that
// projects its own token to the path decides about it itself.
func checkTokenPath(pod graph.Pod, _ rule.Params) []rule.Violation {
	if projectsToken(pod) {
		return nil
	}
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

// apiServerToken is where Kubernetes mounts the token for the API server.
const apiServerToken = "/var/run/secrets/kubernetes.io/serviceaccount/token"

// checkAPIServerToken finds the token for the API server as federated token, in labelled pods and
// in others.
func checkAPIServerToken(pod graph.Pod, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, v := range pod.Variables() {
		if v.Name.Is(azwi.EnvFederatedTokenFile) && v.Value.Is(apiServerToken) {
			found = append(found, rule.At(pod.Owner, v.Value, "the audience of this token is the API server, not Entra"))
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

// projectsToken reports whether a pod has a volume of its own with a service account's token, or
// may.
func projectsToken(pod graph.Pod) bool {
	volumes, state := pod.Spec.Get("volumes").List()
	if state == graph.Unknown {
		return true
	}
	for _, v := range volumes {
		sources, state := v.Get("projected", "sources").List()
		if state == graph.Unknown {
			return true
		}
		for _, source := range sources {
			if !source.Get("serviceAccountToken").IsAbsent() {
				return true
			}
		}
	}
	return false
}
