package pulumitest

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Resource is one registration, as the engine would have got it.
type Resource struct {
	URN, Type, Name string
	// ID is empty in a preview.
	ID     string
	Custom bool
	// Parent is a URN; the stack's for a resource without a parent.
	Parent string
	// Provider is the URN of the explicit provider, or empty for the default one.
	Provider string
	// Inputs as sent, with unknown values and secrets marked.
	Inputs resource.PropertyMap
	// Outputs as the fake returned them, or as the component registered them.
	Outputs resource.PropertyMap
	// Explicit are the URNs that only DependsOn names, PropertyDeps those that the inputs come
	// from.
	Explicit     []string
	PropertyDeps map[string][]string
	// Request is the whole registration, for options.
	Request *pulumirpc.RegisterResourceRequest
}

// Package returns the provider package of the resource's type.
func (r *Resource) Package() string {
	if pkg, ok := strings.CutPrefix(r.Type, providerPrefix); ok {
		return pkg
	}
	pkg, _, _ := strings.Cut(r.Type, ":")
	return pkg
}

// Dependencies returns the URNs that the resource waits for, by property, by DependsOn or by
// provider, sorted and without repetition.
func (r *Resource) Dependencies() []string {
	set := map[string]bool{}
	for _, urn := range r.Explicit {
		set[urn] = true
	}
	for _, urns := range r.PropertyDeps {
		for _, urn := range urns {
			set[urn] = true
		}
	}
	if r.Provider != "" {
		set[r.Provider] = true
	}
	return slices.Sorted(maps.Keys(set))
}

const providerPrefix = "pulumi:providers:"

func (r *Resource) isProvider() bool { return strings.HasPrefix(r.Type, providerPrefix) }

// newResource normalises a registration.
func newResource(urn string, in *pulumirpc.RegisterResourceRequest, inputs resource.PropertyMap) *Resource {
	r := &Resource{
		URN:          urn,
		Type:         in.GetType(),
		Name:         in.GetName(),
		Custom:       in.GetCustom(),
		Parent:       in.GetParent(),
		Inputs:       inputs,
		PropertyDeps: map[string][]string{},
		Request:      in,
	}
	// A provider reference is "urn::id", and a URN holds "::" too.
	if i := strings.LastIndex(in.GetProvider(), "::"); i >= 0 {
		r.Provider = in.GetProvider()[:i]
	}
	byProperty := map[string]bool{}
	for property, deps := range in.GetPropertyDependencies() {
		urns := slices.Clone(deps.GetUrns())
		if len(urns) == 0 {
			continue
		}
		slices.Sort(urns)
		r.PropertyDeps[property] = urns
		for _, urn := range urns {
			byProperty[urn] = true
		}
	}
	// The SDK sends the union; what no property explains was asked for.
	for _, urn := range in.GetDependencies() {
		if !byProperty[urn] {
			r.Explicit = append(r.Explicit, urn)
		}
	}
	slices.Sort(r.Explicit)
	return r
}
