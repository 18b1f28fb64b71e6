package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
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

// from is the results of a federation: what is given, and "not reached" for the links after it.
func from(given ...chain.Result) []chain.Result {
	for i := len(given); i < len(chain.Links()); i++ {
		given = append(given, chain.Result{Link: chain.Links()[i], Status: chain.NotReached})
	}
	return given
}

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

func documents() map[string]report.Document {
	var all []chain.Result
	for _, l := range chain.Links() {
		all = append(all, good(l))
	}
	slash := chain.Result{
		Link: chain.LinkCredential, Status: chain.Broken, Code: "AADSTS700211", Predicted: true,
		Detail: "issuer lacks the slash at its end\n  needed    \"" + issuer + "\"\n  in Azure  \"" + strings.TrimSuffix(issuer, "/") + "\"",
		Remedy: "run `pulumi up --refresh` to set the credential right; if that changes nothing, the program's own federation is wrong",
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
			workload("app", outputs.UserAssigned, federation("app", all), federation("abroad", elsewhere)), workload("idle", outputs.Application),
		}),
		"empty": report.New("aks-dev", []chain.WorkloadReport{}), // a stack without workloads is legal
		"broken": report.New("aks-dev", []chain.WorkloadReport{
			workload("app", outputs.UserAssigned, federation("app", from(all[0], slash)), federation("worker", append(append([]chain.Result(nil), all[:6]...), role))),
			workload("web", outputs.Application, federation("web", from(all[0], all[1], all[2], all[3], all[4], refused))),
			workload("job", outputs.Application, federation("job", from(all[0], all[1], noCluster))),
		}),
	}
}

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
			var table, object bytes.Buffer
			if err := d.Table(&table, false); err != nil {
				t.Fatal(err)
			}
			if err := d.JSON(&object); err != nil {
				t.Fatal(err)
			}
			golden(t, name+".txt", table.Bytes())
			golden(t, name+".json", object.Bytes())
			if !json.Valid(object.Bytes()) {
				t.Error("the JSON is none")
			}
		})
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestColoursChangeNothingElse(t *testing.T) {
	for name, d := range documents() {
		var plain, coloured bytes.Buffer
		if err := d.Table(&plain, false); err != nil {
			t.Fatal(err)
		}
		if err := d.Table(&coloured, true); err != nil {
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

func TestTableIsAtMost100ColumnsAndLosesNothing(t *testing.T) {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	rapid.Check(t, func(t *rapid.T) {
		detail := rapid.StringMatching(`( {0,4}[a-zä/:,]{0,150}\n?){0,4}`).Draw(t, "detail")
		r := chain.Result{Link: chain.LinkIssuer, Status: chain.Broken, Detail: detail, Remedy: rapid.StringMatching(`[a-z -]{1,200}`).Draw(t, "remedy")}
		var b bytes.Buffer
		d := report.New("aks", []chain.WorkloadReport{workload(strings.Repeat("w", rapid.IntRange(1, 150).Draw(t, "name")), outputs.UserAssigned, federation("app", from(r)))})
		if err := d.Table(&b, rapid.Bool().Draw(t, "colour")); err != nil {
			t.Fatal(err)
		}
		text := escapes.ReplaceAllString(b.String(), "")
		for _, line := range strings.Split(text, "\n") {
			if utf8.RuneCountInString(line) > 100 {
				t.Fatalf("%d columns: %q", utf8.RuneCountInString(line), line)
			}
		}
		if !strings.Contains(squeeze(text), squeeze(detail)) || !strings.Contains(squeeze(text), squeeze(r.Remedy)) {
			t.Fatalf("text is lost in:\n%s", text)
		}
	})
}
