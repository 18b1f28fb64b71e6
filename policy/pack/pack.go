// Package pack is the policy pack as the Pulumi engine sees it: it converts the engine's resources
// to those of package graph, runs the rules, and turns their violations into diagnostics. Levels,
// parameters and exemptions come from the pack's configuration.
//
// It implements plugin.Analyzer and does not use sdk/go/pulumi/policyx, which is experimental in
// SDK v3.245.0: its server panics in GetPluginInfo under `pulumi policy analyze`, never sends a
// severity and ignores the pack's level.
package pack

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// Name is the pack's name, in the engine's output.
const Name = "aks-workload-identity"

// Version is the pack's version, and that of both PulumiPolicy.yaml.
const Version = "0.1.0"

// Pack is the policy pack. Its methods may be called at the same time.
type Pack struct {
	rules []rule.Rule
	now   func() time.Time

	mu         sync.RWMutex
	settings   map[string]setting
	exemptions []exemption
	// inputs are what Analyze has seen, by URN. The engine gives AnalyzeStack the outputs alone,
	// which lack some inputs (such as the parent of a credential) and have what other writers added
	// to a live object.
	inputs map[string]resource.PropertyMap
}

// setting is the configuration of one rule.
type setting struct {
	level  rule.Level
	params rule.Params
}

var _ plugin.Analyzer = (*Pack)(nil)

// New returns the pack with all rules, at their default levels.
func New() *Pack { return newPack(Rules(), time.Now) }

func newPack(list []rule.Rule, now func() time.Time) *Pack {
	p := &Pack{rules: list, now: now, settings: map[string]setting{}, inputs: map[string]resource.PropertyMap{}}
	for i := range list {
		p.settings[list[i].Name] = setting{level: list[i].Level, params: list[i].Defaults()}
	}
	return p
}

// Rules returns the rules of the pack: those of package rules and the one about exemptions, sorted
// by name.
func Rules() []rule.Rule {
	list := append(rules.All(), expiredRule())
	slices.SortFunc(list, func(a, b rule.Rule) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Name returns the pack's name.
func (p *Pack) Name() tokens.QName { return Name }

// Analyze checks one resource by its inputs.
func (p *Pack) Analyze(_ context.Context, in plugin.AnalyzerResource) (plugin.AnalyzeResponse, error) {
	p.mu.Lock()
	p.inputs[string(in.URN)] = in.Properties
	p.mu.Unlock()

	p.mu.RLock()
	defer p.mu.RUnlock()
	res := p.convertResource(&in)
	var out plugin.AnalyzeResponse
	var failed []error
	for i := range p.rules {
		r := &p.rules[i]
		set := p.settings[r.Name]
		if set.level == rule.Disabled || !r.AppliesTo(res) {
			continue
		}
		found, err := guard(r, res.URN, func() []rule.Violation { return r.CheckResource(res, set.params) })
		failed = append(failed, err)
		rule.Redact(found, res)
		out.Diagnostics = append(out.Diagnostics, p.diagnose(r, set, found)...)
	}
	return out, errors.Join(failed...)
}

// AnalyzeStack checks all resources together.
func (p *Pack) AnalyzeStack(_ context.Context, in []plugin.AnalyzerStackResource) (plugin.AnalyzeResponse, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	list := make([]*graph.Resource, len(in))
	for i := range in {
		list[i] = p.convertStack(&in[i])
	}
	g := graph.NewGraph(list)

	var out plugin.AnalyzeResponse
	var failed []error
	for i := range p.rules {
		r := &p.rules[i]
		set := p.settings[r.Name]
		if r.CheckStack == nil || set.level == rule.Disabled {
			continue
		}
		found, err := guard(r, "the stack", func() []rule.Violation { return r.CheckStack(g, set.params) })
		failed = append(failed, err)
		rule.Redact(found, list...)
		out.Diagnostics = append(out.Diagnostics, p.diagnose(r, set, found)...)
	}
	out.Diagnostics = append(out.Diagnostics, p.expired(in)...)
	return out, errors.Join(failed...)
}

// GetPluginInfo returns nothing; the server of NewServer answers with the version.
func (p *Pack) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{}, nil
}

// Cancel does nothing: a check takes milliseconds.
func (p *Pack) Cancel(context.Context) error { return nil }

// Close does nothing.
func (p *Pack) Close() error { return nil }
