package fake

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// newThing is a resource that is about to be created.
func (w *World) newThing(k *kind, inputs resource.PropertyMap) *thing {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.serial++
	t := &thing{kind: k, serial: w.serial}
	if k.numbered != "" {
		t.id = k.numbered + t.guid("object")
		return t
	}
	t.id = k.id(inputs)
	return t
}

// shelf is where things of a kind are kept: in Azure, or in the cluster that the provider reaches.
func (p *provider) shelf(k *kind) (map[string]*thing, error) {
	if !k.inCluster {
		return p.world.azure, nil
	}
	for _, t := range p.world.azure {
		if t.inside != nil && p.server != "" && server(t) == p.server {
			return t.inside, nil
		}
	}
	return nil, fmt.Errorf("configured Kubernetes cluster is unreachable: no API server answers at %q", p.server)
}

func (p *provider) put(t *thing, inputs resource.PropertyMap) error {
	shelf, err := p.shelf(t.kind)
	if err != nil {
		return err
	}
	key := t.kind.key(t.id)
	if have := shelf[key]; have != nil {
		if !t.kind.upsert {
			return fmt.Errorf("cannot create already existing resource %q", t.id)
		}
		*t = *have // somebody else's object becomes this one
	}
	if err := t.kind.allowed(p.world, shelf, nil, t.id, inputs); err != nil {
		return err
	}
	t.settle(inputs)
	shelf[key] = t
	if t.kind.made != nil {
		t.kind.made(shelf, t)
	}
	return nil
}

func (p *provider) patch(k *kind, id string, inputs resource.PropertyMap) (resource.PropertyMap, error) {
	shelf, err := p.shelf(k)
	if err != nil {
		return nil, err
	}
	t := shelf[k.key(id)]
	if t == nil {
		return nil, fmt.Errorf("%s is not there to be updated", id)
	}
	if err := k.allowed(p.world, shelf, t, id, inputs); err != nil {
		return nil, err
	}
	t.settle(inputs)
	return t.state, nil
}

// settle takes over inputs, and computes what the server adds.
func (t *thing) settle(inputs resource.PropertyMap) {
	t.inputs, t.state = inputs, inputs.Copy()
	if t.kind.outputs == nil {
		return
	}
	for k, v := range t.kind.outputs(t) {
		t.state[k] = v
	}
}

func (p *provider) remove(k *kind, id string) error {
	shelf, err := p.shelf(k)
	if err != nil {
		return err
	}
	t := shelf[k.key(id)]
	if t == nil || k.patch {
		return nil
	}
	if k.held != nil {
		if err := k.held(shelf, t); err != nil {
			return err
		}
	}
	delete(shelf, k.key(id))
	for other, o := range shelf {
		if o.within(t) {
			delete(shelf, other)
		}
	}
	return nil
}

// within reports whether a thing goes when another one goes.
func (t *thing) within(other *thing) bool {
	if other.kind.token == "kubernetes:core/v1:Namespace" {
		return strings.HasPrefix(strings.ToLower(t.id), strings.ToLower(other.id)+"/")
	}
	return !t.kind.inCluster && t.kind.token != "azure-native:authorization:RoleAssignment" &&
		strings.HasPrefix(strings.ToLower(t.id), strings.ToLower(other.id)+"/")
}

// read returns what is there now. What differs from the state that the engine has is carried into the inputs, as the
// real providers do.
func (p *provider) read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	k, err := lookup(string(req.URN.Type()))
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	shelf, err := p.shelf(k)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	t := shelf[k.key(string(req.ID))]
	if t == nil {
		return plugin.ReadResponse{}, nil
	}
	if req.Inputs == nil {
		return plugin.ReadResponse{}, errors.New("the fakes do not import")
	}
	inputs := req.Inputs.Copy()
	for _, key := range changes(req.State, t.state) {
		if _, given := inputs[key]; given {
			inputs[key] = t.state[key]
		}
	}
	return plugin.ReadResponse{
		ReadResult: plugin.ReadResult{ID: resource.ID(t.id), Inputs: inputs, Outputs: t.state},
		Status:     resource.StatusOK,
	}, nil
}
