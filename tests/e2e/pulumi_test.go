package e2e

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/require"
)

// pulumi runs a command of the CLI on the stack, for which the Makefile has no target, and returns
// its standard output.
func (w *world) pulumi(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := w.command(t.Context(), os.Getenv("E2E_PULUMI"), append(args, "--non-interactive", "--stack", w.stack)...)
	w.setBackend(cmd)
	return w.outputOf(t, cmd)
}

// pulumiInSandbox does the same for a command that needs providers.
func (w *world) pulumiInSandbox(t *testing.T, args ...string) string {
	t.Helper()
	args = append([]string{"run", "--", os.Getenv("E2E_PULUMI")}, args...)
	cmd := w.command(t.Context(), w.sandbox(), append(args, "--non-interactive", "--stack", w.stack, "--config-file", w.config)...)
	w.setBackend(cmd)
	out, code := w.runCommand(t, cmd)
	require.Zerof(t, code, "%s failed", title(cmd.Args))
	return out
}

// setBackend tells the CLI where the world's state is, as the Makefile does.
func (w *world) setBackend(cmd *exec.Cmd) {
	cmd.Env = append(cmd.Env,
		"PULUMI_BACKEND_URL=file://"+w.state+"?metadata=skip", "PULUMI_CONFIG_PASSPHRASE=sandbox",
		"PULUMI_HOME="+filepath.Join(os.Getenv("E2E_TOOLS"), "home"), "PULUMI_SKIP_UPDATE_CHECK=true",
	)
}

// requireNoDrift checks that a refresh finds everything as the state has it.
func (w *world) requireNoDrift(t *testing.T) {
	t.Helper()
	w.pulumiInSandbox(t, "refresh", "--yes", quick, "--expect-no-changes")
}

// outputs returns the stack's outputs, without the secret ones.
func (w *world) outputs(t *testing.T) stackOutputs {
	t.Helper()
	return decode[stackOutputs](t, w.pulumi(t, "stack", "output", "--json"))
}

type stackOutputs struct {
	ClusterID     string              `json:"clusterId"`
	ClusterName   string              `json:"clusterName"`
	ResourceGroup string              `json:"resourceGroup"`
	IssuerURL     string              `json:"issuerUrl"`
	Kubeconfig    any                 `json:"kubeconfig"`
	Workloads     map[string]workload `json:"workloads"`
}

type workload struct {
	ClientID    string            `json:"clientId"`
	PrincipalID string            `json:"principalId"`
	IdentityID  string            `json:"identityId"`
	Kind        string            `json:"identityKind"`
	SQLScripts  map[string]string `json:"sqlScripts"`
	Federations []struct {
		Namespace, ServiceAccount, Issuer, Subject, Audience, CredentialID string
	} `json:"federations"`
}

// secretOutput returns an output in plain text.
func (w *world) secretOutput(t *testing.T, name string) string {
	t.Helper()
	outputs := decode[map[string]any](t, w.pulumi(t, "stack", "output", "--json", "--show-secrets"))
	text, ok := outputs[name].(string)
	require.Truef(t, ok, "output %s is %T", name, outputs[name])
	require.NotEmpty(t, text)
	return text
}

// urn returns the URN of the stack's resource of a type.
func (w *world) urn(t *testing.T, token string) string {
	t.Helper()
	state := decode[struct {
		Deployment struct{ Resources []struct{ URN, Type string } }
	}](t, w.pulumi(t, "stack", "export"))
	for _, r := range state.Deployment.Resources {
		if r.Type == token {
			return r.URN
		}
	}
	require.Failf(t, "no resource", "the stack has none of type %s", token)
	return ""
}

// requireNoChange checks that a preview or an update left everything as it was.
func requireNoChange(t *testing.T, out string) {
	t.Helper()
	require.Contains(t, out, "unchanged")
	for _, word := range []string{" created", " updated", " replaced", " deleted", "to create", "to update", "to replace", "to delete"} {
		require.NotContains(t, out, word)
	}
}

var changeCount = regexp.MustCompile(`(?m)^ +(?:[-+~><]+ )?(\d+) (created|updated|replaced|deleted|unchanged)\s*$`)

// changes returns the numbers in the summary of an update: "updated" to 1, and so on.
func changes(t *testing.T, out string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, match := range changeCount.FindAllStringSubmatch(out, -1) {
		n, err := strconv.Atoi(match[1])
		require.NoError(t, err)
		counts[match[2]] = n
	}
	require.NotEmpty(t, counts, "the update has no summary")
	delete(counts, "unchanged")
	return counts
}

// upWithEvents deploys the stack and also returns what the engine did, in its order:
// "delete-replaced NAME" and so on, of the resources whose names contain the part.
func (w *world) upWithEvents(t *testing.T, part string) (out string, steps []string) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "events.json")
	cmd := w.command(t.Context(), "make", "up", "UP_FLAGS="+quick+" --event-log "+log)
	cmd.Env = append(cmd.Env, "PULUMI_DEBUG_COMMANDS=true") // the flag is one of Pulumi's debugging flags
	out, code := w.runCommand(t, cmd)
	require.Zero(t, code, "make up failed")
	file, err := os.Open(log)
	require.NoError(t, err)
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var event apitype.EngineEvent
		require.NoError(t, json.Unmarshal(lines.Bytes(), &event))
		done := event.ResOutputsEvent
		if done == nil || done.Planning || done.Metadata.Op == apitype.OpSame {
			continue
		}
		name := done.Metadata.URN[strings.LastIndex(done.Metadata.URN, "::")+2:]
		if strings.Contains(name, part) {
			steps = append(steps, string(done.Metadata.Op)+" "+name)
		}
	}
	require.NoError(t, lines.Err())
	return out, steps
}
