// Package tags has the rules about the tags of Azure resources.
package tags

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// taggable are the Azure types that have tags and that stacks of workloads have. Others are not
// checked, because many have none.
var taggable = []string{
	graph.TypeManagedCluster, graph.TypeAgentPool, graph.TypeUserAssignedIdentity, graph.TypeVault,
	graph.TypeStorageAccount, graph.TypeSQLServer,
	"azure-native:resources:ResourceGroup",
	"azure-native:containerregistry:Registry",
	"azure-native:operationalinsights:Workspace",
	"azure-native:network:VirtualNetwork",
	"azure-native:network:PublicIPAddress",
}

// Rules returns the rules of the package.
func Rules() []rule.Rule {
	return []rule.Rule{{
		Name:        "tags-required",
		Title:       "Azure resources have the configured tags.",
		Why:         "Without them nothing shows who owns a resource or pays for it.",
		Remedy:      "Add the tag, or set the policy to remediate, which adds it.",
		FalseAlarms: "None without parameters.",
		Severity:    rule.Low, Level: rule.Mandatory, Reason: "It has no effect until tags are listed.",
		Source: rule.Source{
			Title: "Use tags to organize your Azure resources",
			URL:   "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources",
		},
		Params: []rule.Param{{
			Name: "tags", Type: rule.MapParam, Default: map[string]any{},
			Description: "Tags that every resource must have, with the value that remediation gives them.",
		}},
		Types:         taggable,
		CheckResource: check,
		Fix:           fix,
	}}
}

// missingKeys returns the keys that a resource certainly lacks. Azure compares them without case.
func missingKeys(r *graph.Resource, p rule.Params) []string {
	tags := r.Input("tags")
	keys, state := tags.Keys()
	if state == graph.Unknown {
		return nil
	}
	has := map[string]bool{}
	for _, key := range keys {
		has[strings.ToLower(key)] = !tags.Get(key).IsAbsent()
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(p.Map("tags"))), func(key string) bool { return has[strings.ToLower(key)] })
}

// check finds the tags that a resource lacks.
func check(r *graph.Resource, p rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, key := range missingKeys(r, p) {
		found = append(found, rule.At(r, r.Input("tags", key), "the tag is missing"))
	}
	return found
}

// fix adds the tags that a resource lacks.
func fix(r *graph.Resource, p rule.Params) (resource.PropertyMap, string) {
	missing := missingKeys(r, p)
	if len(missing) == 0 {
		return nil, ""
	}
	tags := resource.PropertyMap{}
	if v := r.Inputs["tags"]; v.IsObject() {
		tags = v.ObjectValue().Copy()
	} else if !v.IsNull() {
		// A map that is secret as a whole would no longer be one with an addition.
		return nil, ""
	}
	for _, key := range missing {
		tags[resource.PropertyKey(key)] = resource.NewProperty(p.Map("tags")[key])
	}
	fixed := r.Inputs.Copy()
	fixed["tags"] = resource.NewProperty(tags)
	return fixed, "added the tags " + strings.Join(missing, ", ")
}
