package rules_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/internal/corpus"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules/pod"
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

// report identifies a violation.
type report struct{ rule, urn, path string }

// check runs every rule over a graph, at any level.
func check(corpus []*graph.Resource, params map[string]rule.Params) map[report]rule.Violation {
	// The pack adapts what the engine shows it; a case has what a program asks for.
	resources := make([]*graph.Resource, len(corpus))
	for i, r := range corpus {
		c := *r
		graph.Adapt(&c)
		pod.FindTemplate(&c, params[pod.UseLabel])
		resources[i] = &c
	}
	g := graph.NewGraph(resources)
	found := map[report]rule.Violation{}
	for _, r := range rules.All() {
		p := r.Defaults()
		maps.Copy(p, params[r.Name])
		var violations []rule.Violation
		if r.CheckStack != nil {
			violations = r.CheckStack(g, p)
		}
		for _, res := range resources {
			if r.AppliesTo(res) {
				violations = append(violations, r.CheckResource(asInput(res), p)...)
			}
		}
		for _, v := range violations {
			found[report{r.Name, v.URN, v.Path}] = v
		}
	}
	return found
}

// asInput returns a resource as the engine shows it to rules about one resource: without outputs
// and dependencies.
func asInput(r *graph.Resource) *graph.Resource {
	c := *r
	c.Outputs, c.Dependencies, c.PropertyDependencies = nil, nil, nil
	return &c
}

func rulesOf(found map[report]rule.Violation) []string {
	names := map[string]bool{}
	for r := range found {
		names[r.rule] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// TestCorpus checks that every case violates exactly the rules that it must: precision and recall
// over the corpus are both 1.
func TestCorpus(t *testing.T) {
	var truePositives, falsePositives, falseNegatives int
	for _, c := range loadCorpus(t) {
		t.Run(c.File, func(t *testing.T) {
			if c.Reason == "" {
				t.Error("the case gives no reason")
			}
			if c.Rule == "good" {
				return // A test of package pack checks it, at the default levels.
			}
			got := rulesOf(check(c.Resources, c.Params))
			for _, name := range got {
				if slices.Contains(c.Expect, name) {
					truePositives++
				} else {
					falsePositives++
				}
			}
			for _, name := range c.Expect {
				if !slices.Contains(got, name) {
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

// TestCorpusIsComplete checks that every rule has a violating and a passing case, and that every
// folder is named after a rule.
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
	for _, r := range rules.All() {
		known[r.Name] = true
		if fails[r.Name] == 0 || passes[r.Name] == 0 {
			t.Errorf("%s has %d failing and %d passing cases, want one of each at least", r.Name, fails[r.Name], passes[r.Name])
		}
	}
	entries, err := os.ReadDir(testdata)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !known[e.Name()] {
			t.Errorf("%s is not the name of a rule", filepath.Join(testdata, e.Name()))
		}
	}
}

// TestRecipeDefectsAreRefused checks that the known defects of hand-written recipes are in the
// corpus, and are refused at the default levels. Package tests/defects plants most of them in the
// stack.
func TestRecipeDefectsAreRefused(t *testing.T) {
	levels := map[string]rule.Level{}
	for _, r := range rules.All() {
		levels[r.Name] = r.Level
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
		"issuer copied as text":                                      "credential-issuer-reference/fail-literal.yaml",
		"missing principalType":                                      "role-principal-type/fail-left-out.yaml",
		"missing principalType, which the SDK sets to User":          "role-principal-type-matches/fail-user.yaml",
		"explicit AZURE_CLIENT_ID in the pod":                        "pod-explicit-environment/fail-client-id.yaml",
		"Key Vault access policies on an RBAC vault":                 "keyvault-policy-on-rbac-vault/fail-resource.yaml",
		"the pod's identity as SQL server admin":                     "sql-workload-not-admin/fail-resource.yaml",
		"a test that sends the Kubernetes token to Azure":            "pod-token-sent-to-azure/fail-curl.yaml",
		"the use label on the Deployment, where it has no effect":    "pod-use-label-placed/fail-on-deployment.yaml",
		"the add-on and the chart side by side":                      "webhook-once/fail-add-on-and-chart.yaml",
		"an empty issuer, from reading it right after turning it on": "credential-issuer-form/fail-empty.yaml",
	} {
		t.Run(defect, func(t *testing.T) {
			c, ok := cases[filepath.FromSlash(file)]
			if !ok || !c.Fails {
				t.Fatalf("the corpus has no failing %s", file)
			}
			if levels[c.Rule] != rule.Mandatory {
				t.Errorf("%s is %s by default, which refuses nothing", c.Rule, levels[c.Rule])
			}
		})
	}
}
