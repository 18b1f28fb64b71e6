package pack

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/internal/corpus"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// asEngine returns a resource as the engine sends it.
func asEngine(r *graph.Resource, all map[string]*graph.Resource) plugin.AnalyzerStackResource {
	urn := resource.URN(r.URN)
	in := plugin.AnalyzerStackResource{
		AnalyzerResource: plugin.AnalyzerResource{
			URN: urn, Type: tokens.Type(urn.Type()), Name: r.Name, Properties: r.Inputs,
			Options: plugin.AnalyzerResourceOptions{Parent: resource.URN(r.Parent), Protect: r.Options.Protect},
		},
		Parent:               resource.URN(r.Parent),
		PropertyDependencies: map[resource.PropertyKey][]resource.URN{},
	}
	if p := all[r.Provider]; p != nil {
		in.Provider = &plugin.AnalyzerProviderResource{URN: resource.URN(p.URN), Type: tokens.Type(p.Type), Name: p.Name, Properties: p.Inputs}
	}
	for _, urn := range r.Dependencies {
		in.Dependencies = append(in.Dependencies, resource.URN(urn))
	}
	for property, urns := range r.PropertyDependencies {
		for _, urn := range urns {
			key := resource.PropertyKey(property)
			in.PropertyDependencies[key] = append(in.PropertyDependencies[key], resource.URN(urn))
		}
	}
	return in
}

// analyze sends a graph to an analyzer as the engine does: every resource with its inputs, to be
// corrected and then checked, and in the end all with their outputs. It expects no correction,
// because no level is remediate.
func analyze(t testing.TB, a plugin.Analyzer, resources []*graph.Resource) []plugin.AnalyzeDiagnostic {
	t.Helper()
	all := map[string]*graph.Resource{}
	for _, r := range resources {
		all[r.URN] = r
	}
	var list []plugin.AnalyzeDiagnostic
	var stack []plugin.AnalyzerStackResource
	for _, r := range resources {
		in := asEngine(r, all)
		if fixed, err := a.Remediate(context.Background(), in.AnalyzerResource); err != nil || len(fixed.Remediations) > 0 {
			t.Fatal(fixed, err)
		}
		res, err := a.Analyze(context.Background(), in.AnalyzerResource)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, res.Diagnostics...)
		if r.Outputs != nil {
			in.Properties = r.Outputs
		}
		stack = append(stack, in)
	}
	res, err := a.AnalyzeStack(context.Background(), stack)
	if err != nil {
		t.Fatal(err)
	}
	return append(list, res.Diagnostics...)
}

func loadCorpus(t testing.TB) []corpus.Case {
	t.Helper()
	cases, err := corpus.Load("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// enabled returns the configuration that turns every rule on.
func enabled(p *Pack, params map[string]rule.Params) map[string]plugin.AnalyzerPolicyConfig {
	config := map[string]plugin.AnalyzerPolicyConfig{}
	for i := range p.rules {
		name := p.rules[i].Name
		config[name] = plugin.AnalyzerPolicyConfig{EnforcementLevel: apitype.Mandatory, Properties: params[name]}
	}
	return config
}

// TestCorpusThroughTheEngine runs the corpus through the engine's protocol: it gives the same
// verdicts as calling the rules, and every message names the resource, what to do, and the source.
func TestCorpusThroughTheEngine(t *testing.T) {
	for _, c := range loadCorpus(t) {
		if c.Rule == "good" {
			continue
		}
		t.Run(c.File, func(t *testing.T) {
			p := New()
			client := connect(t, p)
			if err := client.Configure(context.Background(), enabled(p, c.Params)); err != nil {
				t.Fatal(err)
			}
			got := map[string]bool{}
			for _, d := range analyze(t, client, c.Resources) {
				got[d.PolicyName] = true
				i := slices.IndexFunc(p.rules, func(r rule.Rule) bool { return r.Name == d.PolicyName })
				policy := &p.rules[i]
				r := find(c.Resources, string(d.URN))
				if r == nil {
					t.Fatalf("%s is about %q, which does not exist", d.PolicyName, d.URN)
				}
				for _, part := range []string{fmt.Sprintf("%q", r.Name), policy.Remedy, policy.Source.URL} {
					if !strings.Contains(d.Message, part) {
						t.Errorf("the message of %s lacks %q: %s", d.PolicyName, part, d.Message)
					}
				}
				if strings.Contains(d.Message, "hunter2") {
					t.Errorf("%s shows a secret: %s", d.PolicyName, d.Message)
				}
				if d.Severity != apitype.PolicySeverity(policy.Severity) || d.EnforcementLevel != apitype.Mandatory {
					t.Errorf("%s has severity %q and level %q", d.PolicyName, d.Severity, d.EnforcementLevel)
				}
			}
			if diff := cmp.Diff(c.Expect, slices.Sorted(maps.Keys(got))); diff != "" {
				t.Errorf("rules that report (-want +got):\n%s", diff)
			}
		})
	}
}

func find(resources []*graph.Resource, urn string) *graph.Resource {
	for _, r := range resources {
		if r.URN == urn {
			return r
		}
	}
	return nil
}

// TestGoodPrograms checks that good programs pass at the default levels, with no advice but what
// their files list.
func TestGoodPrograms(t *testing.T) {
	good := 0
	for _, c := range loadCorpus(t) {
		if c.Rule != "good" {
			continue
		}
		good++
		t.Run(c.File, func(t *testing.T) {
			advice := map[string]bool{}
			for _, d := range analyze(t, New(), c.Resources) {
				if d.EnforcementLevel != apitype.Advisory {
					t.Errorf("%s (%s): %s", d.PolicyName, d.EnforcementLevel, d.Message)
				}
				advice[d.PolicyName] = true
			}
			if diff := cmp.Diff(c.Expect, slices.Sorted(maps.Keys(advice))); diff != "" {
				t.Errorf("advice (-want +got):\n%s", diff)
			}
		})
	}
	if good == 0 {
		t.Error("the corpus has no good program")
	}
}

// TestPanicNamesTheRule expects an error that names the rule that panics, and the others' reports.
func TestPanicNamesTheRule(t *testing.T) {
	broken := rule.Rule{
		Name: "broken", Level: rule.Mandatory,
		CheckResource: func(*graph.Resource, rule.Params) []rule.Violation { panic("index out of range") },
	}
	sound := rule.Rule{
		Name: "sound", Level: rule.Mandatory,
		CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation { return []rule.Violation{{URN: r.URN}} },
	}
	p := newPack([]rule.Rule{broken, sound}, time.Now)
	res, err := p.Analyze(context.Background(), plugin.AnalyzerResource{URN: "urn:pulumi:s::p::t:t:T::n", Type: "t:t:T"})
	if err == nil || !strings.Contains(err.Error(), "policy broken failed on urn:pulumi:s::p::t:t:T::n: index out of range") {
		t.Errorf("got error %v, want one that names the rule and the resource", err)
	}
	if len(res.Diagnostics) != 1 || res.Diagnostics[0].PolicyName != "sound" {
		t.Errorf("got %v, want the other rule's violation", res.Diagnostics)
	}
}

// TestAtTheSameTime sends resources and configuration at the same time, as the engine may. It needs
// the race detector.
func TestAtTheSameTime(t *testing.T) {
	p := New()
	var group sync.WaitGroup
	for _, c := range loadCorpus(t)[:40] {
		group.Go(func() {
			for _, r := range c.Resources {
				if _, err := p.Analyze(context.Background(), asEngine(r, nil).AnalyzerResource); err != nil {
					t.Error(err)
				}
			}
			if _, err := p.AnalyzeStack(context.Background(), []plugin.AnalyzerStackResource{asEngine(c.Resources[0], nil)}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Go(func() {
		if err := p.Configure(context.Background(), enabled(p, nil)); err != nil {
			t.Error(err)
		}
	})
	group.Wait()
}

// TestRulesAreComplete checks that every policy has all fields that documentation and output need.
func TestRulesAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.Name] {
			t.Errorf("%s exists twice", r.Name)
		}
		seen[r.Name] = true
		for field, text := range map[string]string{
			"title": r.Title, "why": r.Why, "remedy": r.Remedy, "reason": r.Reason, "document": r.Source.Title,
		} {
			if text == "" || field != "document" && !strings.HasSuffix(text, ".") {
				t.Errorf("the %s of %s is not a sentence: %q", field, r.Name, text)
			}
		}
		if !strings.HasPrefix(r.Source.URL, "https://") || r.Severity == "" || r.Level == "" {
			t.Errorf("%s lacks address, severity or level", r.Name)
		}
		if r.Name != exemptionPolicy && (r.CheckResource == nil) == (r.CheckStack == nil) {
			t.Errorf("%s must check resources or the stack", r.Name)
		}
		if r.Fix != nil && r.CheckResource == nil {
			t.Errorf("%s fixes resources that it does not check", r.Name)
		}
		for _, param := range r.Params {
			if err := param.Check(param.Default); err != nil {
				t.Errorf("the default of %s.%s: %s", r.Name, param.Name, err)
			}
		}
	}
}
