package pulumitest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// The directory and subscription of the fakes.
const (
	TenantID       = "72f988bf-0000-4000-8000-00000000aaaa"
	SubscriptionID = "11111111-2222-4333-8444-555555555555"
	ClientID       = "99999999-0000-4000-8000-00000000bbbb"
	ObjectID       = "99999999-0000-4000-8000-00000000cccc"
)

// FakeResource stands in for the provider of one resource type.
type FakeResource struct {
	// Required are inputs that the provider requires.
	Required []string
	// Allowed are all inputs that the provider knows; empty allows any, which is right for types
	// whose arguments an SDK checks.
	Allowed []string
	// Exists makes the resource one that is there already: a preview knows its id and outputs.
	Exists bool
	// State computes the id and those outputs that are not inputs.
	State func(r *Resource) (id string, outputs resource.PropertyMap, err error)
}

// FakeCall stands in for one function of a provider.
type FakeCall func(args resource.PropertyMap) (resource.PropertyMap, error)

// Fakes are the stand-ins by token.
type Fakes struct {
	Resources map[string]FakeResource
	Calls     map[string]FakeCall
}

// with adds other fakes to these, which replace those of the same token.
func (f Fakes) with(over Fakes) Fakes {
	maps.Copy(f.Resources, over.Resources)
	maps.Copy(f.Calls, over.Calls)
	return f
}

// check finds missing inputs, and those that the provider does not have.
func (f FakeResource) check(r *Resource) error {
	for _, key := range f.Required {
		if _, ok := r.Inputs[resource.PropertyKey(key)]; !ok {
			return fmt.Errorf("%s %q lacks the required input %q", r.Type, r.Name, key)
		}
	}
	if len(f.Allowed) == 0 {
		return nil
	}
	for key := range r.Inputs {
		if !slices.Contains(f.Allowed, string(key)) {
			return fmt.Errorf("%s %q has the unknown input %q", r.Type, r.Name, key)
		}
	}
	return nil
}

// GUID returns the one that the fakes give for a resource and a purpose.
func GUID(name, purpose string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(name+"/"+purpose)).String()
}

// Physical returns the name that autonaming gives to a resource.
func Physical(name string) string { return name + "-" + GUID(name, "physical")[:8] }

// text returns a string input, or what autonaming would choose.
func text(r *Resource, key, fallback string) string {
	v, ok := r.Inputs[resource.PropertyKey(key)]
	if !ok {
		return fallback
	}
	if v.IsSecret() {
		v = v.SecretValue().Element
	}
	if !v.IsString() {
		return fallback
	}
	return v.StringValue()
}

func providerState(r *Resource) (string, resource.PropertyMap, error) {
	return GUID(r.Name, "provider"), nil, nil
}

// stringMap returns a property map of strings.
func stringMap(pairs ...string) resource.PropertyMap {
	m := resource.PropertyMap{}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[resource.PropertyKey(pairs[i])] = resource.NewProperty(pairs[i+1])
	}
	return m
}

// length returns the number of elements of an array input.
func length(r *Resource, key string) int {
	v := r.Inputs[resource.PropertyKey(key)]
	if !v.IsArray() {
		return 0
	}
	return len(v.ArrayValue())
}
