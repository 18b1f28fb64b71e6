package rules_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/policy/internal/corpus"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

const testdata = "../testdata"

func loadCorpus(t testing.TB) []corpus.Case {
	t.Helper()
	cases, err := corpus.Load(testdata)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// report is one violation, by what identifies it.
type report struct{ rule, urn, path string }

// judge runs every rule over a graph, whatever its level.
func judge(resources []*rules.Resource, params map[string]rules.Params) map[report]rules.Violation {
	graph := rules.NewGraph(resources)
	found := map[report]rules.Violation{}
	for _, rule := range rules.All() {
		p := rule.Defaults()
		maps.Copy(p, params[rule.Name])
		var violations []rules.Violation
		if rule.Stack != nil {
			violations = rule.Stack(graph, p)
		}
		for _, r := range resources {
			if rule.Resource != nil && (len(rule.Types) == 0 || slices.Contains(rule.Types, r.Type)) {
				violations = append(violations, rule.Resource(asInput(r), p)...)
			}
		}
		for _, v := range violations {
			found[report{rule.Name, v.URN, v.Path}] = v
		}
	}
	return found
}

// asInput is a resource as the engine shows it to rules about one resource: without outputs and dependencies.
func asInput(r *rules.Resource) *rules.Resource {
	c := *r
	c.Outputs, c.Dependencies, c.PropertyDependencies = nil, nil, nil
	return &c
}

func rulesOf(found map[report]rules.Violation) []string {
	names := map[string]bool{}
	for r := range found {
		names[r.rule] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Every case reports exactly the rules that it must, so that precision and recall over the corpus are both 1.
func TestCorpus(t *testing.T) {
	var truePositives, falsePositives, falseNegatives int
	for _, c := range loadCorpus(t) {
		t.Run(c.File, func(t *testing.T) {
			if c.Reason == "" {
				t.Error("the case gives no reason")
			}
			if c.Rule == "good" {
				return // judged by package pack, at the default levels
			}
			got := rulesOf(judge(c.Resources, c.Params))
			for _, rule := range got {
				if slices.Contains(c.Expect, rule) {
					truePositives++
				} else {
					falsePositives++
				}
			}
			for _, rule := range c.Expect {
				if !slices.Contains(got, rule) {
					falseNegatives++
				}
			}
			if diff := cmp.Diff(c.Expect, got); diff != "" {
				t.Errorf("%s: rules that report (-want +got):\n%s", c.Reason, diff)
			}
			if c.Fails && !slices.Contains(c.Expect, c.Rule) {
				t.Errorf("the case fails, and does not expect %s", c.Rule)
			}
		})
	}
	if falsePositives+falseNegatives > 0 {
		t.Errorf("%d false alarms and %d misses", falsePositives, falseNegatives)
	}
	t.Logf("precision %d/%d, recall %d/%d", truePositives, truePositives+falsePositives, truePositives, truePositives+falseNegatives)
}

// Every rule has a violating and a passing case, and every folder is a rule's.
func TestCorpusIsComplete(t *testing.T) {
	fails, passes := map[string]int{}, map[string]int{}
	for _, c := range loadCorpus(t) {
		if c.Fails {
			fails[c.Rule]++
			continue
		}
		passes[c.Rule]++
	}
	known := map[string]bool{"good": true}
	for _, rule := range rules.All() {
		known[rule.Name] = true
		if fails[rule.Name] == 0 || passes[rule.Name] == 0 {
			t.Errorf("%s has %d failing and %d passing cases, want one of each at least", rule.Name, fails[rule.Name], passes[rule.Name])
		}
	}
	entries, err := os.ReadDir(testdata)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !known[e.Name()] {
			t.Errorf("%s is no rule's folder", filepath.Join(testdata, e.Name()))
		}
	}
}

// The known defects of the recipes (requirements.md) are each in the corpus, and refused at the default level.
func TestRecipeDefectsAreRefused(t *testing.T) {
	levels := map[string]rules.Level{}
	for _, rule := range rules.All() {
		levels[rule.Name] = rule.Level
	}
	cases := map[string]corpus.Case{}
	for _, c := range loadCorpus(t) {
		cases[c.File] = c
	}
	for defect, file := range map[string]string{
		"an unneeded service principal password":                     "no-client-secret/fail-service-principal.yaml",
		"the use label only on the service account":                  "pod-use-label/fail-on-account.yaml",
		"webhook not awaited":                                        "webhook-awaited/fail-skip.yaml",
		"unpinned chart":                                             "webhook-version-pinned/fail-left-out.yaml",
		"issuer copied by hand":                                      "credential-issuer-reference/fail-literal.yaml",
		"missing principalType":                                      "role-principal-type/fail-left-out.yaml",
		"missing principalType, which the SDK fills in":              "role-principal-type-matches/fail-user.yaml",
		"explicit AZURE_CLIENT_ID in the pod":                        "pod-explicit-environment/fail-client-id.yaml",
		"Key Vault access policies on an RBAC vault":                 "keyvault-policy-on-rbac-vault/fail-resource.yaml",
		"the pod's identity as SQL server admin":                     "sql-workload-not-admin/fail-resource.yaml",
		"a test that sends the Kubernetes token straight to Azure":   "pod-token-sent-to-azure/fail-curl.yaml",
		"the use label on the Deployment, where it has no effect":    "pod-use-label-placed/fail-on-deployment.yaml",
		"the add-on and the chart side by side":                      "webhook-once/fail-add-on-and-chart.yaml",
		"an empty issuer, from reading it right after turning it on": "credential-issuer-form/fail-empty.yaml",
	} {
		t.Run(defect, func(t *testing.T) {
			c, ok := cases[filepath.FromSlash(file)]
			if !ok || !c.Fails {
				t.Fatalf("the corpus has no failing %s", file)
			}
			if levels[c.Rule] != rules.Mandatory {
				t.Errorf("%s is %s by default, which refuses nothing", c.Rule, levels[c.Rule])
			}
		})
	}
}
