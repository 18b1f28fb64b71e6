package fake

import (
	"context"
	"fmt"
	"regexp"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy/deploytest"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Loader returns a loader that answers every package and version with the one fake provider.
func (w *World) Loader() *deploytest.ProviderLoader {
	var options []deploytest.ProviderOption
	if w.MarksNothing {
		options = append(options, deploytest.WithGrpc)
	}
	return deploytest.NewProviderLoader("*", semver.MustParse("1.0.0"), func() (plugin.Provider, error) {
		p := &provider{world: w}
		fake := &deploytest.Provider{
			DiffConfigF: p.diffConfig, ConfigureF: p.configure,
			CheckF: p.check, DiffF: p.diff, CreateF: p.create, UpdateF: p.update, DeleteF: p.delete, ReadF: p.read,
			InvokeF: p.invoke,
		}
		if w.MarksNothing {
			fake.HandshakeF = func(context.Context, plugin.ProviderHandshakeRequest) (*plugin.ProviderHandshakeResponse, error) {
				return &plugin.ProviderHandshakeResponse{}, nil
			}
		}
		return fake, nil
	}, options...)
}

// provider is one configured provider.
type provider struct {
	world  *World
	server string // the API server in the kubeconfig; empty if there is none or it is not known yet
	token  string // the token in the kubeconfig
}

// apiVersion matches the API version in a token. The fakes treat all versions of a type alike.
var apiVersion = regexp.MustCompile(`/v[0-9]{8}(preview)?:`)

func lookup(token string) (*kind, error) {
	token = apiVersion.ReplaceAllString(token, ":")
	if k, ok := kinds[token]; ok {
		return k, nil
	}
	return nil, fmt.Errorf("the fakes do not know the type %s", token)
}

func (p *provider) check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	k, err := lookup(string(req.URN.Type()))
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	news := req.News.Copy()
	if err := k.name(news, req); err != nil {
		return plugin.CheckResponse{}, err
	}
	p.world.locate(k, req.Olds, news)
	var failures []plugin.CheckFailure
	for _, path := range k.required {
		if at(news, path).IsNull() {
			failures = append(failures, plugin.CheckFailure{Property: resource.PropertyKey(path), Reason: "missing required property"})
		}
	}
	return plugin.CheckResponse{Properties: news, Failures: failures}, nil
}

func (p *provider) diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	k, err := lookup(string(req.URN.Type()))
	if err != nil {
		return plugin.DiffResponse{}, err
	}
	return k.diff(req.OldInputs, req.NewInputs), nil
}

func (p *provider) create(_ context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	k, err := lookup(string(req.URN.Type()))
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		return plugin.CreateResponse{Properties: k.preview(req.Properties), Status: resource.StatusOK}, nil
	}
	if req.Properties.ContainsUnknowns() {
		return plugin.CreateResponse{}, fmt.Errorf("%s is created with something unknown", req.URN.Name())
	}
	t := p.world.newThing(k, req.Properties)
	err = p.world.do(p.op(Create, k, req.URN.Name(), t.id, req.Properties), func() error { return p.put(t, req.Properties) })
	status, err := outcome(err)
	if status == resource.StatusUnknown {
		return plugin.CreateResponse{Status: status}, err
	}
	return plugin.CreateResponse{ID: resource.ID(t.id), Properties: t.state, Status: status}, err
}

func (p *provider) update(_ context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	k, err := lookup(string(req.URN.Type()))
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		out := k.preview(req.NewInputs)
		for _, key := range k.stable(p.world.NamesAreUnknown) {
			if v, ok := req.OldOutputs[resource.PropertyKey(key)]; ok {
				out[resource.PropertyKey(key)] = v
			}
		}
		return plugin.UpdateResponse{Properties: out, Status: resource.StatusOK}, nil
	}
	var state resource.PropertyMap
	err = p.world.do(p.op(Update, k, req.URN.Name(), string(req.ID), req.NewInputs), func() (err error) {
		state, err = p.patch(k, string(req.ID), req.NewInputs)
		return err
	})
	status, err := outcome(err)
	if status == resource.StatusUnknown {
		return plugin.UpdateResponse{Properties: req.OldOutputs, Status: status}, err
	}
	return plugin.UpdateResponse{Properties: state, Status: status}, err
}

func (p *provider) delete(_ context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	k, err := lookup(string(req.URN.Type()))
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	err = p.world.do(p.op(Delete, k, req.URN.Name(), string(req.ID), req.Inputs), func() error { return p.remove(k, string(req.ID)) })
	status, err := outcome(err)
	return plugin.DeleteResponse{Status: status}, err
}

// op returns the log entry of an operation that is about to begin.
func (p *provider) op(what string, k *kind, name, id string, inputs resource.PropertyMap) *Op {
	op := &Op{What: what, Type: k.token, Name: name, ID: id}
	if k.owner != nil {
		op.Owner = k.owner(inputs)
	}
	if k.inCluster {
		op.Cluster = p.server
	}
	return op
}

// outcome returns the status and error for the engine. A request that failed after it was accepted
// leaves a resource, which the engine has to record.
func outcome(err error) (resource.Status, error) {
	accepted, ok := err.(*AcceptedError) //nolint:errorlint // tests return it unwrapped
	switch {
	case err == nil:
		return resource.StatusOK, nil
	case ok:
		return resource.StatusPartialFailure, &plugin.InitError{Reasons: []string{accepted.Reason}}
	}
	return resource.StatusUnknown, err
}
