package rules

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
)

const migrationDocs = "https://learn.microsoft.com/azure/aks/workload-identity-migrate-from-pod-identity"

// leftOver is the reason for the rules about AAD Pod Identity.
const leftOver = "The predecessor is retired; a step of a migration is an exemption with its last day."

// podIdentity is AAD Pod Identity, the predecessor, and the proxy that helps to leave it.
func podIdentity() []Rule {
	return []Rule{
		{
			Name: "pod-identity-label-gone", IDs: []string{"N12"},
			Title:    "Pods have no label of AAD Pod Identity.",
			Why:      "A pod with both labels gets its tokens from whichever answers first.",
			Remedy:   "Remove the label " + azwi.LabelPodIdentity + ".",
			Severity: Medium, Level: Mandatory, Reason: leftOver,
			Document: "Migrate from pod managed identity to workload identity",
			URL:      migrationDocs,
			Resource: eachPod(func(pod Pod, _ Params) []Violation {
				if v := pod.Labels.Get(azwi.LabelPodIdentity); pod.Labels.Has(azwi.LabelPodIdentity) && v.IsKnown() {
					return pod.Owner.faults(v, "the pod asks AAD Pod Identity for an identity")
				}
				return nil
			}),
		},
		{
			Name: "pod-identity-objects-gone", IDs: []string{"N12"},
			Title:    "Clusters have no objects of AAD Pod Identity.",
			Why:      "They keep the identity assigned to the nodes, where every pod can reach it.",
			Remedy:   "Remove the object once its pods use workload identity.",
			Severity: Medium, Level: Mandatory, Reason: leftOver,
			Document: "Migrate from pod managed identity to workload identity",
			URL:      migrationDocs,
			Resource: func(r *Resource, _ Params) []Violation {
				if strings.HasPrefix(r.Type, "kubernetes:aadpodidentity.k8s.io:") {
					return []Violation{r.flaw("the object belongs to AAD Pod Identity")}
				}
				return nil
			},
		},
		{
			Name: "proxy-sidecar-temporary", IDs: []string{"N12"},
			Title: "The migration proxy has a last day.",
			Why: "The proxy needs a privileged container, works on Linux only, and is meant for the time of a migration. The annotation's presence " +
				"alone injects it: \"false\" does too.",
			Remedy:   "Remove the annotation " + azwi.AnnotationInjectProxySidecar + ", or exempt the workload until the day when its migration ends.",
			Severity: Medium, Level: Mandatory, Reason: "An exemption gives the migration its last day.",
			Document: "Migrate from pod managed identity to workload identity",
			URL:      migrationDocs,
			Resource: eachPod(func(pod Pod, _ Params) []Violation {
				v := pod.Annotations.Get(azwi.AnnotationInjectProxySidecar)
				if !v.IsKnown() {
					return nil
				}
				if v.Is("true") {
					return pod.Owner.faults(v, "the migration proxy is injected")
				}
				return pod.Owner.faults(v, "the migration proxy is injected, because the annotation is there, whatever its value")
			}),
		},
		{
			Name: "proxy-sidecar-possible", IDs: []string{"N12"},
			Title:    "The migration proxy is not asked for where it cannot run.",
			Why:      "The webhook denies such pods, Windows has no such proxy, and restricted namespaces refuse its init container.",
			Remedy:   "Move the workload to the default credential of an Azure SDK that knows workload identity.",
			Severity: High, Level: Mandatory, Reason: breaks,
			Document: "Migrate from pod managed identity to workload identity",
			URL:      migrationDocs,
			Stack:    judgeProxy,
		},
	}
}

// enforceLabel on a namespace names the pod security standard that it enforces.
const enforceLabel = "pod-security.kubernetes.io/enforce"

func judgeProxy(g *Graph, _ Params) []Violation {
	var found []Violation
	for _, pod := range g.pods() {
		annotation := pod.Annotations.Get(azwi.AnnotationInjectProxySidecar)
		if !annotation.IsKnown() {
			continue
		}
		if v := pod.Spec.Get("hostNetwork"); v.IsTrue() {
			found = append(found, pod.Owner.fault(v, "the webhook denies a pod with the migration proxy in its node's network"))
		}
		if v := pod.Spec.Get("nodeSelector", "kubernetes.io/os"); v.IsFold("windows") {
			found = append(found, pod.Owner.fault(v, "the migration proxy does not run on Windows"))
		}
		namespace, state := namespaceOf(pod.Owner)
		object := g.namespaces()[objectKey{pod.Owner.Provider, namespace, ""}]
		if state != Known || object == nil {
			continue
		}
		standard := object.Get("metadata", "labels", enforceLabel)
		if standard.IsFold("restricted") || standard.IsFold("baseline") {
			text, _ := standard.Text()
			found = append(found, pod.Owner.fault(annotation, fmt.Sprintf("namespace %s enforces the standard %s, which refuses the proxy's privileged init container", namespace, text)))
		}
	}
	return found
}
