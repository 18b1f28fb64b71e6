package cli_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain/chaintest"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/cli"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/report"
)

// onPlatforms returns the outputs of a stack of workloads alone: workload "app" has a federation in
// each world, by platform, and one with the issuer of none.
func onPlatforms(t *testing.T, worlds map[string]*chaintest.World) string {
	t.Helper()
	clusters, federations := map[string]any{}, []any{}
	var app map[string]any
	for _, name := range []string{"east", "west"} {
		var one map[string]any
		if err := json.Unmarshal([]byte(stackOutputs(t, worlds[name])), &one); err != nil {
			t.Fatal(err)
		}
		app = one["workloads"].(map[string]any)["app"].(map[string]any)
		f := app["federations"].([]any)[0].(map[string]any)
		f["cluster"] = name
		federations = append(federations, f)
		delete(one, "workloads")
		one["clusterName"] = "aks-" + name
		clusters[name] = one
	}
	elsewhere := map[string]any{"elsewhere": true, "issuer": "https://example.invalid/"}
	for key, value := range federations[0].(map[string]any) {
		if key != "cluster" && key != "issuer" && key != "elsewhere" {
			elsewhere[key] = value
		}
	}
	app["federations"] = append(federations, elsewhere)
	raw, err := json.Marshal(map[string]any{"clusters": clusters, "workloads": map[string]any{"app": app}})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestVerifyChecksEachFederationInItsOwnCluster(t *testing.T) {
	worlds := map[string]*chaintest.World{"east": chaintest.New(t), "west": chaintest.New(t)}
	worlds["west"].Vault = chaintest.Forbidden()
	in := onPlatforms(t, worlds)

	var out, errs bytes.Buffer
	code := cli.Run(t.Context(), []string{"verify", "--json"}, cli.Environment{In: strings.NewReader(in), Out: &out, Err: &errs, Connect: func(s *outputs.Stack) *chain.Chain {
		w := worlds[strings.TrimPrefix(s.ClusterName, "aks-")]
		w.Stack = s
		return w.Chain()
	}})
	if code != cli.ExitBroken {
		t.Fatalf("exit code %d\n%s%s", code, out.String(), errs.String())
	}
	var document report.Document
	if err := json.Unmarshal(out.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	var clusters []string
	for _, p := range document.Problems {
		clusters = append(clusters, p.Cluster)
	}
	if diff := cmp.Diff([]string{"west", ""}, clusters); diff != "" {
		t.Errorf("clusters of the problems (-want +got):\n%s", diff)
	}
	if document.Cluster != "aks-east, aks-west" {
		t.Errorf("the report is about %q", document.Cluster)
	}
	type row struct{ Cluster, Outcome string }
	var got []row
	for _, f := range document.Workloads[0].Federations {
		got = append(got, row{f.Cluster, string(f.Outcome)})
	}
	want := []row{{"east", string(chain.Proven)}, {"west", string(chain.Failed)}, {"", string(chain.Failed)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("federations in the stack's order (-want +got):\n%s", diff)
	}
}

func TestVerifyListsUnusableClusters(t *testing.T) {
	for reason, tc := range map[string]struct{ in, says string }{
		"none":              {`{"clusters": {}, "workloads": {}}`, "clusters: has none"},
		"not an object":     {`{"clusters": [], "workloads": {}}`, "clusters: is a list"},
		"masked":            {`{"clusters": {"west": "[secret]"}, "workloads": {}}`, "clusters.west: is masked: add --show-secrets"},
		"an output missing": {`{"clusters": {"west": {}}, "workloads": {}}`, "clusters.west.issuerUrl: this output is missing"},
	} {
		var out, errs bytes.Buffer
		code := cli.Run(t.Context(), []string{"verify"}, cli.Environment{In: strings.NewReader(tc.in), Out: &out, Err: &errs})
		if code != cli.ExitUsage || !strings.Contains(errs.String(), tc.says) {
			t.Errorf("%s: exit code %d, %s", reason, code, errs.String())
		}
	}
}
