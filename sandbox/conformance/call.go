package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

// call is one request to a provider.
type call struct {
	*replay
	server pulumirpc.ResourceProviderServer
	step   Step
	known  *known
}

func (c call) urn() string {
	return "urn:pulumi:test::conformance::" + c.step.Type + "::" + c.step.Name
}

func (c call) do() (answer, error) {
	s := c.step
	if s.ID != "" {
		c.known.id = s.ID
	}
	if s.OldInputs != nil {
		c.known.inputs = propertyMap(s.OldInputs)
	}
	if s.State != nil {
		c.known.outputs = propertyMap(s.State)
	}
	switch s.Do {
	case "read", "import":
		return c.read()
	case "delete":
		return c.delete()
	}
	news := propertyMap(s.Inputs)
	if s.Inputs == nil {
		news = c.known.inputs
	}
	if s.OldInputs == nil {
		checked, failures, err := c.check(news)
		if err != nil || s.Do == "check" {
			return answer{inputs: checked, failures: failures}, err
		}
		if len(failures) > 0 {
			return answer{}, fmt.Errorf("the check failed: %s", strings.Join(failures, "; "))
		}
		news = checked
	}
	switch s.Do {
	case "diff":
		return c.diff(news)
	case "update":
		return c.update(news, false)
	case "preview":
		if c.known.id != "" {
			return c.update(news, true)
		}
		return c.create(news, true)
	}
	return c.create(news, false)
}

func marshal(m resource.PropertyMap) *structpb.Struct {
	out, err := plugin.MarshalProperties(m, wire)
	if err != nil {
		panic(err) // the values come from YAML, which has nothing that cannot be marshalled
	}
	return out
}

func unmarshal(s *structpb.Struct) (resource.PropertyMap, error) {
	return plugin.UnmarshalProperties(s, wire)
}

func (c call) check(news resource.PropertyMap) (resource.PropertyMap, []string, error) {
	res, err := c.server.Check(c.ctx, &pulumirpc.CheckRequest{
		Urn: c.urn(), Name: c.step.Name, Type: c.step.Type, Olds: marshal(c.known.inputs), News: marshal(news),
		RandomSeed: []byte(c.step.Name + " of a conformance case, 32 bytes")[:32],
	})
	if err != nil {
		return nil, nil, err
	}
	var failures []string
	for _, f := range res.Failures {
		failures = append(failures, f.Reason)
	}
	slices.Sort(failures)
	checked, err := unmarshal(res.Inputs)
	return checked, failures, err
}

func (c call) diff(news resource.PropertyMap) (answer, error) {
	res, err := c.server.Diff(c.ctx, &pulumirpc.DiffRequest{
		Id: c.known.id, Urn: c.urn(), Name: c.step.Name, Type: c.step.Type,
		Olds: marshal(c.known.outputs), OldInputs: marshal(c.known.inputs), News: marshal(news),
	})
	return answer{diff: res}, err
}

func (c call) create(news resource.PropertyMap, preview bool) (answer, error) {
	res, err := c.server.Create(c.ctx, &pulumirpc.CreateRequest{
		Urn: c.urn(), Name: c.step.Name, Type: c.step.Type, Properties: marshal(news), Preview: preview,
	})
	if err != nil {
		return answer{}, err
	}
	outputs, err := unmarshal(res.Properties)
	if !preview {
		c.known.id, c.known.inputs, c.known.outputs = res.Id, news, outputs
	}
	return answer{id: res.Id, inputs: news, outputs: outputs}, err
}

func (c call) update(news resource.PropertyMap, preview bool) (answer, error) {
	res, err := c.server.Update(c.ctx, &pulumirpc.UpdateRequest{
		Id: c.known.id, Urn: c.urn(), Name: c.step.Name, Type: c.step.Type, Preview: preview,
		Olds: marshal(c.known.outputs), OldInputs: marshal(c.known.inputs), News: marshal(news),
	})
	if err != nil {
		return answer{}, err
	}
	outputs, err := unmarshal(res.Properties)
	if !preview {
		c.known.inputs, c.known.outputs = news, outputs
	}
	return answer{id: c.known.id, inputs: news, outputs: outputs}, err
}

func (c call) read() (answer, error) {
	req := &pulumirpc.ReadRequest{Id: c.known.id, Urn: c.urn(), Name: c.step.Name, Type: c.step.Type}
	if c.step.Do == "read" {
		req.Properties, req.Inputs = marshal(c.known.outputs), marshal(c.known.inputs)
	}
	res, err := c.server.Read(c.ctx, req)
	if err != nil {
		return answer{}, err
	}
	inputs, err := unmarshal(res.Inputs)
	if err != nil {
		return answer{}, err
	}
	outputs, err := unmarshal(res.Properties)
	if res.Id != "" {
		c.known.id, c.known.inputs, c.known.outputs = res.Id, inputs, outputs
	}
	return answer{id: res.Id, inputs: inputs, outputs: outputs}, err
}

func (c call) delete() (answer, error) {
	_, err := c.server.Delete(c.ctx, &pulumirpc.DeleteRequest{
		Id: c.known.id, Urn: c.urn(), Name: c.step.Name, Type: c.step.Type,
		Properties: marshal(c.known.outputs), OldInputs: marshal(c.known.inputs),
	})
	return answer{}, err
}
