package bridge

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// Check sets defaults and reports all problems of a program's inputs together.
func (p *Provider) Check(ctx context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	r, err := p.lookup(string(req.Type))
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	news := req.News.Copy()
	if err := p.setName(ctx, r, req, news); err != nil {
		return plugin.CheckResponse{}, err
	}
	if err := p.setLocation(ctx, r, req.Olds, news); err != nil {
		return plugin.CheckResponse{}, err
	}
	if r.Prepare != nil {
		news = r.Prepare(news)
	}
	return plugin.CheckResponse{Properties: news, Failures: problems(r, news, req.URN.Name())}, nil
}

// setLocation sets a missing region: the one that the resource had, the provider's setting, or the
// resource group's. While the resource group's name is unknown, the region is unknown.
func (p *Provider) setLocation(ctx context.Context, r *Resource, olds, news resource.PropertyMap) error {
	if !r.Location || !value.IsAbsent(news["location"]) {
		return nil
	}
	if !value.IsAbsent(olds["location"]) {
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

// problems returns all problems of the inputs. As those of the real providers the failures have no
// property, because the engine would show its value: the reason has the path.
func problems(r *Resource, news resource.PropertyMap, name string) []plugin.CheckFailure {
	required := slices.Clone(r.Required)
	if r.AutoName != nil {
		required = append(required, r.AutoName.Property)
	}
	found := r.Inputs.Check(news, required...)
	if r.Location && value.IsAbsent(news["location"]) {
		found = append(found, schema.Problem{Path: "location", Reason: "missing required property 'location'. " +
			"Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."})
	}
	if r.Limits != nil {
		found = append(found, r.Limits(news)...)
	}
	slices.SortStableFunc(found, func(a, b schema.Problem) int { return strings.Compare(a.Path, b.Path) })
	var failures []plugin.CheckFailure
	for i, f := range found {
		if i > 0 && f == found[i-1] {
			continue
		}
		if r.Phrase != nil {
			f.Reason = r.Phrase(name, f)
		}
		failures = append(failures, plugin.CheckFailure{Reason: f.Reason})
	}
	for _, input := range slices.Sorted(maps.Keys(r.Refused)) {
		if !value.IsAbsent(news[resource.PropertyKey(input)]) {
			failures = append(failures, plugin.CheckFailure{Reason: r.Refused[input]})
		}
	}
	return failures
}
