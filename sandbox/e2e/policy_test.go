//go:build e2e

package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// where are the resources in which the policies must find each planted defect, by the end of type and name.
var where = map[string][]string{
	"password":              {"ServicePrincipalPassword: password"},
	"label-on-account-only": {"Deployment: unlabelled"},
	"webhook-not-awaited":   {"Release: webhook-release"},
	"chart-unpinned":        {"Release: webhook-release"},
	"issuer-copied":         {"FederatedIdentityCredential: quick-start-credential-local.demo.quick-start"},
	"issuer-without-slash":  {"ApplicationFederatedIdentityCredential: entra-app-credential-local.demo.entra-app"},
	"principal-type-missing": {
		"RoleAssignment: quick-start-grant-vault.key-vault-secrets-user",
		"RoleAssignment: entra-app-grant-secret-greeting-18f6b020.key-vault-secrets-user",
	},
	"client-id-in-pod":      {"Deployment: explicit"},
	"policy-on-rbac-vault":  {"AccessPolicy: policy"},
	"workload-is-sql-admin": {"Server: database"},
}

// TestPoliciesRefuseTheDefectsOfRecipes plants each known defect of the recipes in a copy of the local stack: the preview
// fails, by the policy that is about it and by no other, and the stack itself passes.
//
// Carries R30.
func TestPoliciesRefuseTheDefectsOfRecipes(t *testing.T) {
	w := newWorld(t)
	t.Run("the local stack is clean", func(t *testing.T) {
		out := w.make(t, "preview")
		requireClean(t, out)
		assert.NotContains(t, out, "from $PATH", "the pack is a plugin of the local stack's Pulumi home")
	})
	t.Run("so is its copy without a defect", func(t *testing.T) {
		requireClean(t, w.make(t, "preview", planted))
	})
	for name, rules := range w.defects(t) {
		t.Run(name, func(t *testing.T) {
			out, code := w.run(t, "make", "preview", planted, "DEFECT="+name)
			require.NotZero(t, code, "the preview passes")
			found := verdicts(out)
			assert.Equal(t, rules, rulesOf(found))
			require.NotEmpty(t, where[name], "the test does not know where the defect is")
			for _, v := range found {
				assert.Equal(t, "mandatory", v.level, "%v", v)
				assert.True(t, slices.ContainsFunc(where[name], func(end string) bool { return strings.HasSuffix(v.resource, end) }),
					"%s is not where the defect is", v.resource)
			}
			for _, end := range where[name] {
				assert.Contains(t, out, end)
			}
			assert.Contains(t, out, "See https://", "the message names its source")
		})
	}
	t.Run("nothing is deployed", func(t *testing.T) {
		status, code := w.run(t, w.sandbox(), "status")
		require.Zero(t, code)
		assert.Contains(t, status, "No resource exists.")
	})
}

const (
	// undeployed is the defect that the sandbox cannot deploy: its Entra never makes a password.
	undeployed = "password"
	// unseen is the defect that what exists does not show: the Kubernetes provider writes the version that it found into the state.
	unseen = "chart-unpinned"
)

// TestPoliciesJudgeWhatExists gives the pack a deployed stack, its configuration, and a stack that was deployed without it.
//
// Carries R30.
func TestPoliciesJudgeWhatExists(t *testing.T) {
	w := newWorld(t)
	requireClean(t, w.make(t, "up"))
	t.Run("the local stack is clean", func(t *testing.T) { requireClean(t, w.make(t, "policy")) })
	t.Run("configuration", w.policiesAreConfigured)
	t.Run("a remediation changes what is deployed", w.policiesRemediate)
	t.Run("a stack that was deployed without the pack is refused", w.policiesFindWhatExists)
	w.make(t, "down")
}

func (w *world) policiesAreConfigured(t *testing.T) {
	exempt := func(expires string) string {
		return policyConfig(t, map[string]any{
			"keyvault-purge-protection": "mandatory",
			"exemption-expired": map[string]any{"exemptions": []any{map[string]any{
				"rule": "keyvault-purge-protection", "resource": "*::azure-native:keyvault:Vault::vault",
				"reason": "the sandbox is thrown away", "expires": expires,
			}}},
		})
	}
	cases := map[string]struct {
		config string
		passes bool
		rules  []string
		says   []string
	}{
		"a policy that is off by default is turned on": {
			config: policyConfig(t, map[string]any{"keyvault-purge-protection": "mandatory"}),
			rules:  []string{"keyvault-purge-protection"}, says: []string{"[mandatory]", "Vault: vault"},
		},
		"or only advises": {
			config: policyConfig(t, map[string]any{"keyvault-purge-protection": "advisory"}), passes: true,
			rules: []string{"keyvault-purge-protection"}, says: []string{"[advisory]"},
		},
		"an exemption is shown with its reason and its end": {
			config: exempt("2999-12-31"), passes: true,
			rules: []string{"keyvault-purge-protection"}, says: []string{"[advisory]", "Exempt until 2999-12-31 (the sandbox is thrown away): Vault"},
		},
		"one that has expired holds no longer": {
			config: exempt("2020-02-29"),
			rules:  []string{"exemption-expired", "keyvault-purge-protection"},
			says:   []string{"[mandatory]", "ended on 2020-02-29 (the sandbox is thrown away)"},
		},
		"an unknown policy is refused with the nearest": {
			config: policyConfig(t, map[string]any{"keyvault-purge-protecton": "advisory"}),
			says:   []string{`no policy "keyvault-purge-protecton"`, `did you mean "keyvault-purge-protection"?`},
		},
		"so is an unknown parameter": {
			config: policyConfig(t, map[string]any{"tags-required": map[string]any{"tag": map[string]any{}}}),
			says:   []string{"tags-required.tag", `did you mean "tags"?`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			// What would be deployed, and what is.
			for _, target := range []string{"preview", "policy"} {
				out, code := w.run(t, "make", target, tc.config)
				assert.Equal(t, tc.passes, code == 0, "make %s ends with %d", target, code)
				assert.NotContains(t, out, "panic")
				assert.Equal(t, tc.rules, rulesOf(verdicts(out)), "make %s", target)
				for _, part := range tc.says {
					assert.Contains(t, out, part, "make %s", target)
				}
			}
		})
	}
}

func (w *world) policiesRemediate(t *testing.T) {
	config := policyConfig(t, map[string]any{
		"tags-required": map[string]any{"enforcementLevel": "remediate", "tags": map[string]any{"team": "platform"}},
	})
	tags := func() map[string]string {
		var group struct{ Tags map[string]string }
		answer := w.rest(t, "get", "/subscriptions/{subscriptionId}/resourceGroups/"+w.outputs(t).ResourceGroup+"?api-version=2021-04-01", "")
		require.NoError(t, json.Unmarshal([]byte(answer), &group))
		return group.Tags
	}
	before := tags()
	require.NotContains(t, before, "team")

	out := w.make(t, "up", config)
	assert.Contains(t, out, "[remediate]  tags-required")
	want := maps.Clone(before)
	want["team"] = "platform"
	assert.Equal(t, want, tags(), "the tag is added in Azure, and the others stay")
	requireNoChange(t, w.make(t, "up", config))

	w.make(t, "up")
	assert.Equal(t, before, tags(), "without the pack's word the program's tags are back")
}

func (w *world) policiesFindWhatExists(t *testing.T) {
	var chosen, want []string
	for name, rules := range w.defects(t) {
		if name != undeployed {
			chosen = append(chosen, name)
		}
		if name != undeployed && name != unseen {
			want = append(want, rules...)
		}
	}
	// The issuer without its slash can be compared with the cluster's, now that there is one.
	want = append(want, "credential-issuer-matches")
	slices.Sort(want)
	want = slices.Compact(want)
	slices.Sort(chosen)
	defects := []string{planted, "DEFECT=" + strings.Join(chosen, ","), "ISSUER=" + w.outputs(t).IssuerURL}

	out, code := w.run(t, "make", append([]string{"up", "POLICY="}, defects...)...)
	require.Contains(t, out, "Deploying stack local: done", "without the pack nobody refuses")
	require.NotZero(t, code, "verify finds the issuer that lacks its slash, after the fact")
	require.NotContains(t, out, "Policies:", "POLICY= is no pack")

	out, code = w.run(t, "make", "policy", planted)
	require.NotZero(t, code, "what exists is refused")
	exists := verdicts(out)
	assert.Equal(t, want, rulesOf(exists))

	out, code = w.run(t, "make", append([]string{"preview"}, defects...)...)
	require.NotZero(t, code)
	assert.ElementsMatch(t, exists, verdicts(out), "the preview of the same says the same")

	out, code = w.run(t, "make", "policy", "PROGRAM="+w.scratch(t), "STACK=local-scratch")
	require.NotZero(t, code)
	assert.ElementsMatch(t, exists, verdicts(out), "the exported state gives the same verdicts")

	// The stack mends itself by its own program.
	requireClean(t, w.make(t, "up"))
	requireClean(t, w.make(t, "policy"))
}

// scratch imports the local stack's exported state into a stack local-scratch, and returns the folder of its project.
func (w *world) scratch(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte("name: "+project+"\nruntime: go\n"), 0o600))
	exported := w.pulumi(t, "stack", "export", "--stack", "local")
	// The import refuses resources of another stack.
	moved := strings.ReplaceAll(exported, "urn:pulumi:local::", "urn:pulumi:local-scratch::")
	require.NotEqual(t, exported, moved)
	file := filepath.Join(dir, "state.json")
	require.NoError(t, os.WriteFile(file, []byte(moved), 0o600))
	w.pulumi(t, "stack", "init", "local-scratch", "--cwd", dir)
	w.pulumi(t, "stack", "import", "--cwd", dir, "--stack", "local-scratch", "--file", file)
	return dir
}
