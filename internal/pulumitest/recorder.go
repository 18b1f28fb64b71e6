package pulumitest

import (
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// Project and Stack are the names under which programs run.
const (
	Project = "project"
	Stack   = "test"
)

// Call is an invoke.
type Call struct {
	Token    string
	Args     resource.PropertyMap
	Provider string
	// Version is the provider's version that the program asks for.
	Version string
}

// recorder keeps what one run did. Registrations arrive from many goroutines.
type recorder struct {
	fakes  Fakes
	dryRun bool
	// stacks are the outputs of the stacks that the program may refer to.
	stacks map[string]resource.PropertyMap

	mu         sync.Mutex
	resources  map[string]*Resource
	calls      []Call
	outputs    map[string][]resource.PropertyMap
	violations []string
}

// register answers a registration with the type's fake, and records it.
func (m *recorder) register(r *Resource) error {
	if err := m.answer(r); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, exists := m.resources[r.URN]; exists {
		m.violations = append(m.violations, "duplicate URN "+r.URN)
	}
	m.resources[r.URN] = r
	return nil
}

// answer fills in what the provider would.
func (m *recorder) answer(r *Resource) error {
	if !r.Custom {
		return nil
	}
	fake, ok := m.fakes.Resources[r.Type]
	if !ok && r.isProvider() {
		fake, ok = FakeResource{State: providerState}, true
	}
	if !ok {
		return fmt.Errorf("no fake for resource type %s (%q): add one, nothing is echoed", r.Type, r.Name)
	}
	if err := fake.check(r); err != nil {
		return err
	}
	id, state, err := fake.State(r)
	if err != nil && !r.Inputs.ContainsUnknowns() {
		return fmt.Errorf("%s %q: %w", r.Type, r.Name, err)
	}
	r.Outputs = r.Inputs.Copy()
	for key, value := range state {
		r.Outputs[key] = value
	}
	if !m.dryRun || r.isProvider() || fake.Exists {
		r.ID = id
		return nil
	}
	// What a preview knows of a new resource: its inputs.
	for key, value := range r.Outputs {
		r.Outputs[key] = previewed(r.Inputs[key], value)
	}
	return nil
}

// previewed returns what a preview shows of an output: as much as the input says, and the rest as
// unknown.
func previewed(input, output resource.PropertyValue) resource.PropertyValue {
	if input.IsNull() {
		return resource.MakeComputed(resource.NewProperty(""))
	}
	if input.IsArray() && output.IsObject() {
		// Ids go in as a list and come back as a map, as of user-assigned identities; the provider
		// shows such an output as unknown.
		return resource.MakeComputed(resource.NewProperty(""))
	}
	if !input.IsObject() || !output.IsObject() {
		return input
	}
	merged := input.ObjectValue().Copy()
	for key, value := range output.ObjectValue() {
		merged[key] = previewed(merged[key], value)
	}
	return resource.NewProperty(merged)
}

// call records an invoke and answers with its fake.
func (m *recorder) call(c Call) (resource.PropertyMap, error) {
	m.mu.Lock()
	m.calls = append(m.calls, c)
	m.mu.Unlock()

	fake, ok := m.fakes.Calls[c.Token]
	if !ok {
		return nil, fmt.Errorf("no fake for function %s: add one", c.Token)
	}
	return fake(c.Args)
}

// finish records the outputs of a component, or of the stack.
func (m *recorder) finish(urn string, outputs resource.PropertyMap) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.outputs[urn] = append(m.outputs[urn], outputs)
}

// urnOf returns the URN that the engine would give.
func urnOf(parent, typ, name string) string {
	parentType := tokens.Type("")
	if p := resource.URN(parent); p != "" && p.QualifiedType() != resource.RootStackType {
		parentType = p.QualifiedType()
	}
	return string(resource.NewURN(Stack, Project, parentType, tokens.Type(typ), name))
}

func isStack(urn string) bool {
	return urn == "" || resource.URN(urn).QualifiedType() == resource.RootStackType
}
