package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// edit changes the stack's configuration file. The keys have the project's name before them.
func (w *world) edit(t *testing.T, change func(config map[string]any)) {
	t.Helper()
	data, err := os.ReadFile(w.config)
	require.NoError(t, err)
	var file map[string]any
	require.NoError(t, yaml.Unmarshal(data, &file))
	change(file["config"].(map[string]any))
	data, err = yaml.Marshal(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(w.config, data, 0o600))
}

// setWorkloads puts these workloads, as they would stand in the stack file, in the place of all
// that are there.
func (w *world) setWorkloads(t *testing.T, text string) {
	t.Helper()
	require.NotContains(t, text, "\t", "YAML has no tabs")
	var all map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &all))
	w.edit(t, func(config map[string]any) { config[project+":workloads"] = all })
}

// editWorkload changes one of the workloads.
func (w *world) editWorkload(t *testing.T, name string, change func(workload map[string]any)) {
	t.Helper()
	w.edit(t, func(config map[string]any) { change(at(t, config, project+":workloads", name)) })
}

// at returns the map to which the keys lead in nested configuration.
func at(t *testing.T, config map[string]any, keys ...string) map[string]any {
	t.Helper()
	for _, key := range keys {
		next, ok := config[key].(map[string]any)
		require.Truef(t, ok, "the configuration has no %s (of %s)", key, strings.Join(keys, "."))
		config = next
	}
	return config
}
