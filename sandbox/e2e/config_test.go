//go:build e2e

package e2e

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// workloads puts these workloads, as they would stand in the stack file, in the place of all that are there.
func (w *world) workloads(t *testing.T, text string) {
	t.Helper()
	// An editor's tabs are no YAML.
	require.NotContains(t, text, "\t")
	var all map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &all))
	w.edit(t, func(config map[string]any) { config[project+":workloads"] = all })
}

// workload changes one of them.
func (w *world) workload(t *testing.T, name string, change func(workload map[string]any)) {
	t.Helper()
	w.edit(t, func(config map[string]any) { change(at(t, config, project+":workloads", name)) })
}

var changeCount = regexp.MustCompile(`(?m)^ +(?:[-+~><]+ )?(\d+) (created|updated|replaced|deleted|unchanged)\s*$`)

// changes are the numbers in the summary of an update: "updated" to 1, and so on.
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

// failed runs a target that must fail, and returns what it said on one line, since Pulumi breaks lines.
func (w *world) failed(t *testing.T, args ...string) string {
	t.Helper()
	out, code := w.run(t, "make", args...)
	require.NotZerof(t, code, "make %s succeeded", strings.Join(args, " "))
	return strings.Join(strings.Fields(out), " ")
}

// upWithEvents is `make up` that also returns what the engine did, in its order: "delete-replaced NAME" and so on. Only
// resources of which the name has the part are among it.
func (w *world) upWithEvents(t *testing.T, part string) (out string, steps []string) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "events.json")
	// The flag is one of Pulumi's debugging flags.
	out, code := w.run(t, "env", "PULUMI_DEBUG_COMMANDS=true", "make", "up", "UP_FLAGS=--event-log "+log)
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
