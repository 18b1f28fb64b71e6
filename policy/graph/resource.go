package graph

import (
	"cmp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Resource is a resource as the rules see it.
type Resource struct {
	// URN identifies it.
	URN string
	// Type is the canonical type token, without an API version: see Canonical.
	Type string
	// Version is the API version in the token, such as "v20240901" or "v1"; empty for none.
	Version string
	// Name is the logical name.
	Name string
	// Inputs are what the program asks for. When only a state is known, they are its outputs.
	Inputs resource.PropertyMap
	// Outputs are what the provider answered; nil before the deployment.
	Outputs resource.PropertyMap
	// Parent, Provider and Dependencies are URNs.
	Parent, Provider string
	Dependencies     []string
	// PropertyDependencies are the URNs that the value of each input property came from.
	PropertyDependencies map[string][]string
	// ProviderInputs is the configuration of the resource's provider.
	ProviderInputs resource.PropertyMap
	// Options are the resource options that policies may read.
	Options Options
	// PodTemplate is the path of the pod template in a custom resource whose kind the configuration
	// describes; nil for others.
	PodTemplate []string
	// renamed are the properties of a resource of the classic provider by those of azure-native
	// that Adapt has made of them.
	renamed map[string]string
	// kind is the last part of the classic provider's type.
	kind string
}

// Options are resource options.
type Options struct {
	Protect       bool
	IgnoreChanges []string
}

// Get returns a property that the program asks for, or else what the provider answered.
func (r *Resource) Get(keys ...string) Value {
	v := NewValue(r.Inputs).Get(keys...)
	if !v.IsAbsent() || r.Outputs == nil {
		return v
	}
	if out := NewValue(r.Outputs).Get(keys...); !out.IsAbsent() {
		return out
	}
	return v
}

// Input returns a property that the program asks for. What other writers added to the live object
// does not count.
func (r *Resource) Input(keys ...string) Value { return NewValue(r.Inputs).Get(keys...) }

// Output returns a property that the provider answered, such as an id that Azure chose.
func (r *Resource) Output(keys ...string) Value {
	if r.Outputs == nil {
		return NewValue(r.Inputs).Get(keys...)
	}
	return NewValue(r.Outputs).Get(keys...)
}

// Kind returns the last part of the type: "ManagedCluster", "Deployment".
func (r *Resource) Kind() string { return r.Type[strings.LastIndex(r.Type, ":")+1:] }

// Label returns the kind and the name of the resource for a message.
func (r *Resource) Label() string { return cmp.Or(r.kind, r.Kind()) + " \"" + r.Name + "\"" }
