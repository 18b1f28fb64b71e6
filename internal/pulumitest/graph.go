package pulumitest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Graph returns the dependency graph as text for a reviewer: components with their children, sorted
// by type and name, and under each what it waits for. It does not depend on the order in which
// resources were registered.
func (r *Result) Graph() string {
	children := map[string][]*Resource{}
	for _, res := range r.Resources {
		parent := res.Parent
		if isStack(parent) {
			parent = ""
		}
		children[parent] = append(children[parent], res)
	}
	for _, list := range children {
		slices.SortFunc(list, func(a, b *Resource) int {
			if c := cmp.Compare(a.Type, b.Type); c != 0 {
				return c
			}
			return cmp.Compare(a.Name, b.Name)
		})
	}
	var b strings.Builder
	r.writeLevel(&b, children, "", 0)
	return b.String()
}

func (r *Result) writeLevel(b *strings.Builder, children map[string][]*Resource, parent string, depth int) {
	indent := strings.Repeat("  ", depth)
	for _, res := range children[parent] {
		fmt.Fprintf(b, "%s%s  %s\n", indent, res.Type, res.Name)
		for _, line := range r.details(res) {
			fmt.Fprintf(b, "%s      %s\n", indent, line)
		}
		r.writeLevel(b, children, res.URN, depth+1)
	}
}

// maxIgnored is how many ignored properties the text names.
const maxIgnored = 4

// details returns the lines under a resource.
func (r *Result) details(res *Resource) []string {
	var lines []string
	if res.Provider != "" {
		lines = append(lines, "provider "+r.name(res.Provider))
	}
	if len(res.Explicit) > 0 {
		lines = append(lines, "after "+r.nameList(res.Explicit))
	}
	for _, property := range slices.Sorted(maps.Keys(res.PropertyDeps)) {
		line := property + " <- " + r.nameList(res.PropertyDeps[property])
		if value, ok := res.Inputs[resource.PropertyKey(property)]; ok && value.IsSecret() {
			line += " (secret)"
		}
		lines = append(lines, line)
	}
	req := res.Request
	if req.GetDeletedWith() != "" {
		lines = append(lines, "deleted with "+r.name(req.GetDeletedWith()))
	}
	if req.GetDeleteBeforeReplace() {
		lines = append(lines, "deleted before it is replaced")
	}
	if len(req.GetReplaceOnChanges()) > 0 {
		lines = append(lines, "replaced on changes of "+strings.Join(req.GetReplaceOnChanges(), ", "))
	}
	if req.GetProtect() {
		lines = append(lines, "protected")
	}
	if req.GetRetainOnDelete() {
		lines = append(lines, "retained on delete")
	}
	switch ignored := req.GetIgnoreChanges(); {
	case len(ignored) > maxIgnored:
		lines = append(lines, fmt.Sprintf("ignores changes of %s and %d more", strings.Join(ignored[:maxIgnored], ", "), len(ignored)-maxIgnored))
	case len(ignored) > 0:
		lines = append(lines, "ignores changes of "+strings.Join(ignored, ", "))
	}
	return lines
}

func (r *Result) name(urn string) string {
	if res, ok := r.Resources[urn]; ok {
		return res.Name
	}
	return urn
}

func (r *Result) nameList(urns []string) string {
	list := make([]string, len(urns))
	for i, urn := range urns {
		list[i] = r.name(urn)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}
