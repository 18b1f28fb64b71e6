package pulumitest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// violations lists the rules that the run broke.
func (r *Result) violations(outputs map[string][]resource.PropertyMap, o Options) []string {
	var list []string
	for _, urn := range slices.Sorted(maps.Keys(r.Resources)) {
		res := r.Resources[urn]
		if n := len(outputs[urn]); !res.Custom && n != 1 {
			list = append(list, fmt.Sprintf("component %s %q registered its outputs %d times, want once", res.Type, res.Name, n))
		}
		list = append(list, r.parentViolations(res, o)...)
		list = append(list, providerViolations(res, o)...)
		for _, dep := range res.Dependencies() {
			if _, ok := r.Resources[dep]; !ok && !isStack(dep) {
				list = append(list, fmt.Sprintf("%s %q depends on %s, which is not registered", res.Type, res.Name, dep))
			}
		}
		if r.Reaches(res, res) {
			list = append(list, fmt.Sprintf("%s %q depends on itself", res.Type, res.Name))
		}
	}
	return list
}

func (r *Result) parentViolations(res *Resource, o Options) []string {
	if isStack(res.Parent) {
		if res.Custom && !res.isProvider() && res.Type != stackReferenceType && !slices.Contains(o.RootTypes, res.Type) {
			return []string{fmt.Sprintf("orphan: %s %q has no component as parent", res.Type, res.Name)}
		}
		return nil
	}
	parent, ok := r.Resources[res.Parent]
	if !ok {
		return []string{fmt.Sprintf("orphan: %s %q has the unknown parent %s", res.Type, res.Name, res.Parent)}
	}
	if !strings.HasPrefix(res.Name, parent.Name+"-") {
		return []string{fmt.Sprintf("%s %q is a child of %q: its name must start with %q", res.Type, res.Name, parent.Name, parent.Name+"-")}
	}
	return nil
}

func providerViolations(res *Resource, o Options) []string {
	if !res.Custom || res.isProvider() || res.Provider != "" {
		return nil
	}
	if res.Package() != "kubernetes" && !slices.Contains(o.Explicit, res.Package()) {
		return nil
	}
	return []string{fmt.Sprintf("%s %q uses the default provider", res.Type, res.Name)}
}

// plainPaths returns the paths of strings that contain the needle, outside secrets.
func plainPaths(v resource.PropertyValue, needle string) []string {
	switch {
	case v.IsSecret(), v.IsOutput() && v.OutputValue().Secret:
		return nil
	case v.IsString():
		if strings.Contains(v.StringValue(), needle) {
			return []string{""}
		}
	case v.IsArray():
		var found []string
		for i, element := range v.ArrayValue() {
			for _, path := range plainPaths(element, needle) {
				found = append(found, fmt.Sprintf("[%d]%s", i, path))
			}
		}
		return found
	case v.IsObject():
		var found []string
		for key, element := range v.ObjectValue() {
			for _, path := range plainPaths(element, needle) {
				found = append(found, "."+string(key)+path)
			}
		}
		return found
	}
	return nil
}
