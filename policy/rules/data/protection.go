package data

import (
	"path"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// ProtectedFromDeletion is the policy that refuses deletions and replacements.
const ProtectedFromDeletion = "protected-from-deletion"

// protection returns the rule about what must not be deleted by mistake.
//
// A pack cannot refuse a deletion or a replacement itself. The engine shows it each resource that a
// program registers, with inputs and options, before it has compared them with the state; and at
// the end all of them with their outputs, which are as unknown in the preview of a replacement as
// in that of a creation. Of what a program no longer registers it shows nothing, and a destroy asks
// no pack. (Pulumi 3.245.0, pkg/resource/deploy/step_generator.go, analyzeAll and AnalyzeResources;
// pkg/engine/destroy.go.) So the rule looks at the option with which the engine refuses both.
func protection() []rule.Rule {
	return []rule.Rule{{
		Name:  ProtectedFromDeletion,
		Title: "Clusters and Key Vaults are protected from deletion and replacement.",
		Why: "A new cluster has another issuer, so that no workload gets a token until its credentials follow, and a deleted vault keeps its name. " +
			"No policy sees a deletion or a replacement, so that only the engine can refuse them; the command policy check sees both in a preview.",
		Remedy:      "Set the resource option protect, and take it away in the update that means to delete or replace.",
		FalseAlarms: "Environments that are made and destroyed for each change; name their stacks in the parameter.",
		Severity:    rule.Medium, Level: rule.Disabled,
		Reason: "Short-lived environments are meant to go.",
		Source: rule.Source{Title: "Resource option: protect", URL: "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/"},
		Params: []rule.Param{
			{
				Name: "types", Type: rule.ListParam, Default: rule.Texts(graph.TypeManagedCluster, graph.TypeVault),
				Description: "The types that must be protected, without API version. Add " + graph.TypeUserAssignedIdentity + " to protect identities.",
			},
			{
				Name: "exceptStacks", Type: rule.ListParam, Default: rule.Texts("local", "local-*"),
				Description: "The names of stacks that may go, with * for any text.",
			},
		},
		CheckResource: func(r *graph.Resource, p rule.Params) []rule.Violation {
			if r.Options.Protect || !IsProtected(r, p) {
				return nil
			}
			return []rule.Violation{rule.About(r, "an update can delete or replace it")}
		},
	}}
}

// IsProtected reports whether a resource is one of those that must not be deleted or replaced by
// mistake.
func IsProtected(r *graph.Resource, p rule.Params) bool {
	return slices.Contains(p.List("types"), r.Type) && !mayGo(r.URN, p.List("exceptStacks"))
}

// mayGo reports whether a resource's stack is one of the patterns. A malformed one matches nothing.
func mayGo(urn string, patterns []string) bool {
	stack, _, _ := strings.Cut(strings.TrimPrefix(urn, "urn:pulumi:"), "::")
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		match, err := path.Match(pattern, stack)
		return err == nil && match
	})
}
