package pod

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// UseLabel is the policy whose parameter podTemplates describes more kinds with a pod template, for
// all policies about pods.
const UseLabel = "pod-use-label"

// templatesName is the name of the parameter that FindTemplate reads.
const templatesName = "podTemplates"

var podTemplates = rule.Param{
	Name: templatesName, Type: rule.ObjectsParam, Default: []any{},
	Description: "Custom resources with a pod template, for all policies about pods: objects with kind, " +
		`as "example.com:Service" (the API group without version, and the kind), and path, as "spec.podTemplate".`,
	Validate: validateTemplates,
}

// validateTemplates reports entries of podTemplates without kind or path, all at once.
func validateTemplates(value any) error {
	var problems []error
	for i, object := range (rule.Params{templatesName: value}).Objects(templatesName) {
		kind, _ := object["kind"].(string)
		path, _ := object["path"].(string)
		group, name, ok := strings.Cut(kind, ":")
		if !ok || group == "" || name == "" || path == "" {
			problems = append(problems, fmt.Errorf("[%d] wants kind, as \"example.com:Service\", and path, as \"spec.podTemplate\"", i))
		}
		for _, key := range slices.Sorted(maps.Keys(object)) {
			if key != "kind" && key != "path" {
				problems = append(problems, fmt.Errorf("[%d] has no key %q", i, key))
			}
		}
	}
	return errors.Join(problems...)
}

// FindTemplate sets the path of the pod template of a custom resource, if the parameters of
// UseLabel describe its kind.
func FindTemplate(r *graph.Resource, p rule.Params) {
	for _, object := range p.Objects(templatesName) {
		kind, _ := object["kind"].(string)
		path, _ := object["path"].(string)
		if r.Type == "kubernetes:"+kind || r.Type == "kubernetes:"+kind+"Patch" {
			r.PodTemplate = strings.Split(path, ".")
		}
	}
}
