package bridge

import (
	"context"
	"sort"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// Check fills in defaults and reports everything that is wrong with a program's inputs at once.
func (p *Provider) Check(ctx context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	r, err := p.lookup(string(req.Type))
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	news := req.News.Copy()
	if err := p.name(ctx, r, req, news); err != nil {
		return plugin.CheckResponse{}, err
	}
	if err := p.locate(ctx, r, req.Olds, news); err != nil {
		return plugin.CheckResponse{}, err
	}
	failures := problems(r, news)
	for _, path := range r.SecretInputs {
		news = value.MarkSecret(news, path)
	}
	return plugin.CheckResponse{Properties: news, Failures: failures}, nil
}

// locate fills in a missing region: the one the resource had, the provider's own setting, the resource group's. While
// the resource group's name is unknown, so is the region.
func (p *Provider) locate(ctx context.Context, r *Resource, olds, news resource.PropertyMap) error {
	if !r.Location || !absent(news, "location") {
		return nil
	}
	if !absent(olds, "location") {
		news["location"] = olds["location"]
		return nil
	}
	if p.pkg.DefaultLocation == nil {
		return nil
	}
	configured, err := p.pkg.DefaultLocation(ctx, "")
	if err != nil {
		return err
	}
	if configured == "" {
		group, _, known := value.Unwrap(news["resourceGroupName"])
		if !known {
			news["location"] = value.Unknown()
			return nil
		}
		if !group.IsString() {
			return nil
		}
		if configured, err = p.pkg.DefaultLocation(ctx, group.StringValue()); err != nil {
			return err
		}
	}
	if configured != "" {
		news["location"] = resource.NewStringProperty(configured)
	}
	return nil
}

func problems(r *Resource, news resource.PropertyMap) []plugin.CheckFailure {
	required := r.Required
	if r.AutoName != nil {
		required = append(required[:len(required):len(required)], r.AutoName.Property)
	}
	found := r.Inputs.Check(news, required...)
	if r.Location && absent(news, "location") {
		found = append(found, schema.Problem{Path: "location", Reason: "missing required property 'location'. " +
			"Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."})
	}
	for _, name := range value.Keys(r.Refused) {
		if !absent(news, resource.PropertyKey(name)) {
			found = append(found, schema.Problem{Path: name, Reason: r.Refused[name]})
		}
	}
	if r.Conflicts != nil {
		found = append(found, r.Conflicts(news)...)
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].Path < found[j].Path })
	failures := make([]plugin.CheckFailure, len(found))
	for i, f := range found {
		failures[i] = plugin.CheckFailure{Property: resource.PropertyKey(f.Path), Reason: f.Reason}
	}
	return failures
}
