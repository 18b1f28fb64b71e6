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

	"github.com/aks-workload-identity/aks-workload-identity/policy/internal/corpus"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// asEngine is a resource as the engine has it.
func asEngine(r *rules.Resource, all map[string]*rules.Resource) plugin.AnalyzerStackResource {
	urn := resource.URN(r.URN)
	in := plugin.AnalyzerStackResource{
		AnalyzerResource: plugin.AnalyzerResource{
			URN: urn, Type: tokens.Type(urn.Type()), Name: r.Name, Properties: r.Inputs,
			Options: plugin.AnalyzerResourceOptions{Parent: resource.URN(r.Parent)},
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

// analyze shows a graph to an analyzer as the engine does: every resource by its inputs, to be put right and then to be
// judged, and in the end all by their outputs. At no level but remediate is anything put right.
func analyze(t testing.TB, a plugin.Analyzer, resources []*rules.Resource) []plugin.AnalyzeDiagnostic {
	t.Helper()
	all := map[string]*rules.Resource{}
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

// enabled is configuration that turns every rule on.
func enabled(p *Pack, params map[string]rules.Params) map[string]plugin.AnalyzerPolicyConfig {
	config := map[string]plugin.AnalyzerPolicyConfig{}
	for i := range p.rules {
		rule := &p.rules[i]
		config[rule.Name] = plugin.AnalyzerPolicyConfig{EnforcementLevel: apitype.Mandatory, Properties: params[rule.Name]}
	}
	return config
}

// The corpus gives the same verdicts through the engine's protocol as by calling the rules, and every message says
// which resource, where, and what to do.
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
				i := slices.IndexFunc(p.rules, func(r rules.Rule) bool { return r.Name == d.PolicyName })
				rule := &p.rules[i]
				r := find(c.Resources, string(d.URN))
				if r == nil {
					t.Fatalf("%s is about %q, which is not there", d.PolicyName, d.URN)
				}
				for _, part := range []string{fmt.Sprintf("%q", r.Name), rule.Remedy, rule.URL} {
					if !strings.Contains(d.Message, part) {
						t.Errorf("the message of %s lacks %q: %s", d.PolicyName, part, d.Message)
					}
				}
				if strings.Contains(d.Message, "hunter2") {
					t.Errorf("%s shows a secret: %s", d.PolicyName, d.Message)
				}
				if d.Severity != apitype.PolicySeverity(rule.Severity) || d.EnforcementLevel != apitype.Mandatory {
					t.Errorf("%s has severity %q and level %q", d.PolicyName, d.Severity, d.EnforcementLevel)
				}
			}
			if diff := cmp.Diff(c.Expect, slices.Sorted(maps.Keys(got))); diff != "" {
				t.Errorf("rules that report (-want +got):\n%s", diff)
			}
		})
	}
}

func find(resources []*rules.Resource, urn string) *rules.Resource {
	for _, r := range resources {
		if r.URN == urn {
			return r
		}
	}
	return nil
}

// Good programs pass at the default levels, with no advice but what the file names.
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

// A rule that panics is an error that names it; the others still report.
func TestPanicNamesTheRule(t *testing.T) {
	broken := rules.Rule{
		Name: "broken", Level: rules.Mandatory,
		Resource: func(*rules.Resource, rules.Params) []rules.Violation { panic("index out of range") },
	}
	sound := rules.Rule{
		Name: "sound", Level: rules.Mandatory,
		Resource: func(r *rules.Resource, _ rules.Params) []rules.Violation { return []rules.Violation{{URN: r.URN}} },
	}
	p := newPack([]rules.Rule{broken, sound}, time.Now)
	res, err := p.Analyze(context.Background(), plugin.AnalyzerResource{URN: "urn:pulumi:s::p::t:t:T::n", Type: "t:t:T"})
	if err == nil || !strings.Contains(err.Error(), "policy broken failed on urn:pulumi:s::p::t:t:T::n: index out of range") {
		t.Errorf("got error %v, want one that names the rule and the resource", err)
	}
	if len(res.Diagnostics) != 1 || res.Diagnostics[0].PolicyName != "sound" {
		t.Errorf("got %v, want the other rule's violation", res.Diagnostics)
	}
}

// The engine may show resources at the same time. The race detector watches.
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
