package pack

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules/pod"
)

// convertResource returns a resource by itself, in the form that the rules read.
func (p *Pack) convertResource(in *plugin.AnalyzerResource) *graph.Resource {
	r := convert(in)
	p.adapt(r)
	return r
}

// adapt gives a resource the form that the rules read.
func (p *Pack) adapt(r *graph.Resource) {
	graph.Adapt(r)
	pod.FindTemplate(r, p.settings[pod.UseLabel].params)
}

// convert returns the engine's resource as one of package graph.
func convert(in *plugin.AnalyzerResource) *graph.Resource {
	r := &graph.Resource{
		URN:    string(in.URN),
		Name:   in.Name,
		Inputs: in.Properties,
		Parent: string(in.Options.Parent),
		Options: graph.Options{
			Protect:       in.Options.Protect,
			IgnoreChanges: in.Options.IgnoreChanges,
		},
	}
	r.Type, r.Version = graph.Canonical(string(in.Type))
	if in.Provider != nil {
		r.Provider = string(in.Provider.URN)
		r.ProviderInputs = in.Provider.Properties
	}
	return r
}

// convertStack converts a resource of the whole stack, which has dependencies too. The engine shows
// its outputs; its inputs are those that Analyze has seen, if it has.
func (p *Pack) convertStack(in *plugin.AnalyzerStackResource) *graph.Resource {
	r := convert(&in.AnalyzerResource)
	if inputs, ok := p.inputs[r.URN]; ok {
		r.Inputs, r.Outputs = inputs, in.Properties
	}
	if in.Parent != "" {
		r.Parent = string(in.Parent)
	}
	r.Dependencies = asStrings(in.Dependencies)
	r.PropertyDependencies = make(map[string][]string, len(in.PropertyDependencies))
	for property, urns := range in.PropertyDependencies {
		r.PropertyDependencies[string(property)] = asStrings(urns)
	}
	p.adapt(r)
	return r
}

func asStrings(urns []resource.URN) []string {
	list := make([]string, len(urns))
	for i, urn := range urns {
		list[i] = string(urn)
	}
	return list
}
