// Package pack is the policy pack as the Pulumi engine sees it: it turns the engine's resources into those of package
// rules, runs the rules, and turns their violations into diagnostics. Levels, parameters and exemptions come from the
// pack's configuration.
//
// It serves a plugin.Analyzer of its own and not sdk/go/pulumi/policyx, which in SDK v3.245.0 is experimental: its
// server panics in GetPluginInfo under `pulumi policy analyze`, never sends a severity and ignores the pack's level.
package pack

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// Name is the pack's name, in the engine's output.
const Name = "aks-workload-identity"

// Version is the pack's version; PulumiPolicy.yaml says the same.
const Version = "0.1.0"

// Pack is the policy pack. Its methods may be called at the same time.
type Pack struct {
	rules []rules.Rule
	now   func() time.Time

	mu         sync.RWMutex
	settings   map[string]setting
	exemptions []exemption
	// inputs are what Analyze has seen, by URN. The engine shows AnalyzeStack the outputs alone, which lack what only
	// the program says (the parent of a credential, say) and have what others have added to a live object.
	inputs map[string]resource.PropertyMap
}

// setting is how one rule is configured.
type setting struct {
	level  rules.Level
	params rules.Params
}

var _ plugin.Analyzer = (*Pack)(nil)

// New is the pack with all rules, at their default levels.
func New() *Pack { return newPack(Rules(), time.Now) }

func newPack(list []rules.Rule, now func() time.Time) *Pack {
	p := &Pack{rules: list, now: now, settings: map[string]setting{}, inputs: map[string]resource.PropertyMap{}}
	for i := range list {
		p.settings[list[i].Name] = setting{level: list[i].Level, params: list[i].Defaults()}
	}
	return p
}

// Rules are the rules of the pack: those of package rules and the pack's own, sorted by name.
func Rules() []rules.Rule {
	list := append(rules.All(), expiredRule())
	slices.SortFunc(list, byName)
	return list
}

// Name is the pack's name.
func (p *Pack) Name() tokens.QName { return Name }

// Analyze judges one resource by its inputs.
func (p *Pack) Analyze(_ context.Context, in plugin.AnalyzerResource) (plugin.AnalyzeResponse, error) {
	r := convert(&in)
	p.mu.Lock()
	p.inputs[r.URN] = in.Properties
	p.mu.Unlock()

	p.mu.RLock()
	defer p.mu.RUnlock()
	var out plugin.AnalyzeResponse
	var failed []error
	for i := range p.rules {
		rule := &p.rules[i]
		set := p.settings[rule.Name]
		if rule.Resource == nil || set.level == rules.Disabled || !concerns(rule, r) {
			continue
		}
		found, err := guard(rule, r.URN, func() []rules.Violation { return rule.Resource(r, set.params) })
		failed = append(failed, err)
		rules.Redact(found, r)
		out.Diagnostics = append(out.Diagnostics, p.diagnose(rule, set, found)...)
	}
	return out, errors.Join(failed...)
}

// AnalyzeStack judges all resources together.
func (p *Pack) AnalyzeStack(_ context.Context, in []plugin.AnalyzerStackResource) (plugin.AnalyzeResponse, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	list := make([]*rules.Resource, len(in))
	for i := range in {
		list[i] = p.convertStack(&in[i])
	}
	graph := rules.NewGraph(list)

	var out plugin.AnalyzeResponse
	var failed []error
	for i := range p.rules {
		rule := &p.rules[i]
		set := p.settings[rule.Name]
		if rule.Stack == nil || set.level == rules.Disabled {
			continue
		}
		found, err := guard(rule, "the stack", func() []rules.Violation { return rule.Stack(graph, set.params) })
		failed = append(failed, err)
		rules.Redact(found, list...)
		out.Diagnostics = append(out.Diagnostics, p.diagnose(rule, set, found)...)
	}
	out.Diagnostics = append(out.Diagnostics, p.expired()...)
	return out, errors.Join(failed...)
}

// Remediate puts a resource's inputs right, by the rules whose level is "remediate".
func (p *Pack) Remediate(_ context.Context, in plugin.AnalyzerResource) (plugin.RemediateResponse, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	r := convert(&in)
	var out plugin.RemediateResponse
	var failed []error
	for i := range p.rules {
		rule := &p.rules[i]
		set := p.settings[rule.Name]
		if rule.Fix == nil || set.level != rules.Remediate || !concerns(rule, r) || p.exempts(rule.Name, r.URN) != nil {
			continue
		}
		var fixed resource.PropertyMap
		var done string
		_, err := guard(rule, r.URN, func() []rules.Violation {
			fixed, done = rule.Fix(r, set.params)
			return nil
		})
		failed = append(failed, err)
		if fixed == nil {
			continue
		}
		r.Inputs = fixed
		out.Remediations = append(out.Remediations, plugin.Remediation{
			PolicyName: rule.Name, Description: rule.Title + " " + done + ".", PolicyPackName: Name, PolicyPackVersion: Version,
			URN: in.URN, Properties: fixed,
		})
	}
	return out, errors.Join(failed...)
}

// concerns reports whether a resource rule looks at a resource.
func concerns(rule *rules.Rule, r *rules.Resource) bool {
	return len(rule.Types) == 0 || slices.Contains(rule.Types, r.Type)
}

// GetPluginInfo says nothing; NewServer answers with the version.
func (p *Pack) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{}, nil
}

// Cancel has nothing to cancel: judging takes no time to speak of.
func (p *Pack) Cancel(context.Context) error { return nil }

// Close has nothing to close.
func (p *Pack) Close() error { return nil }
