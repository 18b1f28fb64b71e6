//go:build e2e

package e2e

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// secret is an output in plain text.
func secret(t *testing.T, w *world, output string) string {
	t.Helper()
	var outputs map[string]any
	require.NoError(t, json.Unmarshal(w.pulumi(t, "stack", "output", "--json", "--show-secrets"), &outputs))
	text, ok := outputs[output].(string)
	require.Truef(t, ok, "output %s is %T", output, outputs[output])
	require.NotEmpty(t, text)
	return text
}
