package bridge

import (
	"context"
	"errors"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// Read returns a resource for a refresh, an import or a get. An empty ID means that it does not
// exist.
func (p *Provider) Read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	r, err := p.lookup(string(req.Type))
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	ctx, done := p.operation(ctx, 0)
	defer done()
	live, err := read(ctx, r.Ops, req)
	if errors.Is(err, ErrNotFound) {
		return plugin.ReadResponse{}, nil
	}
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	p.setOwner(live.ID, req.URN)
	inputs := req.Inputs
	if len(req.Inputs) == 0 {
		projected, _ := r.Inputs.Project(live.Inputs).(map[string]any)
		inputs = value.FromMap(projected)
	} else if len(req.State) > 0 {
		inputs = drift(r, req.Inputs, req.State, live.Outputs)
	}
	for _, path := range r.SecretInputs {
		inputs = value.MarkSecret(inputs, path)
	}
	return plugin.ReadResponse{
		ReadResult: plugin.ReadResult{
			ID: resource.ID(live.ID), Inputs: inputs, Outputs: state(r, live.Outputs, inputs),
		},
		Status: resource.StatusOK,
	}, nil
}

func read(ctx context.Context, o Ops, req plugin.ReadRequest) (Live, error) {
	s, ok := o.(StateReader)
	if !ok {
		return o.Read(ctx, string(req.ID))
	}
	state := plainParts(req.Inputs)
	if len(state) == 0 {
		state = plainParts(req.State)
	}
	return s.ReadState(ctx, string(req.ID), state)
}

// drift returns the inputs with what has changed in Azure since the last update. Inputs cannot be
// read back, and most of what Azure returns are its own defaults. So the earlier and the present
// outputs are compared, both reduced to properties that are inputs, and only the differences are
// applied to the inputs. What cannot be read, such as a secret's value, stays.
func drift(r *Resource, inputs, oldState resource.PropertyMap, outputs map[string]any) resource.PropertyMap {
	projectedNow, _ := r.Outputs.Project(outputs).(map[string]any)
	now := asInputs(r.Inputs, projectedNow)
	then := asInputs(r.Inputs, plainParts(oldState))
	diff := r.withoutOthers(then, inputs).Diff(r.withoutOthers(now, inputs))
	if diff == nil {
		return inputs
	}
	return overlay(inputs, diff)
}

// withoutOthers returns the values without those that other resources write (OthersWrite), unless
// the inputs set them.
func (r *Resource) withoutOthers(values, inputs resource.PropertyMap) resource.PropertyMap {
	for _, path := range r.OthersWrite {
		if steps := strings.Split(path, "."); !has(inputs, steps) {
			values = without(values, steps)
		}
	}
	return values
}

func has(m resource.PropertyMap, steps []string) bool {
	v, _, known := value.Unwrap(m[resource.PropertyKey(steps[0])])
	switch {
	case len(steps) == 1:
		return !known || !v.IsNull()
	case !known:
		return true
	}
	return v.IsObject() && has(v.ObjectValue(), steps[1:])
}

func without(m resource.PropertyMap, steps []string) resource.PropertyMap {
	key := resource.PropertyKey(steps[0])
	v, ok := m[key]
	if !ok {
		return m
	}
	out := m.Copy()
	switch {
	case len(steps) == 1:
		delete(out, key)
	case v.IsObject():
		out[key] = resource.NewObjectProperty(without(v.ObjectValue(), steps[1:]))
	}
	return out
}

func asInputs(t *schema.Type, outputs map[string]any) resource.PropertyMap {
	projected, _ := t.Project(outputs).(map[string]any)
	return value.FromMap(projected)
}

// overlay applies a difference of outputs to inputs, property by property, so that Azure's defaults
// beside a changed property do not become inputs.
func overlay(inputs resource.PropertyMap, diff *resource.ObjectDiff) resource.PropertyMap {
	out := resource.PropertyMap{}
	for k, v := range inputs {
		if !diff.Deleted(k) {
			out[k] = v
		}
	}
	for k, v := range diff.Adds {
		out[k] = v
	}
	for k, u := range diff.Updates {
		old, ok := inputs[k]
		if !ok {
			out[k] = u.New
			continue
		}
		inner, secret, isKnown := value.Unwrap(old)
		v := u.New
		if isKnown {
			v = overlayValue(inner, u)
		}
		if secret {
			v = resource.MakeSecret(v)
		}
		out[k] = v
	}
	return out
}

func overlayValue(input resource.PropertyValue, u resource.ValueDiff) resource.PropertyValue {
	switch {
	case u.Object != nil && input.IsObject():
		return resource.NewObjectProperty(overlay(input.ObjectValue(), u.Object))
	case u.Array != nil && input.IsArray() && u.New.IsArray():
		news, olds := u.New.ArrayValue(), input.ArrayValue()
		items := make([]resource.PropertyValue, len(news))
		for i, item := range news {
			items[i] = item
			if i >= len(olds) {
				continue
			}
			if change, changed := u.Array.Updates[i]; changed {
				items[i] = overlayValue(value.BareValue(olds[i]), change)
			} else if _, added := u.Array.Adds[i]; !added {
				items[i] = olds[i]
			}
		}
		return resource.NewArrayProperty(items)
	}
	return u.New
}
