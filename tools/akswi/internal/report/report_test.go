package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

const issuer = "https://westeurope.oic.prod-aks.azure.com/11111111-1111-1111-1111-111111111111/55555555-5555-5555-5555-555555555555/"

// until returns the results of a federation: the given ones, and "not reached" for the links after
// them.
func until(given ...chain.Result) []chain.Result {
	for i := len(given); i < len(chain.Links()); i++ {
		given = append(given, chain.Result{Link: chain.Links()[i], Status: chain.NotReached})
	}
	return given
}

// good returns the result of a link that holds.
func good(l chain.Link) chain.Result {
	detail := map[chain.Link]string{
		chain.LinkIssuer:         "discovery document and 2 RS256 keys at\n" + issuer,
		chain.LinkCredential:     "in Azure, for system:serviceaccount:demo:app",
		chain.LinkServiceAccount: "demo/app names client id 22222222-2222-2222-2222-222222222222",
		chain.LinkWebhook:        "registered with failurePolicy Fail, serves; a dry-run pod gets\n4 variables and a token for api://AzureADTokenExchange, 3600 s",
		chain.LinkToken:          "issued for system:serviceaccount:demo:app, valid 3600 s",
		chain.LinkExchange:       "Entra gives an access token for https://vault.azure.net/.default, valid 60 min",
		chain.LinkSecret:         "read https://shop-secrets.vault.azure.net/secrets/greeting\n20 bytes, version 0123456789abcdef",
	}[l]
	return chain.Result{Link: l, Status: chain.OK, Detail: detail}
}

func federation(name string, results []chain.Result) chain.FederationReport {
	return chain.FederationReport{Namespace: "demo", ServiceAccount: name, Outcome: chain.OutcomeOf(results), Results: results}
}

func workload(name string, kind outputs.Kind, f ...chain.FederationReport) chain.WorkloadReport {
	return chain.WorkloadReport{Name: name, Kind: kind, ClientID: "22222222-2222-2222-2222-222222222222", Federations: f}
}

// documents returns a document for each golden file.
func documents() map[string]report.Document {
	var all []chain.Result
	for _, l := range chain.Links() {
		all = append(all, good(l))
	}
	slash := chain.Result{
		Link: chain.LinkCredential, Status: chain.Broken, Code: "AADSTS700211", Predicted: true,
		Detail: "issuer lacks the slash at its end\n  needed    \"" + issuer + "\"\n  in Azure  \"" + strings.TrimSuffix(issuer, "/") + "\"",
		Remedy: "run `pulumi up --refresh` to correct the credential; if that changes nothing, correct the federation in the program",
	}
	refused := chain.Result{
		Link: chain.LinkExchange, Status: chain.Broken, Code: "AADSTS700213", Cause: chain.LinkCredential,
		Detail: "Entra refuses: AADSTS700213: No matching federated identity record found for presented assertion subject 'system:serviceaccount:demo:app'.",
		Remedy: "make the credential's subject system:serviceaccount:NAMESPACE:NAME of the pod's service account",
	}
	role := chain.Result{
		Link: chain.LinkSecret, Status: chain.Broken, Code: "ForbiddenByRbac",
		Detail: "no role assignment lets the identity read https://shop-secrets.vault.azure.net/secrets/greeting\n" +
			"  scope     \"/subscriptions/44444444-4444-4444-4444-444444444444/resourcegroups/rg/providers/microsoft.keyvault/vaults/shop-secrets\"",
		Remedy: "assign role \"Key Vault Secrets User\" on the vault and run `pulumi up --refresh`",
	}
	noCluster := chain.Result{
		Link: chain.LinkServiceAccount, Status: chain.Unchecked, Detail: "no cluster to ask: the stack has no output kubeconfig",
		Remedy: "run this against the stack that has the cluster's kubeconfig, from where the API server can be reached",
	}
	skipped := func(l chain.Link) chain.Result {
		return chain.Result{Link: l, Status: chain.Skipped, Detail: "lives in another cluster: verify it with that stack's outputs"}
	}
	elsewhere := []chain.Result{all[0], all[1], skipped(chain.LinkServiceAccount), skipped(chain.LinkWebhook), skipped(chain.LinkToken), skipped(chain.LinkExchange), skipped(chain.LinkSecret)}
	return map[string]report.Document{
		"proven": report.New("aks-dev", []chain.WorkloadReport{
			workload("app", outputs.UserAssigned, federation("app", all), federation("other", elsewhere)), workload("idle", outputs.Application),
		}),
		"empty": report.New("aks-dev", []chain.WorkloadReport{}), // a stack without workloads is legal
		"broken": report.New("aks-dev", []chain.WorkloadReport{
			workload("app", outputs.UserAssigned, federation("app", until(all[0], slash)), federation("worker", append(slices.Clone(all[:6]), role))),
			workload("web", outputs.Application, federation("web", until(all[0], all[1], all[2], all[3], all[4], refused))),
			workload("job", outputs.Application, federation("job", until(all[0], all[1], noCluster))),
		}),
	}
}

// golden compares a text with a file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (go test ./internal/report -update writes it anew): -want +got:\n%s", path, diff)
	}
}

func TestGolden(t *testing.T) {
	for name, d := range documents() {
		t.Run(name, func(t *testing.T) {
			var short, verbose, object bytes.Buffer
			if err := d.Text(&short, report.TextOptions{}); err != nil {
				t.Fatal(err)
			}
			if err := d.Text(&verbose, report.TextOptions{Verbose: true}); err != nil {
				t.Fatal(err)
			}
			if err := d.JSON(&object); err != nil {
				t.Fatal(err)
			}
			golden(t, name+".txt", short.Bytes())
			golden(t, name+".verbose.txt", verbose.Bytes())
			golden(t, name+".json", object.Bytes())
			if !json.Valid(object.Bytes()) {
				t.Error("the JSON is not valid")
			}
		})
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestColoursChangeNothingElse(t *testing.T) {
	for name, d := range documents() {
		for _, verbose := range []bool{false, true} {
			var plain, coloured bytes.Buffer
			if err := d.Text(&plain, report.TextOptions{Verbose: verbose}); err != nil {
				t.Fatal(err)
			}
			if err := d.Text(&coloured, report.TextOptions{Verbose: verbose, Colour: true}); err != nil {
				t.Fatal(err)
			}
			if d.Counts.Federations > 0 && !strings.Contains(coloured.String(), "\x1b[") {
				t.Errorf("%s: no colours", name)
			}
			if diff := cmp.Diff(plain.String(), escapes.ReplaceAllString(coloured.String(), "")); diff != "" {
				t.Errorf("%s: -plain +coloured without colours:\n%s", name, diff)
			}
		}
	}
}

func TestTextIsAtMost100ColumnsAndLosesNothing(t *testing.T) {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	rapid.Check(t, func(t *rapid.T) {
		detail := rapid.StringMatching(`( {0,4}[a-zä/:,]{0,150}\n?){0,4}`).Draw(t, "detail")
		status := rapid.SampledFrom([]chain.Status{chain.Broken, chain.Unchecked}).Draw(t, "status")
		remedy := rapid.StringMatching(`[a-z -]{1,200}`).Draw(t, "remedy")
		r := chain.Result{Link: chain.LinkIssuer, Status: status, Detail: detail, Remedy: remedy}
		var b bytes.Buffer
		name, account := strings.Repeat("w", rapid.IntRange(1, 150).Draw(t, "name")), strings.Repeat("a", rapid.IntRange(1, 150).Draw(t, "account"))
		d := report.New("aks", []chain.WorkloadReport{workload(name, outputs.UserAssigned, federation(account, until(r)))})
		options := report.TextOptions{Verbose: rapid.Bool().Draw(t, "verbose"), Colour: rapid.Bool().Draw(t, "colour")}
		if err := d.Text(&b, options); err != nil {
			t.Fatal(err)
		}
		text := escapes.ReplaceAllString(b.String(), "")
		for _, line := range strings.Split(text, "\n") {
			if utf8.RuneCountInString(line) > 100 {
				t.Fatalf("%d columns: %q", utf8.RuneCountInString(line), line)
			}
		}
		for _, part := range []string{detail, r.Remedy, name, account} {
			if !strings.Contains(squeeze(text), squeeze(part)) {
				t.Fatalf("%q is lost in:\n%s", part, text)
			}
		}
	})
}

func TestShortTextHasALineForEachProvenFederation(t *testing.T) {
	var results []chain.Result
	for _, l := range chain.Links() {
		results = append(results, good(l))
	}
	var workloads []chain.WorkloadReport
	for i := range 200 {
		name := fmt.Sprintf("workload-%03d", i)
		workloads = append(workloads, workload(name, outputs.UserAssigned, federation(name, results)))
	}
	lines := func(workloads []chain.WorkloadReport) []string {
		var b bytes.Buffer
		if err := report.New("aks", workloads).Text(&b, report.TextOptions{}); err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	}
	all := lines(workloads)
	if len(all) != 202 { // an empty line and the summary at the end
		t.Errorf("200 proven workloads: want 202 lines, got %d", len(all))
	}
	if want := "workload-199  demo/workload-199: proven (token exchanged, 1 secret read)"; all[199] != want {
		t.Errorf("the last workload's line: want %q, got %q", want, all[199])
	}
	noLogin := good(chain.LinkCredential)
	noLogin.Status, noLogin.Detail, noLogin.Remedy = chain.Unchecked, "no Azure login", "log in"
	for i := range workloads {
		changed := slices.Clone(results)
		changed[1] = noLogin
		workloads[i].Federations[0] = federation(workloads[i].Name, changed)
	}
	all = lines(workloads)
	if want := "unchecked, but proven by the exchange: 200 federations, link 2 (credential)"; !slices.Contains(all, want) || len(all) != 206 {
		t.Errorf("a cause that all have is reported once: want %q in 206 lines, got %d:\n%s", want, len(all), strings.Join(all[200:], "\n"))
	}
}
