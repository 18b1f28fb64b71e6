package bridge

import (
	"context"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// Diff compares the new inputs with the old ones, as azure-native does, and reports which changes
// replace the resource. A type with its own Compare, as those of azuread, decides itself.
func (p *Provider) Diff(ctx context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	r, err := p.lookup(string(req.Type))
	if err != nil {
		return plugin.DiffResponse{}, err
	}
	p.setOwner(string(req.ID), req.URN)
	olds, news, outputs := value.Bare(req.OldInputs), value.Bare(req.NewInputs), value.Bare(req.OldOutputs)
	var detailed map[string]plugin.PropertyDiff
	if r.Compare != nil {
		news = keepIgnored(news, outputs, req.IgnoreChanges)
		if err := r.validate(ctx, news, outputs); err != nil {
			return plugin.DiffResponse{}, err
		}
		detailed = r.Compare(news, outputs)
	} else {
		detailed = changes(r, olds, news, outputs)
	}
	if len(detailed) == 0 {
		return plugin.DiffResponse{Changes: plugin.DiffNone}, nil
	}
	replace := false
	for _, d := range detailed {
		replace = replace || d.Kind.IsReplace()
	}
	// A resource with a random name can be created before its predecessor is deleted. For any other
	// the predecessor is deleted first.
	flag, _, _ := value.Unwrap(req.OldInputs[createBeforeDelete])
	createFirst := r.CreateFirst || flag.IsBool() && flag.BoolValue()
	return plugin.DiffResponse{
		Changes: plugin.DiffSome, DetailedDiff: detailed, DeleteBeforeReplace: replace && !createFirst,
	}, nil
}

// keepIgnored returns the inputs of a type with its own Compare in which the properties that the
// program ignores have the values of the state. The engine has given them those of the old inputs,
// which may lack what only the state has, and Terraform compares with the state. Paths below a
// property are left to the engine. Source: pulumi-terraform-bridge, pkg/tfbridge/provider.go, Diff
// and Update, DiffOptions.IgnoreChanges.
func keepIgnored(inputs, state resource.PropertyMap, ignored []string) resource.PropertyMap {
	kept := inputs.Copy()
	for _, path := range ignored {
		key := resource.PropertyKey(path)
		if v, ok := state[key]; ok {
			kept[key] = v
		}
	}
	return kept
}

// changes returns the difference of inputs by path. The arguments must not contain secrets.
//
// The rules are those of azure-native's provider/pkg/provider/diff.go and diff_test.go. Two depend
// on the outputs or on defaults: a replacing property that is added with the value that the
// resource already has is an update, and a property that is added with its default is no change.
func changes(r *Resource, olds, news, outputs resource.PropertyMap) map[string]plugin.PropertyDiff {
	d := differ{replace: map[string]bool{}, identifiers: r.Identifiers, out: map[string]plugin.PropertyDiff{}}
	for _, path := range r.Replace {
		d.replace[path] = true
	}
	olds, news = dropEquivalent(olds, news)
	d.object(olds, news, place{})
	for path, change := range d.out {
		key := resource.PropertyKey(path)
		added, ok := news[key]
		if _, had := olds[key]; had || !ok {
			continue
		}
		switch {
		case change.Kind == plugin.DiffAddReplace && outputs.HasValue(key) && outputs[key].DeepEquals(added):
			d.put(path, plugin.DiffAdd, false)
		case change.Kind == plugin.DiffAdd && r.Defaults[path] != nil && value.From(r.Defaults[path]).DeepEquals(added):
			delete(d.out, path)
		}
	}
	return d.out
}

// dropEquivalent returns the inputs without top-level properties whose difference has no meaning in
// Azure: the case of a resource group's name, case and spaces of a region ("West Europe" is
// westeurope), and the two names that AKS has for its tiers.
func dropEquivalent(olds, news resource.PropertyMap) (without, withoutNews resource.PropertyMap) {
	for key, same := range map[resource.PropertyKey]func(a, b resource.PropertyValue) bool{
		"resourceGroupName": sameText(strings.ToLower),
		"location":          sameText(Region),
		"sku":               sameTier,
	} {
		if a, b := olds[key], news[key]; same(a, b) {
			olds, news = olds.Copy(), news.Copy()
			delete(olds, key)
			delete(news, key)
		}
	}
	return olds, news
}

func sameText(normal func(string) string) func(a, b resource.PropertyValue) bool {
	return func(a, b resource.PropertyValue) bool {
		return a.IsString() && b.IsString() && normal(a.StringValue()) == normal(b.StringValue())
	}
}

// Region returns the canonical form of a region's name: "West Europe" and "WestEurope" are
// westeurope.
func Region(name string) string { return strings.ToLower(strings.ReplaceAll(name, " ", "")) }

// tierNames are the older names of AKS's tiers and skus, by the newer ones.
var tierNames = map[string]string{"Base": "Basic", "Standard": "Paid"}

// sameTier compares two skus of AKS: a name and a tier, and nothing else, where Base is Basic and
// Standard is Paid. azure-native applies this to the property sku of every type.
func sameTier(a, b resource.PropertyValue) bool {
	if !a.IsObject() || !b.IsObject() || len(a.ObjectValue()) != 2 || len(b.ObjectValue()) != 2 {
		return false
	}
	for key, older := range map[resource.PropertyKey]string{"name": "Base", "tier": "Standard"} {
		x, y := a.ObjectValue()[key], b.ObjectValue()[key]
		normal := func(name string) string {
			if name == older {
				return tierNames[name]
			}
			return name
		}
		if !sameText(normal)(x, y) {
			return false
		}
	}
	return true
}
