package pod

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// labels returns the rules about the label by which a pod requests an identity.
func labels() []rule.Rule {
	return []rule.Rule{
		{
			Name:     "pod-use-label",
			Title:    "Pods whose service account has an identity have the label that requests it.",
			Why:      "Without the label on the pod template the webhook does not change the pod, and it starts without token or variables.",
			Remedy:   "Put " + azwi.LabelUse + ": \"true\" on the pod template, or \"false\" if the pod must not have the identity.",
			Severity: rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:     rule.LabelsAndAnnotations,
			CheckStack: checkUseLabel,
		},
		{
			Name:     "pod-use-label-placed",
			Title:    "The label that requests an identity is on the pod template, with the value \"true\".",
			Why:      "On a Deployment or Job it has no effect, and the webhook's selector matches no other value.",
			Remedy:   "Put " + azwi.LabelUse + ": \"true\" on spec.template.metadata.labels.",
			Severity: rule.High, Level: rule.Mandatory, Reason: rule.Fails,
			Source:        rule.LabelsAndAnnotations,
			CheckResource: eachPod(checkLabelPlace),
		},
		{
			Name:     "pod-account-has-client-id",
			Title:    "Pods that request an identity have a service account that names one.",
			Why:      "Otherwise the webhook injects the token but no AZURE_CLIENT_ID, and reports no error.",
			Remedy:   "Name the federated service account in serviceAccountName, and the identity in its annotation " + azwi.AnnotationClientID + ".",
			Severity: rule.Medium, Level: rule.Advisory, Reason: "A program may pass the client id to the SDK itself.",
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
		if !ok || !pod.LacksLabel() || labelledOutside(pod) {
			continue
		}
		if a := g.Federation().Account(key); a != nil && a.Annotated {
			found = append(found, rule.At(pod.Owner, pod.Labels.Get(azwi.LabelUse),
				fmt.Sprintf("service account %s/%s has an identity, and the pod does not request it", key.Namespace, key.Name)))
		}
	}
	return found
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
