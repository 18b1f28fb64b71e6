// Package kubernetes has the only identifier of the Pulumi Kubernetes SDK's root package that the
// Kubernetes provider needs. See doc.md in the module's root.
package kubernetes

import "reflect"

// UntypedArgs are the properties of a manifest that was read from YAML.
type UntypedArgs map[string]any

// ElementType makes UntypedArgs a resource input.
func (UntypedArgs) ElementType() reflect.Type {
	return reflect.TypeFor[map[string]any]()
}
