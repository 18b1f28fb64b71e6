package bridge

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// Diff compares the new inputs with the old ones, as azure-native does, and reports which changes
// replace the resource.
func (p *Provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	r, err := p.lookup(string(req.Type))
	if err != nil {
		return plugin.DiffResponse{}, err
	}
	p.setOwner(string(req.ID), req.URN)
	detailed := changes(r, value.Bare(req.OldInputs), value.Bare(req.NewInputs), value.Bare(req.OldOutputs))
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

// changes returns the difference of inputs by path. The arguments must not contain secrets.
func changes(r *Resource, olds, news, outputs resource.PropertyMap) map[string]plugin.PropertyDiff {
	d := differ{replace: map[string]bool{}, out: map[string]plugin.PropertyDiff{}}
	for _, path := range r.Replace {
		d.replace[path] = true
	}
	diff := olds.Diff(news, func(key resource.PropertyKey) bool { return strings.HasPrefix(string(key), "__") })
	if diff == nil {
		return nil
	}
	dropEquivalent(diff)
	d.object(diff, "", "", false)
	for path, change := range d.out {
		if change.Kind != plugin.DiffAdd && change.Kind != plugin.DiffAddReplace {
			continue
		}
		// An input that a program now sets to the value that the resource already has is no change.
		key := resource.PropertyKey(path)
		if v, ok := news[key]; ok && outputs.HasValue(key) && outputs[key].DeepEquals(v) {
			delete(d.out, path)
		}
	}
	return d.out
}

// dropEquivalent removes differences that have no meaning in Azure: the case of a resource group's
// name, and case and spaces of a region ("West Europe" is westeurope).
func dropEquivalent(diff *resource.ObjectDiff) {
	for key, normal := range map[resource.PropertyKey]func(string) string{
		"resourceGroupName": strings.ToLower,
		"location":          Region,
	} {
		u, ok := diff.Updates[key]
		if ok && u.Old.IsString() && u.New.IsString() && normal(u.Old.StringValue()) == normal(u.New.StringValue()) {
			delete(diff.Updates, key)
		}
	}
}

// Region returns the canonical form of a region's name: "West Europe" and "WestEurope" are
// westeurope.
func Region(name string) string { return strings.ToLower(strings.ReplaceAll(name, " ", "")) }

type differ struct {
	replace map[string]bool
	out     map[string]plugin.PropertyDiff
}

// object collects an object's changes. If a whole property replaces the resource (the network
// profile of a cluster), an update anywhere inside it does too; an addition or a removal inside it
// does not. That is azure-native's rule, so that a preview here shows the same as a preview there.
func (d *differ) object(diff *resource.ObjectDiff, at, rule string, below bool) {
	for k, u := range diff.Updates {
		path, ruleAt := value.Join(at, string(k)), join(rule, string(k))
		d.value(u, path, ruleAt, below || d.replace[ruleAt])
	}
	for k := range diff.Adds {
		d.put(value.Join(at, string(k)), plugin.DiffAdd, d.replace[join(rule, string(k))])
	}
	for k := range diff.Deletes {
		d.put(value.Join(at, string(k)), plugin.DiffDelete, d.replace[join(rule, string(k))])
	}
}

func (d *differ) value(u resource.ValueDiff, at, rule string, below bool) {
	switch {
	case u.Object != nil:
		d.object(u.Object, at, rule, below)
	case u.Array != nil:
		for i, item := range u.Array.Updates {
			d.value(item, fmt.Sprintf("%s[%d]", at, i), rule+"[]", below)
		}
		for i := range u.Array.Adds {
			d.put(fmt.Sprintf("%s[%d]", at, i), plugin.DiffAdd, false)
		}
		for i := range u.Array.Deletes {
			d.put(fmt.Sprintf("%s[%d]", at, i), plugin.DiffDelete, false)
		}
	default:
		d.put(at, plugin.DiffUpdate, below || d.replace[rule])
	}
}

func (d *differ) put(path string, kind plugin.DiffKind, replace bool) {
	if replace {
		kind = kind.AsReplace()
	}
	d.out[path] = plugin.PropertyDiff{Kind: kind, InputDiff: true}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
