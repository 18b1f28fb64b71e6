package rules

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// crossLabels is pods and their service accounts.
func crossLabels() []Rule {
	return []Rule{
		{
			Name: "pod-use-label", IDs: []string{"N1"},
			Title:    "Pods whose service account has an identity ask for it.",
			Why:      "Without the label on the pod template the webhook leaves the pod alone, and it starts without token or variables.",
			Remedy:   "Put " + azwi.LabelUse + ": \"true\" on the pod template, or \"false\" if the pod must not have the identity.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Service account labels and annotations, Azure AD Workload Identity",
			URL:      annotationDocs,
			Stack:    judgeUseLabel,
		},
		{
			Name: "pod-account-has-client-id", IDs: []string{"N1", "N5"},
			Title:    "Pods that ask for an identity have a service account that names one.",
			Why:      "The webhook then injects the token but no AZURE_CLIENT_ID, and reports no error.",
			Remedy:   "Name the federated service account in serviceAccountName, and the identity in its annotation " + azwi.AnnotationClientID + ".",
			Severity: Medium, Level: Advisory, Reason: "A program may pass the client id to the SDK itself.",
			Document: "Service account labels and annotations, Azure AD Workload Identity",
			URL:      annotationDocs,
			Stack:    judgePodAccount,
		},
	}
}

func judgeUseLabel(g *Graph, _ Params) []Violation {
	f := g.federation()
	var found []Violation
	for _, pod := range g.pods() {
		key, ok := pod.accountKey()
		if !ok {
			continue
		}
		a := f.byAccount[key]
		v := pod.Labels.Get(labelUse)
		// The label in the wrong place is another rule's.
		misplaced := !pod.isPlain() && pod.Owner.Input("metadata", "labels", labelUse).Is(labelUseValue)
		if a != nil && a.annotated && pod.lacksLabel() && !misplaced {
			found = append(found, pod.Owner.fault(v, fmt.Sprintf("service account %s/%s has an identity, and the pod does not ask for it", key.namespace, key.name)))
		}
	}
	return found
}

func judgePodAccount(g *Graph, _ Params) []Violation {
	f := g.federation()
	var found []Violation
	for _, pod := range g.pods() {
		key, ok := pod.accountKey()
		if !ok || !pod.usesIdentity() {
			continue
		}
		v := pod.Spec.Get("serviceAccountName")
		a := f.byAccount[key]
		switch {
		case a == nil && key.name == "default":
			found = append(found, pod.Owner.fault(v, "the pod asks for an identity and uses the default service account"))
		case a != nil && a.clientID.IsAbsent():
			found = append(found, pod.Owner.fault(v, fmt.Sprintf("the pod asks for an identity, and service account %s/%s names none", key.namespace, key.name)))
		}
	}
	return found
}
