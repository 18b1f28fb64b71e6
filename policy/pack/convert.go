package pack

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// convert turns the engine's resource into that of the rules.
func convert(in *plugin.AnalyzerResource) *rules.Resource {
	r := &rules.Resource{
		URN:    string(in.URN),
		Name:   in.Name,
		Inputs: in.Properties,
		Parent: string(in.Options.Parent),
		Options: rules.Options{
			Protect:       in.Options.Protect,
			IgnoreChanges: in.Options.IgnoreChanges,
		},
	}
	r.Type, r.Version = rules.Canonical(string(in.Type))
	if in.Provider != nil {
		r.Provider = string(in.Provider.URN)
		r.ProviderInputs = in.Provider.Properties
	}
	return r
}

// convertStack adds what only the whole stack's resources have. Their properties are outputs; the inputs are what
// Analyze has seen, if it has.
func (p *Pack) convertStack(in *plugin.AnalyzerStackResource) *rules.Resource {
	r := convert(&in.AnalyzerResource)
	if inputs, ok := p.inputs[r.URN]; ok {
		r.Inputs, r.Outputs = inputs, in.Properties
	}
	if in.Parent != "" {
		r.Parent = string(in.Parent)
	}
	r.Dependencies = plain(in.Dependencies)
	r.PropertyDependencies = make(map[string][]string, len(in.PropertyDependencies))
	for property, urns := range in.PropertyDependencies {
		r.PropertyDependencies[string(property)] = plain(urns)
	}
	return r
}

func plain(urns []resource.URN) []string {
	list := make([]string, len(urns))
	for i, urn := range urns {
		list[i] = string(urn)
	}
	return list
}
