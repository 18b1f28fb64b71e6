//go:build e2e

package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// planted is the folder of the program with the defects of recipes; its package comment lists them.
const planted = "PROGRAM=tests/defects"

// verdict is one line of the CLI's list of violations.
type verdict struct {
	level, rule string
	// resource is its type and its name, or how many resources there are.
	resource string
}

var verdictLine = regexp.MustCompile(`(?m)^\s+- \[(\w+)\](?: \[severity: \w+\])?\s+([a-z0-9-]+)\s+\((.+?)\)`)

// verdicts reads what the policies said.
func verdicts(out string) []verdict {
	var list []verdict
	for _, match := range verdictLine.FindAllStringSubmatch(out, -1) {
		list = append(list, verdict{level: match[1], rule: match[2], resource: match[3]})
	}
	return list
}

// rulesOf are the rules that said something, each once and sorted.
func rulesOf(list []verdict) []string {
	set := map[string]bool{}
	for _, v := range list {
		set[v.rule] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// requireClean sees the pack's tick and nothing under it.
func requireClean(t *testing.T, out string) {
	t.Helper()
	require.Contains(t, out, "✅ aks-workload-identity@v", "the pack did not run, or found something")
	require.Empty(t, verdicts(out))
}

// defects are the rules that must refuse each planted defect, by its name.
func (w *world) defects(t *testing.T) map[string][]string {
	t.Helper()
	cmd := w.command(t.Context(), goBinary(t), "run", "./tests/defects", "list")
	cmd.Stderr = testWriter{t}
	out, err := cmd.Output()
	require.NoError(t, err)
	list := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		list[words[0]] = words[1:]
	}
	require.GreaterOrEqual(t, len(list), 9, "nine of the recipes' ten defects are resources")
	return list
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

// pulumi runs the CLI on the world's state, where no target of make does it.
func (w *world) pulumi(t *testing.T, args ...string) string {
	t.Helper()
	cmd := w.command(t.Context(), os.Getenv("E2E_PULUMI"), append(args, "--non-interactive")...)
	cmd.Env = append(cmd.Env, "PULUMI_BACKEND_URL=file://"+w.state, "PULUMI_CONFIG_PASSPHRASE=sandbox",
		"PULUMI_HOME="+filepath.Join(os.Getenv("E2E_TOOLS"), "home"))
	out, err := cmd.Output()
	var failed *exec.ExitError
	if err != nil {
		require.ErrorAs(t, err, &failed)
		require.NoErrorf(t, err, "pulumi %s: %s", strings.Join(args, " "), failed.Stderr)
	}
	return string(out)
}
