package rules

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// taggable are the Azure types that carry tags and that stacks of workloads have. Other types are left alone, because
// many take none.
var taggable = []string{
	managedCluster, agentPool, userAssigned, keyVault, storageAccount, sqlServer,
	"azure-native:resources:ResourceGroup",
	"azure-native:containerregistry:Registry",
	"azure-native:operationalinsights:Workspace",
	"azure-native:network:VirtualNetwork",
	"azure-native:network:PublicIPAddress",
}

func tags() []Rule {
	return []Rule{{
		Name: "tags-required", IDs: []string{"tags"},
		Title:    "Azure resources have the tags that everybody agreed on.",
		Why:      "Nobody can tell whose cost or whose trouble it is.",
		Remedy:   "Add the tag, or set the rule to remediate and let it be added.",
		Severity: Low, Level: Mandatory, Reason: "It says nothing until tags are listed.",
		Document: "Use tags to organize your Azure resources",
		URL:      "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources",
		Params: []Param{{
			Name: "tags", Type: MapParam, Default: map[string]any{},
			Description: "Tags that every resource must have, with the value that remediation gives them.",
		}},
		Types:    taggable,
		Resource: judgeTags,
		Fix:      fixTags,
	}}
}

// missingTags are the keys that a resource certainly lacks. Azure compares them without case.
func missingTags(r *Resource, p Params) []string {
	tags := r.Input("tags")
	keys, state := tags.Keys()
	if state == Unknown {
		return nil
	}
	has := map[string]bool{}
	for _, key := range keys {
		has[strings.ToLower(key)] = !tags.Get(key).IsAbsent()
	}
	var missing []string
	for _, key := range slices.Sorted(maps.Keys(p.Map("tags"))) {
		if !has[strings.ToLower(key)] {
			missing = append(missing, key)
		}
	}
	return missing
}

func judgeTags(r *Resource, p Params) []Violation {
	var found []Violation
	for _, key := range missingTags(r, p) {
		found = append(found, r.fault(r.Input("tags", key), "the tag is missing"))
	}
	return found
}

func fixTags(r *Resource, p Params) (resource.PropertyMap, string) {
	missing := missingTags(r, p)
	if len(missing) == 0 {
		return nil, ""
	}
	tags := resource.PropertyMap{}
	if v := r.Inputs["tags"]; v.IsObject() {
		tags = v.ObjectValue().Copy()
	} else if !v.IsNull() {
		// A secret around the whole map cannot be opened without losing it.
		return nil, ""
	}
	for _, key := range missing {
		tags[resource.PropertyKey(key)] = resource.NewProperty(p.Map("tags")[key])
	}
	fixed := r.Inputs.Copy()
	fixed["tags"] = resource.NewProperty(tags)
	return fixed, "added the tags " + strings.Join(missing, ", ")
}
