package bridge

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// Create creates a resource. A preview sends no request to Azure.
func (p *Provider) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	r, err := p.lookup(string(req.Type))
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if err := r.validate(ctx, value.Bare(req.Properties), nil); err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		return plugin.CreateResponse{Properties: r.preview(req.Properties)}, nil
	}
	inputs, err := value.PlainMap(req.Properties)
	if err != nil {
		return plugin.CreateResponse{}, fmt.Errorf("creating %s: %w", req.URN.Name(), err)
	}
	engine := ctx // ends with the engine's request
	ctx, done := p.operation(engine, req.Timeout)
	defer done()
	begun := false
	call := p.newCall(ctx, r, req.URN, inputs, &begun)
	live, err := r.Ops.Create(ctx, call)
	if err != nil {
		// The service refused the first request: there is nothing that a later run could take over.
		if refused(err) && begun {
			_ = p.journal.Forget(req.URN, "")
		}
		return plugin.CreateResponse{}, p.operationError(engine, r, req.URN, req.Properties, err)
	}
	if live.ID == call.BegunID {
		p.setTakenOver(live.ID)
	}
	p.setOwner(live.ID, req.URN)
	p.recordEnd(engine, req.URN, live.ID)
	return plugin.CreateResponse{
		ID: resource.ID(live.ID), Properties: r.state(live.Outputs, req.Properties), Status: resource.StatusOK,
	}, nil
}

// refused reports whether the service refused the request.
func refused(err error) bool {
	var accepted *AcceptedError
	if errors.As(err, &accepted) {
		return false
	}
	var r interface{ Refused() bool }
	return errors.As(err, &r) && r.Refused()
}

// newCall returns the Call of a Create with what the journal has of an interrupted run. It sets
// begun when the resource is requested and no earlier run has requested it.
func (p *Provider) newCall(
	ctx context.Context, r *Resource, urn resource.URN, inputs map[string]any, begun *bool,
) Call {
	c := Call{URN: urn, Inputs: inputs, Warnf: p.warner(ctx, urn)}
	if e, ok := p.journal.Find(urn); ok && !p.hasOwner(e.ID) {
		c.BegunID = e.ID
	}
	c.Begun = func(id string) bool {
		takeOver := !p.hasOwner(id) && p.journal.Begun(urn, id)
		if takeOver {
			p.setTakenOver(id)
		}
		return takeOver
	}
	c.Begin = func(id string) {
		*begun = *begun || !p.journal.Begun(urn, id)
		e := Entry{URN: urn, ID: id}
		if r.AutoName != nil {
			e.Name, _ = inputs[r.AutoName.Property].(string)
		}
		if err := p.journal.Write(e); err != nil {
			c.Warnf("%v; if this run is interrupted, the next one cannot take the resource over", err)
		}
	}
	return c
}

// recordEnd records the end of a creation, and that the engine gets the result, unless the engine's
// request has ended.
func (p *Provider) recordEnd(engine context.Context, urn resource.URN, id string) {
	e, ok := p.journal.Find(urn)
	if !ok {
		return
	}
	if !e.isAbout(id) {
		e.ID = id
	}
	e.Done = engine.Err() == nil
	// After a failure the entry stays as begun: the next run can take the resource over.
	_ = p.journal.Write(e)
}

func (p *Provider) warner(ctx context.Context, urn resource.URN) func(string, ...any) {
	return func(format string, args ...any) { p.log.warnf(ctx, urn, format, args...) }
}

// operationError returns the error of an operation for the engine: a plain error if the service
// refused the request, a partial state if it accepted it.
func (p *Provider) operationError(
	engine context.Context, r *Resource, urn resource.URN, inputs resource.PropertyMap, err error,
) error {
	var accepted *AcceptedError
	if !errors.As(err, &accepted) {
		return err
	}
	p.setOwner(accepted.ID, urn)
	p.recordEnd(engine, urn, accepted.ID)
	outputs := map[string]any{}
	if accepted.Live != nil {
		outputs = accepted.Live.Outputs
	}
	return initFailed(accepted, r.state(outputs, inputs), inputs)
}

// Update changes a resource in place. In a preview every output may change except the stable ones.
func (p *Provider) Update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	r, err := p.lookup(string(req.Type))
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	engine := ctx
	p.setOwner(string(req.ID), req.URN)
	if req.Preview {
		outputs := r.preview(req.NewInputs)
		for _, name := range r.StableOutputs {
			key := resource.PropertyKey(name)
			if v, ok := req.OldOutputs[key]; ok {
				outputs[key] = v
			}
		}
		return plugin.UpdateResponse{Properties: outputs}, nil
	}
	news := r.restored(req.NewInputs, req.OldOutputs)
	if r.Compare != nil {
		news = keepIgnored(news, req.OldOutputs, req.IgnoreChanges)
	}
	inputs, err := value.PlainMap(news)
	if err != nil {
		return plugin.UpdateResponse{}, fmt.Errorf("updating %s: %w", req.URN.Name(), err)
	}
	ctx, done := p.operation(ctx, req.Timeout)
	defer done()
	live, err := r.Ops.Update(ctx, string(req.ID), Call{
		URN: req.URN, Inputs: inputs, OldInputs: plainParts(req.OldInputs), Outputs: plainParts(req.OldOutputs),
		Warnf: p.warner(ctx, req.URN),
	})
	if err != nil {
		return plugin.UpdateResponse{}, p.operationError(engine, r, req.URN, news, err)
	}
	return plugin.UpdateResponse{
		Properties: r.state(live.Outputs, news), Status: resource.StatusOK,
	}, nil
}

// Delete removes a resource.
func (p *Provider) Delete(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	r, err := p.lookup(string(req.Type))
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	if p.isTakenOver(string(req.ID)) {
		// The engine deletes a resource whose replacement is the same resource: an interrupted run
		// had begun it, and this run took it over. A deletion now would delete the replacement.
		p.warner(ctx, req.URN)("%s was taken over by this run, and is not deleted", req.ID)
		return plugin.DeleteResponse{}, nil
	}
	ctx, done := p.operation(ctx, req.Timeout)
	defer done()
	err = r.Ops.Delete(ctx, string(req.ID), Call{
		URN: req.URN, Inputs: plainParts(req.Inputs), Outputs: plainParts(req.Outputs), Warnf: p.warner(ctx, req.URN),
	})
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	p.removeOwner(string(req.ID))
	return plugin.DeleteResponse{}, p.journal.Forget(req.URN, string(req.ID))
}

// plainParts returns the members of a state that are plain values. A state has unknown values only
// after a failure.
func plainParts(m resource.PropertyMap) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		if p, err := value.Plain(v); err == nil && p != nil {
			out[string(k)] = p
		}
	}
	return out
}

// inputsInState is the output in which azure-native v2 keeps the last inputs, as a secret. The
// engine has kept the inputs itself since then, so that v3 has no such output.
const inputsInState resource.PropertyKey = "__inputs"

// state returns the outputs to store: the parts of a service's answer that the SDK has, and what
// the provider itself adds. Nothing is marked as secret but what the provider marks: the engine
// marks the outputs of inputs that the program has marked, because the provider does not accept
// secrets (Handshake).
func (r *Resource) state(outputs map[string]any, inputs resource.PropertyMap) resource.PropertyMap {
	projected, _ := r.Outputs.Project(outputs).(map[string]any)
	res := value.FromMap(projected)
	if id, ok := outputs["id"].(string); ok {
		res["id"] = resource.NewStringProperty(id)
	}
	if r.KeepsInputs {
		res[inputsInState] = resource.MakeSecret(resource.NewObjectProperty(value.Bare(inputs)))
	}
	for name, v := range r.Constants {
		res[resource.PropertyKey(name)] = value.From(v)
	}
	for _, name := range r.Nulls {
		if key := resource.PropertyKey(name); !res.HasValue(key) {
			res[key] = resource.NewNullProperty()
		}
	}
	for _, path := range r.SecretOutputs {
		res = value.MarkSecret(res, path)
	}
	return res
}

// restored returns the inputs of an update with the default of each property in Restore that the
// program no longer sets and the resource has, because Azure takes its absence as "no change".
func (r *Resource) restored(inputs, outputs resource.PropertyMap) resource.PropertyMap {
	for name, standard := range r.Restore {
		if key := resource.PropertyKey(name); !inputs.HasValue(key) && outputs.HasValue(key) {
			inputs = inputs.Copy()
			inputs[key] = value.From(standard)
		}
	}
	return inputs
}

// preview returns the outputs in a preview; the ID is one of them.
func (r *Resource) preview(inputs resource.PropertyMap) resource.PropertyMap {
	outputs := preview(r.Outputs, inputs)
	outputs["id"] = value.Unknown()
	return outputs
}

// preview returns the outputs of a resource that does not exist yet: the inputs, and unknown values
// for the rest, at every level. A program sees the issuer of a new cluster as unknown, not as
// empty.
func preview(outputs *schema.Type, inputs resource.PropertyMap) resource.PropertyMap {
	res := resource.PropertyMap{}
	for _, f := range outputs.Fields() {
		key := resource.PropertyKey(f.Name)
		v, ok := inputs[key]
		if !ok {
			res[key] = value.Unknown()
			continue
		}
		res[key] = previewValue(f.Type, v)
	}
	return res
}

func previewValue(t *schema.Type, v resource.PropertyValue) resource.PropertyValue {
	inner, secret, isKnown := value.Unwrap(v)
	switch {
	case !isKnown:
		inner = value.Unknown()
	case t.Kind == schema.Object && inner.IsObject():
		inner = resource.NewObjectProperty(preview(t, inner.ObjectValue()))
	case t.Kind == schema.Array && inner.IsArray():
		items := make([]resource.PropertyValue, len(inner.ArrayValue()))
		for i, item := range inner.ArrayValue() {
			items[i] = previewValue(t.Elem, item)
		}
		inner = resource.NewArrayProperty(items)
	case t.Kind == schema.Map && inner.IsObject():
		items := make(resource.PropertyMap, len(inner.ObjectValue()))
		for k, item := range inner.ObjectValue() {
			items[k] = previewValue(t.Elem, item)
		}
		inner = resource.NewObjectProperty(items)
	case t.Kind == schema.Map || t.Kind == schema.Object:
		// A list of identities becomes an object with their IDs; all of it is unknown.
		inner = value.Unknown()
	}
	if secret {
		return resource.MakeSecret(inner)
	}
	return inner
}
