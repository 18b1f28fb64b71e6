package rules

import (
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

// accounts is service accounts, and the annotations of pods that override theirs.
func accounts() []Rule {
	return []Rule{
		{
			Name: "service-account-automount-off", IDs: []string{"20"},
			Title:    "Service accounts with an identity do not mount the API server's token.",
			Why:      "Who gets into the pod can then act in the cluster; workload identity has a token of its own and does not need it.",
			Remedy:   "Set automountServiceAccountToken to false.",
			Severity: Low, Level: Advisory, Reason: "Some workloads do call the API server.",
			Document:    "Configure service accounts for pods, Kubernetes",
			URL:         accountDocs,
			Equivalents: []string{"Checkov CKV_K8S_38", "Trivy KSV-0036", "Azure Policy 423dd1ba-798e-40e4-9c4d-b6902674b423"},
			Params:      []Param{exemptNamespaces("kube-system")},
			Types:       []string{serviceAccount},
			Resource: func(r *Resource, p Params) []Violation {
				v := r.Input("automountServiceAccountToken")
				annotated := r.Input("metadata", "annotations").Has(azwi.AnnotationClientID)
				if annotated && (v.IsAbsent() || v.IsTrue()) && !exempt(r, p) {
					return r.faults(v, "its pods get the API server's token")
				}
				return nil
			},
		},
		{
			Name: "service-account-annotations", IDs: []string{"N5"},
			Title:    "Service accounts name a client id and tenant that can exist.",
			Why:      "An empty tenant removes AZURE_TENANT_ID from the pods, and a client id that is no GUID is refused (AADSTS700016).",
			Remedy:   "Set " + azwi.AnnotationClientID + " to the identity's clientId, and leave out " + azwi.AnnotationTenantID + " unless the tenant differs from the webhook's.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Service account labels and annotations, Azure AD Workload Identity",
			URL:      annotationDocs,
			Types:    []string{serviceAccount, serviceAccountPatch},
			Resource: judgeAnnotations,
		},
		{
			Name: "token-expiration", IDs: []string{"N10"},
			Title:    "Tokens live for 3600 to 86400 seconds.",
			Why:      "The webhook denies every pod with another lifetime.",
			Remedy:   "Set " + azwi.AnnotationTokenExpiration + " to a whole number of seconds from 3600 to 86400, or leave it out for 3600.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Service account labels and annotations, Azure AD Workload Identity",
			URL:      annotationDocs,
			Resource: judgeExpiration,
		},
		{
			Name: "pod-use-label-placed", IDs: []string{"N1"},
			Title:    "The label that asks for an identity stands on the pod template, with the value \"true\".",
			Why:      "On a Deployment or Job it does nothing, and the webhook's selector knows no other value.",
			Remedy:   "Put " + azwi.LabelUse + ": \"true\" on spec.template.metadata.labels.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Service account labels and annotations, Azure AD Workload Identity",
			URL:      annotationDocs,
			Resource: eachPod(judgeLabelPlace),
		},
	}
}

func judgeAnnotations(r *Resource, _ Params) []Violation {
	var found []Violation
	annotations := r.Get("metadata", "annotations")
	client := annotations.Get(azwi.AnnotationClientID)
	if text, state := client.Text(); state == Known && !azure.IsGUID(text) {
		found = append(found, r.fault(client, "the client id is not a GUID"))
	}
	tenant := annotations.Get(azwi.AnnotationTenantID)
	if text, state := tenant.Text(); state == Known && text == "" {
		found = append(found, r.fault(tenant, "the empty tenant removes AZURE_TENANT_ID from the pods"))
	} else if state == Known && !azure.IsGUID(text) {
		found = append(found, r.fault(tenant, "the tenant is not a GUID"))
	}
	return found
}

func judgeExpiration(r *Resource, _ Params) []Violation {
	annotations := Value{}
	if pod, ok := PodOf(r); ok {
		annotations = pod.Annotations
	} else if r.Type == serviceAccount || r.Type == serviceAccountPatch {
		annotations = r.Get("metadata", "annotations")
	}
	v := annotations.Get(azwi.AnnotationTokenExpiration)
	text, state := v.Text()
	if state != Known {
		return nil
	}
	seconds, whole := v.Int()
	if whole != Known {
		return r.faults(v, "\""+cut(text)+"\" is not a whole number of seconds")
	}
	if err := azwi.ValidateTokenExpiration(seconds); err != nil {
		return r.faults(v, err.Error())
	}
	return nil
}

func judgeLabelPlace(pod Pod, _ Params) []Violation {
	r := pod.Owner
	if v := pod.Labels.Get(labelUse); v.IsKnown() && !v.Is(labelUseValue) {
		if text, _ := v.Text(); text == "false" {
			// Switched off, one by one (R11).
			return nil
		}
		return r.faults(v, "the webhook knows no other value than \"true\"")
	}
	outer := r.Input("metadata", "labels", labelUse)
	if v := pod.Labels.Get(labelUse); !pod.isPlain() && pod.lacksLabel() && outer.Is(labelUseValue) {
		return r.faults(v, "the label stands on the "+r.Kind()+" and not on its pods, where it would have an effect")
	}
	return nil
}
