package bridge

import (
	"context"
	"errors"
	"maps"
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
	var inputs resource.PropertyMap
	outputs := live.Outputs
	if len(req.Inputs) == 0 {
		projected, _ := r.Inputs.Project(live.Inputs).(map[string]any)
		inputs = value.FromMap(projected)
		for name, v := range live.Inputs {
			if strings.HasPrefix(name, "__") {
				inputs[resource.PropertyKey(name)] = value.From(v)
			}
		}
	} else if r.Refresh == nil {
		outputs = r.resetOthers(outputs, req.Inputs)
		inputs = drift(r, value.Bare(req.Inputs), value.Bare(req.State), outputs)
	} else {
		inputs = r.Refresh(value.Bare(req.Inputs), r.state(outputs, nil))
	}
	return plugin.ReadResponse{
		ReadResult: plugin.ReadResult{ID: resource.ID(live.ID), Inputs: inputs, Outputs: r.state(outputs, inputs)},
		Status:     resource.StatusOK,
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
//
// azure-native does the same (Read and applyDiff in provider/pkg/provider).
func drift(r *Resource, inputs, oldState resource.PropertyMap, outputs map[string]any) resource.PropertyMap {
	projectedNow, _ := r.Outputs.Project(outputs).(map[string]any)
	then := asInputs(r.Inputs, plainParts(r.withoutRestored(oldState)))
	return overlay(inputs, then, asInputs(r.Inputs, projectedNow))
}

// withoutRestored returns a state without the properties that an update has restored to their
// defaults (Restore), because the program no longer sets them.
func (r *Resource) withoutRestored(state resource.PropertyMap) resource.PropertyMap {
	last, _, _ := value.Unwrap(state[inputsInState])
	for name, standard := range r.Restore {
		key := resource.PropertyKey(name)
		if !last.IsObject() || !last.ObjectValue().HasValue(key) || !state[key].DeepEquals(value.From(standard)) {
			continue
		}
		state = state.Copy()
		delete(state, key)
	}
	return state
}

// resetOthers returns the outputs with an empty list for each property that other resources write
// (OthersWrite) and the inputs do not set.
func (r *Resource) resetOthers(outputs map[string]any, inputs resource.PropertyMap) map[string]any {
	for _, path := range r.OthersWrite {
		if steps := strings.Split(path, "."); !has(inputs, steps) {
			outputs = with(outputs, steps, []any{})
		}
	}
	return outputs
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

// with returns a copy of an object with a value at a path.
func with(m map[string]any, steps []string, v any) map[string]any {
	out := maps.Clone(m)
	if out == nil {
		out = map[string]any{}
	}
	if len(steps) > 1 {
		inner, _ := m[steps[0]].(map[string]any)
		v = with(inner, steps[1:], v)
	}
	out[steps[0]] = v
	return out
}

func asInputs(t *schema.Type, outputs map[string]any) resource.PropertyMap {
	projected, _ := t.Project(outputs).(map[string]any)
	return value.FromMap(projected)
}

// overlay applies the difference between two outputs to inputs, property by property, so that
// Azure's defaults beside a changed property do not become inputs.
func overlay(inputs, then, now resource.PropertyMap) resource.PropertyMap {
	diff := then.Diff(now)
	if diff == nil {
		return inputs
	}
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
		out[k] = u.New
		if old, ok := inputs[k]; ok {
			out[k] = overlayValue(old, u.Old, u.New)
		}
	}
	return out
}

// overlayValue returns an input after a change of the output that belongs to it. In a list that has
// changed, every text is spelt as Azure spells it, also those of unchanged elements.
func overlayValue(input, then, now resource.PropertyValue) resource.PropertyValue {
	switch {
	case input.IsObject() && then.IsObject() && now.IsObject():
		return resource.NewObjectProperty(overlay(input.ObjectValue(), then.ObjectValue(), now.ObjectValue()))
	case input.IsArray() && then.IsArray() && now.IsArray():
		inputs, olds := input.ArrayValue(), then.ArrayValue()
		items := make([]resource.PropertyValue, len(now.ArrayValue()))
		for i, item := range now.ArrayValue() {
			items[i] = item
			if i < len(inputs) && i < len(olds) {
				items[i] = overlayValue(inputs[i], olds[i], item)
			}
		}
		return resource.NewArrayProperty(items)
	}
	return now
}
