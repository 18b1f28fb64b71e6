package fake

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// newThing returns a resource with its id, which put then stores.
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

// store returns where resources of a kind are kept: Azure and Entra, or the cluster with which the
// provider is configured.
func (p *provider) store(k *kind) (map[string]*thing, error) {
	if !k.inCluster {
		return p.world.azure, nil
	}
	for _, t := range p.world.azure {
		if t.inside == nil || p.server == "" || server(t) != p.server {
			continue
		}
		if p.token != token(t) {
			return nil, fmt.Errorf("configured Kubernetes cluster is unreachable: %s: Unauthorized", p.server)
		}
		return t.inside, nil
	}
	return nil, fmt.Errorf("configured Kubernetes cluster is unreachable: no API server answers at %q", p.server)
}

func (p *provider) put(t *thing, inputs resource.PropertyMap) error {
	store, err := p.store(t.kind)
	if err != nil {
		return err
	}
	key := t.kind.key(t.id)
	if have := store[key]; have != nil {
		if !t.kind.upsert {
			return fmt.Errorf("cannot create already existing resource %q", t.id)
		}
		*t = *have // server-side apply updates the object that exists
	}
	if err := p.world.guarded(t.kind, store, nil, inputs); err != nil {
		return err
	}
	if err := t.kind.allowed(p.world, store, nil, t.id, inputs); err != nil {
		return err
	}
	t.settle(inputs)
	store[key] = t
	if t.kind.onCreate != nil {
		t.kind.onCreate(store, t)
	}
	return nil
}

func (p *provider) patch(k *kind, id string, inputs resource.PropertyMap) (resource.PropertyMap, error) {
	store, err := p.store(k)
	if err != nil {
		return nil, err
	}
	t := store[k.key(id)]
	if t == nil {
		return nil, fmt.Errorf("%s is not there to be updated", id)
	}
	if err := p.world.guarded(k, store, t, inputs); err != nil {
		return nil, err
	}
	if err := k.allowed(p.world, store, t, id, inputs); err != nil {
		return nil, err
	}
	t.settle(inputs)
	return t.state, nil
}

// settle sets a resource's inputs, and computes its state from them.
func (t *thing) settle(inputs resource.PropertyMap) {
	t.inputs, t.state = inputs, merge(t.others, inputs)
	if t.kind.outputs == nil {
		return
	}
	maps.Copy(t.state, t.kind.outputs(t))
}

func (p *provider) remove(k *kind, id string) error {
	store, err := p.store(k)
	if err != nil {
		return err
	}
	t := store[k.key(id)]
	if t == nil || k.patch {
		return nil
	}
	if err := p.world.guarded(k, store, t, t.inputs); err != nil {
		return err
	}
	if k.deletable != nil {
		if err := k.deletable(store, t); err != nil {
			return err
		}
	}
	delete(store, k.key(id))
	for other, o := range store {
		if o.within(t) {
			delete(store, other)
		}
	}
	return nil
}

// within reports whether deleting the other resource deletes this one too.
func (t *thing) within(other *thing) bool {
	if other.kind.token == "kubernetes:core/v1:Namespace" {
		return strings.HasPrefix(strings.ToLower(t.id), strings.ToLower(other.id)+"/")
	}
	return !t.kind.inCluster && t.kind.token != "azure-native:authorization:RoleAssignment" &&
		strings.HasPrefix(strings.ToLower(t.id), strings.ToLower(other.id)+"/")
}

// drift returns the inputs with what has changed since the engine last saw the resource.
// azure-native also copies properties that the program never set (Read in
// provider/pkg/provider/provider.go); what is no input it leaves out.
func (k *kind) drift(inputs, then, now resource.PropertyMap) resource.PropertyMap {
	if strings.HasPrefix(k.token, "azure-native:") {
		project := func(state resource.PropertyMap) resource.PropertyMap {
			out := plainMap(state)
			for _, key := range k.computed {
				delete(out, resource.PropertyKey(key))
			}
			return out
		}
		return overlay(inputs, project(then).Diff(project(now)))
	}
	out := inputs.Copy()
	for _, key := range changes(then, now) {
		if _, given := out[key]; given {
			out[key] = now[key]
		}
	}
	return out
}

// read returns the current state, and the inputs that it amounts to.
func (p *provider) read(_ context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	k, err := lookup(string(req.URN.Type()))
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	store, err := p.store(k)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	t := store[k.key(string(req.ID))]
	if t == nil {
		return plugin.ReadResponse{}, nil
	}
	inputs := t.inputs // an import
	if len(req.Inputs) > 0 {
		inputs = k.drift(req.Inputs, req.State, t.state)
	}
	return plugin.ReadResponse{
		ReadResult: plugin.ReadResult{ID: resource.ID(t.id), Inputs: inputs, Outputs: t.state},
		Status:     resource.StatusOK,
	}, nil
}
