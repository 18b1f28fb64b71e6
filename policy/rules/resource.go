package rules

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Resource is a resource as the rules see it.
type Resource struct {
	// URN identifies it.
	URN string
	// Type is the canonical type token, without any API version: "azure-native:containerservice:ManagedCluster",
	// "kubernetes:apps:Deployment", "azuread:index:Application".
	Type string
	// Version is the API version that the token named, such as "v20240901" or "v1"; empty for none.
	Version string
	// Name is the logical name.
	Name string
	// Inputs are what the program asks for. When only a state is known, they are that.
	Inputs resource.PropertyMap
	// Outputs are what the provider answered; nil when nothing has been deployed, or before.
	Outputs resource.PropertyMap
	// Parent, Provider and Dependencies are URNs.
	Parent, Provider string
	Dependencies     []string
	// PropertyDependencies are the URNs that each input property came from.
	PropertyDependencies map[string][]string
	// ProviderInputs is the configuration of the resource's provider.
	ProviderInputs resource.PropertyMap
	// Options are the resource options that policies may look at.
	Options Options
}

// Options are resource options.
type Options struct {
	Protect       bool
	IgnoreChanges []string
}

// Get reads a property: what the program asks for, and where it says nothing, what the provider answered.
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

// Input reads a property that the program asks for; what somebody else added to the live object does not count.
func (r *Resource) Input(keys ...string) Value { return NewValue(r.Inputs).Get(keys...) }

// Output reads a property that the provider answered, such as an id that it chose.
func (r *Resource) Output(keys ...string) Value {
	if r.Outputs == nil {
		return NewValue(r.Inputs).Get(keys...)
	}
	return NewValue(r.Outputs).Get(keys...)
}

// Kind is the last part of the type: "ManagedCluster", "Deployment".
func (r *Resource) Kind() string { return r.Type[strings.LastIndex(r.Type, ":")+1:] }

// Label names the resource in a message.
func (r *Resource) Label() string { return r.Kind() + " \"" + r.Name + "\"" }

// apiVersion is what Pulumi's tokens have as API version: v20240901, v20240501preview, v1, v2beta2.
var apiVersion = regexp.MustCompile(`^v[0-9]+[a-z0-9]*$`)

// Canonical splits a type token into the type without its API version, and the version.
//
// The forms are azure-native:module/version:Type, azure-native_module_version:module:Type (local packages of
// azure-native v3), kubernetes:group/version:Kind, and azuread:module/type:Type of bridged providers, where the
// part after the slash repeats the type's name.
func Canonical(token string) (canonical, version string) {
	parts := strings.Split(token, ":")
	if len(parts) != 3 {
		return token, ""
	}
	pkg, module, name := parts[0], parts[1], parts[2]
	if base, rest, ok := strings.Cut(pkg, "_"); ok && base == "azure-native" {
		if i := strings.LastIndex(rest, "_"); i >= 0 && apiVersion.MatchString(rest[i+1:]) {
			pkg, version = base, rest[i+1:]
		}
	}
	head, tail, ok := strings.Cut(module, "/")
	switch {
	case ok && apiVersion.MatchString(tail):
		module, version = head, tail
	case ok && strings.EqualFold(tail, name):
		module = head
	case !ok && pkg == "kubernetes" && apiVersion.MatchString(module):
		// The core group, as a custom resource's token has it: kubernetes:v1:Kind.
		module, version = "core", module
	}
	return pkg + ":" + module + ":" + name, version
}
