package pod

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// keys returns the rules about the labels and annotations that the webhook reads.
func keys() []rule.Rule {
	return []rule.Rule{{
		Name:        "webhook-key-placed",
		Title:       "Labels and annotations of the webhook are spelt and placed where the webhook reads them.",
		Why:         "It ignores every other key and every other place, and reports no error.",
		Remedy:      "Move or correct the key as the message says.",
		FalseAlarms: "A selector or an operator of your own that reads the same key elsewhere.",
		Severity:    rule.High, Level: rule.Mandatory, Reason: rule.Fails,
		Source:     rule.LabelsAndAnnotations,
		CheckStack: checkKeys,
	}}
}

// place is where the webhook reads a key.
type place struct {
	onPod, onAccount, isLabel bool
}

// places are the keys of the webhook. Source: azure-workload-identity v1.6.0, pkg/webhook.
var places = map[string]place{
	azwi.LabelUse:                     {onPod: true, isLabel: true},
	azwi.AnnotationClientID:           {onAccount: true},
	azwi.AnnotationTenantID:           {onAccount: true},
	azwi.AnnotationTokenExpiration:    {onPod: true, onAccount: true},
	azwi.AnnotationSkipContainers:     {onPod: true},
	azwi.AnnotationInjectProxySidecar: {onPod: true},
	azwi.AnnotationProxySidecarPort:   {onPod: true},
}

// String returns where the key belongs, for a message.
func (p place) String() string {
	property := "metadata.annotations"
	if p.isLabel {
		property = "metadata.labels"
	}
	switch {
	case p.onPod && p.onAccount:
		return "the pod template's or service account's " + property
	case p.onAccount:
		return "the service account's " + property
	}
	return "the pod template's " + property
}

// knownKey returns the key of the webhook that a text means: itself, or the one that it misspells;
// empty for other keys.
func knownKey(text string) string {
	prefix, name, ok := strings.Cut(text, "/")
	if !ok {
		// A key without a slash, such as azure.workload.identity_use.
		plain := strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(text))
		name, ok = strings.CutPrefix(plain, "azure-workload-identity-")
		prefix = "azure.workload.identity"
	}
	letters := strings.NewReplacer(".", "", "-", "", "_", "").Replace(strings.ToLower(prefix))
	if !ok || letters != "azureworkloadidentity" && letters != "azureworkloadidentityio" {
		return ""
	}
	plain := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	for key := range places {
		known := strings.TrimPrefix(key, azwi.KeyPrefix)
		if plain == known || strings.ReplaceAll(plain, "-", "") == strings.ReplaceAll(known, "-", "") {
			return key
		}
	}
	return ""
}

// keyed is a place with labels or annotations: of an object, of a pod template, or between the two.
type keyed struct {
	values           graph.Value
	isLabels         bool
	isPod, isAccount bool
	// whose says whose they are, for a message.
	whose string
	// mayBeCopied is true for custom resources: an operator may copy their labels to pods.
	mayBeCopied bool
	// ownsPods is true for an object with a pod template, whose labels are template.
	ownsPods bool
	template graph.Value
	// account are the annotations of the pods' service account; unsure is true while that is not
	// known.
	account graph.Value
	unsure  bool
}

// placesOf returns the labels and annotations of a Kubernetes object and of its pod templates.
func placesOf(g *graph.Graph, r *graph.Resource) []keyed {
	pods := graph.PodsOf(r)
	isAccount := r.Type == graph.TypeServiceAccount || r.Type == graph.TypeServiceAccountPatch
	var list []keyed
	add := func(metadata graph.Value, k keyed) {
		for _, property := range []string{"labels", "annotations"} {
			k.values, k.isLabels = metadata.Get(property), property == "labels"
			list = append(list, k)
		}
	}
	isPod := len(pods) == 1 && !pods[0].HasTemplate()
	own := keyed{isPod: isPod, isAccount: isAccount, mayBeCopied: graph.IsCustomResource(r), whose: "a " + r.Kind()}
	if len(pods) > 0 {
		own.ownsPods, own.template = !isPod, pods[0].Labels
	}
	add(r.Input("metadata"), own)
	if isPod {
		return withAccounts(g, pods, list)
	}
	add(r.Input("spec", "jobTemplate", "metadata"), keyed{whose: "the job template of a " + r.Kind(), template: own.template, ownsPods: own.ownsPods})
	for _, pod := range pods {
		list = append(list,
			keyed{values: pod.Labels, isLabels: true, isPod: true, whose: "a pod template"},
			keyed{values: pod.Annotations, isPod: true, whose: "a pod template"})
	}
	return withAccounts(g, pods, list)
}

// withAccounts adds the annotations of the pods' service account to places of pods: what is there
// makes the same key on the pod harmless.
func withAccounts(g *graph.Graph, pods []graph.Pod, list []keyed) []keyed {
	if len(pods) == 0 {
		return list
	}
	f := g.Federation()
	key, ok := pods[0].ServiceAccountKey()
	a := f.Account(key)
	for i := range list {
		list[i].unsure = !ok || a == nil && f.Incomplete.Account
		if a != nil {
			list[i].account = a.Resource.Get("metadata", "annotations")
		}
	}
	return list
}

// checkKeys finds keys of the webhook that are misspelt, or are where the webhook does not read
// them.
func checkKeys(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, r := range g.Resources {
		if !strings.HasPrefix(r.Type, "kubernetes:") {
			continue
		}
		for _, k := range placesOf(g, r) {
			names, _ := k.values.Keys()
			for _, name := range names {
				if problem := k.problem(name, names); problem != "" {
					v := rule.At(r, k.values, problem)
					v.Value = name
					found = append(found, v)
				}
			}
		}
	}
	return found
}

// problem returns what is wrong with a key at a place; empty for nothing.
func (k *keyed) problem(name string, names []string) string {
	key := knownKey(name)
	if key == "" || slices.Contains(names, key) && key != name {
		return ""
	}
	want := places[key]
	if key != name {
		return fmt.Sprintf("the webhook does not read the key %s; it is %s, on %s", name, key, want)
	}
	right := k.isPod && want.onPod || k.isAccount && want.onAccount
	switch {
	case right && want.isLabel == k.isLabels:
		return ""
	case k.mayBeCopied:
		// An operator may copy labels and annotations of its custom resource to the pods.
		return ""
	case k.template.Has(key) || k.account.Has(key) || k.template.IsUnknown() || k.account.IsUnknown():
		// The key is where it has an effect, too.
		return ""
	case k.unsure && want.onAccount:
		return ""
	case key == azwi.LabelUse && k.isLabels && (k.isAccount || k.ownsPods):
		// On a service account it was needed before webhook 1.0; on the owner of a pod template
		// pod-use-label-placed reports it.
		return ""
	}
	kind := "annotations"
	if k.isLabels {
		kind = "labels"
	}
	return fmt.Sprintf("it has no effect among the %s of %s; it belongs into %s", kind, k.whose, want)
}
