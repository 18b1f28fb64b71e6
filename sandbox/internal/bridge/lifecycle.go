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

// Create makes a resource. In a preview nothing is asked of Azure.
func (p *Provider) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	r, err := p.lookup(string(req.Type))
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		return plugin.CreateResponse{Properties: preview(r.Outputs, req.Properties)}, nil
	}
	inputs, err := value.PlainMap(req.Properties)
	if err != nil {
		return plugin.CreateResponse{}, fmt.Errorf("creating %s: %w", req.URN.Name(), err)
	}
	engine := ctx // ends when the engine is gone
	ctx, done := p.operation(engine, req.Timeout)
	defer done()
	begun := false
	call := p.creation(ctx, r, req.URN, inputs, &begun)
	live, err := r.Ops.Create(ctx, call)
	if err != nil {
		// The service refused what it was asked for the first time: there is nothing to take over.
		if refused(err) && begun {
			_ = p.journal.Forget(req.URN, "")
		}
		return plugin.CreateResponse{}, p.failed(engine, r, req.URN, req.Properties, err)
	}
	if live.ID == call.BegunID {
		p.adopt(live.ID)
	}
	p.own(live.ID, req.URN)
	p.told(engine, req.URN, live.ID)
	return plugin.CreateResponse{
		ID: resource.ID(live.ID), Properties: state(r, live.Outputs, req.Properties), Status: resource.StatusOK,
	}, nil
}

// refused reports whether the service answered that it will not do what was asked.
func refused(err error) bool {
	var accepted *AcceptedError
	if errors.As(err, &accepted) {
		return false
	}
	var r interface{ Refused() bool }
	return errors.As(err, &r) && r.Refused()
}

// creation is the Call of a Create: it carries what the journal knows of an interrupted run. begun becomes true when
// the resource is asked for and no earlier run had asked for it.
func (p *Provider) creation(
	ctx context.Context, r *Resource, urn resource.URN, inputs map[string]any, begun *bool,
) Call {
	c := Call{URN: urn, Inputs: inputs, Warnf: p.warner(ctx, urn)}
	if e, ok := p.journal.Find(urn); ok && !p.isOwned(e.ID) {
		c.BegunID = e.ID
	}
	c.Begun = func(id string) bool {
		ours := !p.isOwned(id) && p.journal.Begun(urn, id)
		if ours {
			p.adopt(id)
		}
		return ours
	}
	c.Begin = func(id string) {
		*begun = *begun || !p.journal.Begun(urn, id)
		e := Entry{URN: urn, ID: id}
		if r.AutoName != nil {
			e.Name, _ = inputs[r.AutoName.Property].(string)
		}
		if err := p.journal.Write(e); err != nil {
			c.Warnf("%v; if this run is interrupted, the next one cannot take over", err)
		}
	}
	return c
}

// told notes the end of a creation, and that the engine is being told of it, unless the engine is gone.
func (p *Provider) told(engine context.Context, urn resource.URN, id string) {
	e, ok := p.journal.Find(urn)
	if !ok {
		return
	}
	if !e.isAbout(id) {
		e.ID = id
	}
	e.Done = engine.Err() == nil
	// A failure leaves the entry as begun, which only means that the next run could take the resource over.
	_ = p.journal.Write(e)
}

func (p *Provider) warner(ctx context.Context, urn resource.URN) func(string, ...any) {
	return func(format string, args ...any) { p.log.warnf(ctx, urn, format, args...) }
}

// failed turns an operation's error into what the engine must hear: a plain error if the service refused, a partial
// state if it took the request on.
func (p *Provider) failed(
	engine context.Context, r *Resource, urn resource.URN, inputs resource.PropertyMap, err error,
) error {
	var accepted *AcceptedError
	if !errors.As(err, &accepted) {
		return err
	}
	p.own(accepted.ID, urn)
	p.told(engine, urn, accepted.ID)
	outputs := map[string]any{}
	if accepted.Live != nil {
		outputs = accepted.Live.Outputs
	}
	return partial(accepted, state(r, outputs, inputs), inputs)
}

// Update changes a resource in place. In a preview every output but the stable ones may change.
func (p *Provider) Update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	r, err := p.lookup(string(req.Type))
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	engine := ctx
	p.own(string(req.ID), req.URN)
	if req.Preview {
		outputs := preview(r.Outputs, req.NewInputs)
		for _, name := range r.StableOutputs {
			key := resource.PropertyKey(name)
			if v, ok := req.OldOutputs[key]; ok {
				outputs[key] = v
			}
		}
		return plugin.UpdateResponse{Properties: outputs}, nil
	}
	inputs, err := value.PlainMap(req.NewInputs)
	if err != nil {
		return plugin.UpdateResponse{}, fmt.Errorf("updating %s: %w", req.URN.Name(), err)
	}
	ctx, done := p.operation(ctx, req.Timeout)
	defer done()
	live, err := r.Ops.Update(ctx, string(req.ID), Call{
		URN: req.URN, Inputs: inputs, OldInputs: known(req.OldInputs), Outputs: known(req.OldOutputs),
		Warnf: p.warner(ctx, req.URN),
	})
	if err != nil {
		return plugin.UpdateResponse{}, p.failed(engine, r, req.URN, req.NewInputs, err)
	}
	return plugin.UpdateResponse{
		Properties: state(r, live.Outputs, req.NewInputs), Status: resource.StatusOK,
	}, nil
}

// Delete removes a resource.
func (p *Provider) Delete(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	r, err := p.lookup(string(req.Type))
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	if p.isAdopted(string(req.ID)) {
		// The engine replaces a resource whose successor turned out to be the same one: an interrupted run had begun
		// it, and this run took it over. Deleting it now would delete the successor.
		p.warner(ctx, req.URN)("%s was taken over by this run, and is not deleted", req.ID)
		return plugin.DeleteResponse{}, nil
	}
	ctx, done := p.operation(ctx, req.Timeout)
	defer done()
	err = r.Ops.Delete(ctx, string(req.ID), Call{
		URN: req.URN, Inputs: known(req.Inputs), Outputs: known(req.Outputs), Warnf: p.warner(ctx, req.URN),
	})
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	p.disown(string(req.ID))
	return plugin.DeleteResponse{}, p.journal.Forget(req.URN, string(req.ID))
}

// known returns the parts of a state that are plain values. A state holds unknowns only after a failure.
func known(m resource.PropertyMap) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		if p, err := value.Plain(v); err == nil && p != nil {
			out[string(k)] = p
		}
	}
	return out
}

// state turns a service's answer into the outputs to keep: what the SDK knows of it, with the secrets marked.
func state(r *Resource, outputs map[string]any, inputs resource.PropertyMap) resource.PropertyMap {
	projected, _ := r.Outputs.Project(outputs).(map[string]any)
	res := value.CopySecrets(r.own(value.FromMap(projected), inputs), inputs)
	for _, path := range r.SecretOutputs {
		res = value.MarkSecret(res, path)
	}
	return res
}

// preview returns what can be said of the outputs before the resource exists: the inputs, and unknown for the rest,
// at every level. A program thus sees the issuer of a cluster-to-be as unknown, not as empty.
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
		// A list of identities goes in, an object with their ids comes out: nothing of it is known yet.
		inner = value.Unknown()
	}
	if secret {
		return resource.MakeSecret(inner)
	}
	return inner
}
