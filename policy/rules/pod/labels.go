package pod

import (
	"fmt"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// labels returns the rules about the label by which a pod requests an identity.
func labels() []rule.Rule {
	return []rule.Rule{
		{
			Name:        UseLabel,
			Title:       "Pods whose service account has an identity have the label that requests it.",
			Why:         "Without the label on the pod template the webhook does not change the pod, and it starts without token or variables.",
			Remedy:      "Put " + azwi.LabelUse + ": \"true\" on the pod template, or \"false\" if the pod must not have the identity.",
			FalseAlarms: "A pod that uses the account for the API server only; label it \"false\".",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.LabelsAndAnnotations,
			Params:     []rule.Param{podTemplates},
			CheckStack: checkUseLabel,
		},
		{
			Name:        "pod-use-label-placed",
			Title:       "The label that requests an identity is on the pod template, with the value \"true\".",
			Why:         "On a Deployment or Job it has no effect, and the webhook's selector matches no other value.",
			Remedy:      "Put " + azwi.LabelUse + ": \"true\" on spec.template.metadata.labels.",
			FalseAlarms: "A label on the owner for a selector of your own.",
			Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:        rule.LabelsAndAnnotations,
			CheckResource: eachPod(checkLabelPlace),
		},
		{
			Name:        "pod-account-has-client-id",
			Title:       "Pods that request an identity have a service account that names one.",
			Why:         "Otherwise the webhook injects the token but no AZURE_CLIENT_ID, and reports no error.",
			Remedy:      "Name the federated service account in serviceAccountName, and the identity in its annotation " + azwi.AnnotationClientID + ".",
			FalseAlarms: "A program that passes the client id to the SDK from its own settings.",
			Severity:    rule.Medium, Level: rule.Advisory, Reason: "A program may pass the client id to the SDK itself.",
			Source:     rule.LabelsAndAnnotations,
			CheckStack: checkAccountHasClientID,
		},
	}
}

// checkUseLabel finds pods that do not request the identity of their service account.
func checkUseLabel(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, pod := range g.Pods() {
		key, ok := pod.ServiceAccountKey()
		if !ok || !pod.LacksLabel() || labelledOutside(pod) || mountsSecretStore(pod) {
			continue
		}
		if a := g.Federation().Account(key); a != nil && a.Annotated {
			found = append(found, rule.At(pod.Owner, pod.Labels.Get(azwi.LabelUse),
				fmt.Sprintf("service account %s/%s has an identity, and the pod does not request it", key.Namespace, key.Name)))
		}
	}
	return found
}

// secretStoreDriver mounts secrets of Key Vault into pods. It gets the service account's token from
// the kubelet, so that the pod needs no webhook. Source: secrets-store.csi.x-k8s.io, "Workload
// identity", and learn.microsoft.com/azure/aks/csi-secrets-store-identity-access.
const secretStoreDriver = "secrets-store.csi.k8s.io"

// mountsSecretStore reports whether a pod mounts secrets of Key Vault, or may.
func mountsSecretStore(pod graph.Pod) bool {
	volumes, state := pod.Spec.Get("volumes").List()
	return state == graph.Unknown || slices.ContainsFunc(volumes, func(v graph.Value) bool {
		driver := v.Get("csi", "driver")
		return driver.IsUnknown() || driver.Is(secretStoreDriver)
	})
}

// labelledOutside reports whether the label is on the owner of a pod template, which is a violation
// of pod-use-label-placed.
func labelledOutside(pod graph.Pod) bool {
	return pod.HasTemplate() && pod.Owner.Input("metadata", "labels", azwi.LabelUse).Is(azwi.LabelUseValue)
}

// checkLabelPlace finds a label that has no effect, by its value or its place.
func checkLabelPlace(pod graph.Pod, _ rule.Params) []rule.Violation {
	v := pod.Labels.Get(azwi.LabelUse)
	switch {
	case v.Is("false"):
		// The pod explicitly has no identity.
		return nil
	case v.IsKnown() && !v.Is(azwi.LabelUseValue):
		return rule.Found(pod.Owner, v, "the webhook matches the value \"true\" only")
	case pod.LacksLabel() && labelledOutside(pod):
		return rule.Found(pod.Owner, v, "the label is on the "+pod.Owner.Kind()+" and not on its pod template, where it would have an effect")
	}
	return nil
}

// checkAccountHasClientID finds pods that request an identity which their service account does not
// name.
func checkAccountHasClientID(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, pod := range g.Pods() {
		key, ok := pod.ServiceAccountKey()
		if !ok || !pod.UsesIdentity() {
			continue
		}
		v := pod.Spec.Get("serviceAccountName")
		a := g.Federation().Account(key)
		if carriesClientID(g, pod, kube.Subject(key.Namespace, key.Name)) {
			continue
		}
		switch {
		case a == nil && key.Name == "default":
			found = append(found, rule.At(pod.Owner, v, "the pod requests an identity and uses the default service account"))
		case a != nil && a.ClientID.IsAbsent():
			found = append(found, rule.At(pod.Owner, v,
				fmt.Sprintf("the pod requests an identity, and service account %s/%s names none", key.Namespace, key.Name)))
		}
	}
	return found
}

// carriesClientID reports whether the client id of an identity that trusts a subject is elsewhere
// than on the service account, or may be: in the pod's own variables, or in another object of the
// cluster that the program reads, such as the issuers of cert-manager.
func carriesClientID(g *graph.Graph, pod graph.Pod, subject string) bool {
	for _, v := range pod.Variables() {
		if v.Name.Is(azwi.EnvClientID) || v.Name.IsUnknown() {
			return true
		}
	}
	f := g.Federation()
	if !g.HasCustomResources(pod.Owner.Provider) {
		return false
	}
	if f.Incomplete.Subject {
		return true
	}
	return slices.ContainsFunc(f.CredentialsFor(subject), func(c *graph.Credential) bool {
		return c.Identity == nil || g.MayBeNamedByCustomResource(c.Identity, pod.Owner.Provider)
	})
}
