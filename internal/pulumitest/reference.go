package pulumitest

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// stackReferenceType is the type of a reference to another stack, the one resource that programs
// here read instead of registering it.
const stackReferenceType = "pulumi:pulumi:StackReference"

// ReadResource answers a reference to another stack with its outputs, as the engine does: from the
// other stack's state, known even in a preview.
func (m monitor) ReadResource(_ context.Context, in *pulumirpc.ReadResourceRequest) (*pulumirpc.ReadResourceResponse, error) {
	if in.GetType() != stackReferenceType {
		return nil, fmt.Errorf("no fake for reading %s (%q)", in.GetType(), in.GetName())
	}
	inputs, err := plugin.UnmarshalProperties(in.GetProperties(), keepAll)
	if err != nil {
		return nil, err
	}
	stack := inputs["name"].StringValue()
	outputs, ok := m.rec.stacks[stack]
	if !ok {
		return nil, fmt.Errorf("unknown stack %q", stack)
	}
	var secrets []resource.PropertyValue
	for name, value := range outputs {
		if value.IsSecret() {
			secrets = append(secrets, resource.NewProperty(string(name)))
		}
	}
	state := resource.PropertyMap{
		"name": resource.NewProperty(stack), "outputs": resource.NewProperty(outputs), "secretOutputNames": resource.NewProperty(secrets),
	}
	urn := urnOf(in.GetParent(), in.GetType(), in.GetName())
	m.rec.read(&Resource{
		URN: urn, Type: in.GetType(), Name: in.GetName(), ID: in.GetId(), Custom: true, Parent: in.GetParent(),
		Inputs: inputs, Outputs: state, PropertyDeps: map[string][]string{}, Request: &pulumirpc.RegisterResourceRequest{},
	})
	properties, err := marshal(state)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.ReadResourceResponse{Urn: urn, Properties: properties}, nil
}

// read records a resource that the program read.
func (m *recorder) read(r *Resource) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.resources[r.URN] = r
}
