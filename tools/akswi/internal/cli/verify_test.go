package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain/chaintest"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/cli"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/report"
)

// stackOutputs returns a world's stack as `pulumi stack output --json --show-secrets` prints it.
func stackOutputs(t *testing.T, w *chaintest.World) string {
	t.Helper()
	workloads := map[string]any{}
	for _, one := range w.Stack.Workloads {
		federations, secrets := []any{}, []any{}
		for _, f := range one.Federations {
			federations = append(federations, map[string]any{
				"namespace": f.Namespace, "serviceAccount": f.ServiceAccount, "issuer": f.Issuer,
				"subject": f.Subject, "audience": f.Audience, "credentialId": f.CredentialID, "elsewhere": f.Elsewhere,
			})
		}
		for _, s := range one.Secrets {
			secrets = append(secrets, map[string]string{"vaultUrl": s.VaultURL, "name": s.Name})
		}
		workloads[one.Name] = map[string]any{
			"clientId": one.ClientID, "principalId": one.PrincipalID, "tenantId": one.TenantID, "identityId": one.IdentityID,
			"identityKind": one.Kind, "federations": federations, "secrets": secrets, "podLabels": one.PodLabels,
		}
	}
	raw, err := json.Marshal(map[string]any{
		"clusterName": w.Stack.ClusterName, "issuerUrl": w.Stack.IssuerURL, "tenantId": w.Stack.TenantID,
		"cloud": w.Stack.Cloud.Name, "kubeconfig": "unused here", "workloads": workloads,
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// noLogin takes the operator's login from a chain.
func noLogin(c *chain.Chain) { c.Credentials, c.CredentialsErr = nil, errors.New("no login") }

// outcome is what a run printed and its exit code.
type outcome struct {
	code     int
	out, err string
}

// verify runs the command with the clients of a world.
func verify(t *testing.T, w *chaintest.World, in string, change func(*chain.Chain), args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	code := cli.Run(t.Context(), append([]string{"verify"}, args...), cli.Environment{In: strings.NewReader(in), Out: &out, Err: &errs, Connect: func(s *outputs.Stack) *chain.Chain {
		w.Stack = s
		c := w.Chain()
		change(c)
		return c
	}})
	return outcome{code, out.String(), errs.String()}
}

func TestExitCodes(t *testing.T) {
	cases := map[string]struct {
		reason  string
		prepare func(*chaintest.World)
		change  func(*chain.Chain)
		args    []string
		code    int
		says    string
	}{
		"Proven": {"the chain holds", nil, nil, nil, cli.ExitOK, "1 of 1 federations proven."},
		"Broken": {"a link is broken", func(w *chaintest.World) { w.Vault = chaintest.Forbidden() }, nil, nil, cli.ExitBroken, "broken: app demo/app, link 7 (secret), ForbiddenByRbac"},
		"NoLogin": {
			"the exchange proves what the operator could not read", nil, noLogin, []string{"--verbose"}, cli.ExitOK, "2 credential       unchecked",
		},
		"NoLoginInShort": {
			"a line that is not shown in full still tells that a link is unchecked", nil, noLogin, nil, cli.ExitOK,
			"proven (token exchanged, 1 secret read; link 2 unchecked)\n\nunchecked, but proven by the exchange: app demo/app, link 2 (credential)\n  why  no Azure login: no login\n  do   log in",
		},
		"NoCluster": {
			"this machine's environment tells nothing about the chain", nil, func(c *chain.Chain) { c.Kubernetes, c.KubernetesErr = nil, errors.New("no output kubeconfig") }, nil,
			cli.ExitUnchecked, "1 could not be checked",
		},
		"UnknownWorkload": {"a misspelt name is refused instead of checking nothing", nil, nil, []string{"--workload", "ap"}, cli.ExitUsage, "it has: app"},
		"Verbose":         {"the links of a proven federation are shown on demand", nil, nil, []string{"-v"}, cli.ExitOK, "7 secret           ok"},
		"StackAndFile":    {"two sources of outputs", nil, nil, []string{"--stack", "dev", "--outputs", "-"}, cli.ExitUsage, "[outputs stack]"},
		"UnknownFlag":     {"a misspelt flag", nil, nil, []string{"--workloads", "app"}, cli.ExitUsage, "unknown flag"},
		"Argument":        {"arguments are not outputs", nil, nil, []string{"outputs.json"}, cli.ExitUsage, "unknown command"},
		"NegativeTimeout": {"no time to check anything", nil, nil, []string{"--timeout", "0s"}, cli.ExitUsage, "--timeout must be more than 0"},
		"NoSuchFile":      {"the file is not there", nil, nil, []string{"--outputs", "no-such-file"}, cli.ExitUsage, "no-such-file"},
		"NoFederation":    {"a workload without federations is legal", func(w *chaintest.World) { w.Workload().Federations = nil }, nil, nil, cli.ExitOK, "no federation to prove"},
		"NoWorkload":      {"a stack without workloads is legal", func(w *chaintest.World) { w.Stack.Workloads = nil }, nil, nil, cli.ExitOK, "no federation to prove"},
		"NoWorkloadJSON":  {"an empty list is no null for programs", func(w *chaintest.World) { w.Stack.Workloads = nil }, nil, []string{"--json"}, cli.ExitOK, `"workloads": []`},
		"OnlyElsewhere": {
			"a workload may be federated with another cluster only", func(w *chaintest.World) {
				other := chaintest.New(t).Issuer
				w.Workload().Federations[0].Issuer, w.Workload().Federations[0].Elsewhere, w.Credential.Issuer = other, true, other
			}, nil, nil,
			cli.ExitOK, "0 of 1 federations proven, 1 trust another cluster or issuer.",
		},
		"LoginRemedy": {
			"the ways to log in are those of pulumi up", nil, noLogin, []string{"--json"},
			cli.ExitOK, "`az login --tenant TENANT`, or in a pipeline ARM_USE_OIDC=true with ARM_CLIENT_ID and ARM_TENANT_ID",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := chaintest.New(t)
			if tc.prepare != nil {
				tc.prepare(w)
			}
			change := tc.change
			if change == nil {
				change = func(*chain.Chain) {}
			}
			got := verify(t, w, stackOutputs(t, w), change, tc.args...)
			if got.code != tc.code || !strings.Contains(got.out+got.err, tc.says) {
				t.Errorf("%s\nwant exit code %d and %q, got %d and\n%s%s", tc.reason, tc.code, tc.says, got.code, got.out, got.err)
			}
			if strings.Contains(got.out+got.err, chaintest.SecretValue) || strings.Contains(got.out+got.err, "\x1b") {
				t.Errorf("a secret's value or a colour is in the output:\n%s", got.out)
			}
			if tc.code == cli.ExitUsage && got.out != "" {
				t.Errorf("errors belong on the error stream, got %q", got.out)
			}
		})
	}
}

func TestUnusableOutputsAreUsageErrors(t *testing.T) {
	w := chaintest.New(t)
	got := verify(t, w, `{"kubeconfig":"[secret]"}`, func(*chain.Chain) {})
	if got.code != cli.ExitUsage || !strings.Contains(got.err, "add --show-secrets") || !strings.Contains(got.err, "issuerUrl: this output is missing") {
		t.Errorf("want both problems and exit code %d, got %d:\n%s", cli.ExitUsage, got.code, got.err)
	}
}

func TestJSONFromFile(t *testing.T) {
	w := chaintest.New(t)
	w.Credential.Subject = "system:serviceaccount:demo:App"
	file := filepath.Join(t.TempDir(), "outputs.json")
	if err := os.WriteFile(file, []byte(stackOutputs(t, w)), 0o600); err != nil {
		t.Fatal(err)
	}
	got := verify(t, w, "", func(*chain.Chain) {}, "--outputs", file, "--json", "--workload", "app")
	if got.code != cli.ExitBroken || got.err != "" {
		t.Fatalf("want exit code %d and a silent error stream, got %d, %q", cli.ExitBroken, got.code, got.err)
	}
	var document report.Document
	if err := json.Unmarshal([]byte(got.out), &document); err != nil {
		t.Fatal(err)
	}
	want := report.Counts{Federations: 1, Broken: 1}
	if diff := cmp.Diff(want, document.Counts); diff != "" {
		t.Errorf("counts: -want +got:\n%s", diff)
	}
	if document.Proven || len(document.Problems) != 1 || document.Problems[0].Link != chain.LinkCredential || document.Problems[0].Code != "AADSTS7002138" {
		t.Errorf("problems: %+v", document.Problems)
	}
}

func TestHelpExplainsTheChain(t *testing.T) {
	got := verify(t, chaintest.New(t), "", func(*chain.Chain) {}, "--help")
	for _, link := range chain.Links() {
		if !strings.Contains(got.out, string(link)) {
			t.Errorf("--help lacks link %q", link)
		}
	}
	if got.code != 0 || !strings.Contains(got.out, "Exit codes:") {
		t.Errorf("exit code %d:\n%s", got.code, got.out)
	}
}
