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

const (
	// undeployable is the defect that the sandbox cannot deploy: its Entra never makes a password.
	undeployable = "password"
	// invisible is the defect that what exists does not show: the Kubernetes provider writes the
	// version that it found into the state.
	invisible = "chart-unpinned"
)

// TestPoliciesJudgeWhatExists gives the pack a deployed stack, its configuration, and a stack that
// was deployed without it.
//
// Carries R30.
func TestPoliciesJudgeWhatExists(t *testing.T) {
	w := newWorld(t)
	requireClean(t, w.up(t))
	t.Run("the local stack is clean", func(t *testing.T) { requireClean(t, w.make(t, "policy")) })
	t.Run("configuration", w.policiesAreConfigured)
	t.Run("a remediation changes what is deployed", w.policiesRemediate)
	t.Run("a stack that was deployed without the pack is refused", w.policiesFindWhatExists)
	w.down(t)
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
	group := w.outputs(t).ResourceGroup
	tags := func() map[string]string { return w.get(t, "/resourceGroups/"+group).Tags }
	before := tags()
	require.NotContains(t, before, "team")

	out := w.up(t, config)
	assert.Contains(t, out, "[remediate]  tags-required")
	want := maps.Clone(before)
	want["team"] = "platform"
	assert.Equal(t, want, tags(), "the tag is added in Azure, and the others stay")
	requireNoChange(t, w.up(t, config))

	w.up(t)
	assert.Equal(t, before, tags(), "without the remediation the program's tags are back")
}

func (w *world) policiesFindWhatExists(t *testing.T) {
	var chosen, want []string
	for name, rules := range w.defects(t) {
		if name != undeployable {
			chosen = append(chosen, name)
		}
		if name != undeployable && name != invisible {
			want = append(want, rules...)
		}
	}
	// The issuer without its slash can be compared with the cluster's, now that there is one.
	want = append(want, "credential-issuer-matches")
	slices.Sort(want)
	want = slices.Compact(want)
	slices.Sort(chosen)
	defects := []string{defectsProgram, "DEFECT=" + strings.Join(chosen, ","), "ISSUER=" + w.outputs(t).IssuerURL}

	out, code := w.run(t, "make", append([]string{"up", "UP_FLAGS=" + quick, "POLICY="}, defects...)...)
	require.Contains(t, out, "Deploying stack local: done", "without the pack nothing is refused")
	require.NotZero(t, code, "verify finds the issuer that lacks its slash, after the fact")
	require.NotContains(t, out, "Policies:", "POLICY= is no pack")

	out, code = w.run(t, "make", "policy", defectsProgram)
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
	requireClean(t, w.up(t))
	requireClean(t, w.make(t, "policy"))
}

// scratch imports the local stack's exported state into a stack local-scratch, and returns the
// folder of its project.
func (w *world) scratch(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte("name: "+project+"\nruntime: go\n"), 0o600))
	exported := string(w.pulumi(t, "stack", "export"))
	// The import refuses resources of another stack.
	moved := strings.ReplaceAll(exported, "urn:pulumi:local::", "urn:pulumi:local-scratch::")
	require.NotEqual(t, exported, moved)
	file := filepath.Join(dir, "state.json")
	require.NoError(t, os.WriteFile(file, []byte(moved), 0o600))
	scratch := *w
	scratch.stack = "local-scratch"
	scratch.pulumi(t, "stack", "init", "--cwd", dir)
	scratch.pulumi(t, "stack", "import", "--cwd", dir, "--file", file)
	return dir
}

// policyConfig writes a configuration of the pack and returns the argument that names it.
func policyConfig(t *testing.T, config map[string]any) string {
	t.Helper()
	data, err := json.Marshal(config)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "policies.json")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	return "POLICY_CONFIG=" + file
}
