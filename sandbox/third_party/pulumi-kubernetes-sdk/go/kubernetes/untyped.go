// Package kubernetes has the one identifier of the Pulumi Kubernetes SDK's
// root package that the Kubernetes provider needs. See doc.md in the module's root.
package kubernetes

import "reflect"

// UntypedArgs are the properties of a manifest, as read from YAML.
type UntypedArgs map[string]any

// ElementType makes UntypedArgs an input of a resource registration.
func (UntypedArgs) ElementType() reflect.Type {
	return reflect.TypeFor[map[string]any]()
}
