package outputs_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// whole returns outputs with everything that the commands read.
func whole(t testing.TB) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/whole.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestReadKeepsWhatIsNeeded(t *testing.T) {
	got, err := outputs.Read(strings.NewReader(whole(t)))
	if err != nil {
		t.Fatal(err)
	}
	const issuer = "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/"
	want := []outputs.Workload{
		{
			Name: "app", ClientID: "c1", PrincipalID: "p1", TenantID: "tenant", IdentityID: "/id", Kind: outputs.UserAssigned,
			Federations: []outputs.Federation{
				{
					Namespace: "demo", ServiceAccount: "app", Issuer: issuer, Subject: "system:serviceaccount:demo:app",
					Audience: "api://AzureADTokenExchange", CredentialID: "/id/fic",
				},
				{
					Namespace: "demo", ServiceAccount: "app", Issuer: "https://northeurope.oic.prod-aks.azure.com/tenant/other/",
					Subject: "system:serviceaccount:demo:app", Audience: "api://AzureADTokenExchange", CredentialID: "/id/other", Elsewhere: true,
				},
			},
			Secrets:   []outputs.Secret{{VaultURL: "https://v.vault.azure.net/", Name: "greeting"}},
			PodLabels: map[string]string{"azure.workload.identity/use": "true"},
		},
		{Name: "web", ClientID: "c2", PrincipalID: "p2", TenantID: "tenant", IdentityID: "object", Kind: outputs.Application},
	}
	if diff := cmp.Diff(want, got.Workloads); diff != "" {
		t.Errorf("workloads, sorted by name: -want +got:\n%s", diff)
	}
	if got.IssuerURL != issuer || got.ClusterName != "aks" || got.TenantID != "tenant" || got.Kubeconfig != "apiVersion: v1" {
		t.Errorf("stack: %+v", got)
	}
}

func TestReadNamesEveryProblem(t *testing.T) {
	swap := func(old, with string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, with, 1) }
	}
	cases := map[string]struct {
		reason string
		change func(string) string
		says   []string
	}{
		"Nothing":      {"an empty pipe: pulumi failed", func(string) string { return " \n" }, []string{"are empty", "--show-secrets"}},
		"NotJSON":      {"the plain table of pulumi stack output", func(string) string { return "Current stack outputs (3):" }, []string{"not a JSON object", "--json"}},
		"List":         {"JSON, but not an object", func(string) string { return "[]" }, []string{"not a JSON object"}},
		"TwoDocuments": {"two stacks in one pipe", func(s string) string { return s + s }, []string{"not a JSON object"}},
		"Missing": {
			"all that is missing is named at once", func(string) string { return `{"workloads":{"app":{}}}` },
			[]string{"clusterName: this output is missing", "issuerUrl: ", "tenantId: ", "cloud: ", "workloads.app.clientId: ", "workloads.app.federations: "},
		},
		"MaskedKubeconfig": {"--show-secrets was forgotten", swap(`"apiVersion: v1"`, `"[secret]"`), []string{"kubeconfig: is masked: add --show-secrets"}},
		"MaskedWorkload":   {"a secret in a workload masks all of it", swap(`"web": {`, `"hidden": "[secret]", "web": {`), []string{"workloads.hidden: is masked"}},
		"WrongType":        {"a list is not an object", swap(`"podLabels": {"azure.workload.identity/use": "true"}`, `"podLabels": ["x"]`), []string{"workloads.app.podLabels: is a list, want an object"}},
		"WrongLabel":       {"a label's value is text, even if it looks like a boolean", swap(`"azure.workload.identity/use": "true"`, `"azure.workload.identity/use": true`), []string{"is true or false, want text"}},
		"WrongFlag":        {"text is never taken for true: it would skip links", swap(`"elsewhere": true`, `"elsewhere": "true"`), []string{"workloads.app.federations[1].elsewhere: is text, want true or false"}},
		"EmptyIssuer":      {"the issuer was not known yet", swap(`"issuer": "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/"`, `"issuer": ""`), []string{"workloads.app.federations[0].issuer: is empty"}},
		"UnknownKind":      {"a kind that does not exist", swap(`"application"`, `"user"`), []string{`workloads.web.identityKind: is "user"`, "userAssigned"}},
		"UnknownCloud":     {"a cloud that does not exist", swap(`AzurePublicCloud`, `AzureStack`), []string{"cloud: ", "AzureChinaCloud"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := outputs.Read(strings.NewReader(tc.change(whole(t))))
			if err == nil {
				t.Fatalf("%s\nwant an error", tc.reason)
			}
			for _, words := range tc.says {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("%s\nmissing %q in:\n%v", tc.reason, words, err)
				}
			}
		})
	}
}

func TestReadRefusesEndlessInput(t *testing.T) {
	if _, err := outputs.Read(bytes.NewReader(make([]byte, 65<<20))); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("want an error about the size, got %v", err)
	}
}

func TestSelect(t *testing.T) {
	stack, err := outputs.Read(strings.NewReader(whole(t)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := stack.Select([]string{"web"})
	if err != nil || len(got) != 1 || got[0].Name != "web" {
		t.Errorf("want web alone, got %+v, %v", got, err)
	}
	if _, err := stack.Select([]string{"wbe"}); err == nil || !strings.Contains(err.Error(), "app, web") {
		t.Errorf("want the names that exist, got %v", err)
	}
}

func FuzzReadNeverPanics(f *testing.F) {
	f.Add(whole(f))
	f.Add(`{"workloads":{"a":{"federations":[{}]}}}`)
	f.Add(`{"workloads":[]}`)
	f.Fuzz(func(t *testing.T, text string) {
		stack, err := outputs.Read(strings.NewReader(text))
		if err == nil && stack.IssuerURL == "" {
			t.Error("outputs without an issuer were accepted")
		}
	})
}
