package e2e

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recordState keeps the deployed stack's state for the versions to come:
//
//	make e2e E2E_FLAGS='-run TestLifecycle -record-state=VERSION'
var recordState = flag.String("record-state", "", "write the state of the deployed local stack to testdata/states/NAME.json, without its secrets")

// The keys by which the engine marks a secret in a state, and the values of the first.
const (
	signature       = "4dabf18193072939515e22adb298388d"
	secretSignature = "1b47061264138c4ac30d75fd1eb44270"
)

// upgradeFromEarlierVersions checks that stacks which earlier versions have deployed are updated
// without a replacement. testdata/states has a state and its stack file for each of them.
//
// The stack of the world is deployed by this version. An earlier state takes its place, with the
// live resources' ids in the place of the old ones: to the engine, the earlier version has deployed
// what the sandbox has.
func (w *world) upgradeFromEarlierVersions(t *testing.T) {
	live := decode[map[string]any](t, w.pulumi(t, "stack", "export", "--show-secrets"))
	if *recordState != "" {
		w.record(t, live, *recordState)
	}
	current, err := os.ReadFile(w.config)
	require.NoError(t, err)
	defer func() {
		require.NoError(t, os.WriteFile(w.config, current, 0o600))
		w.up(t)
	}()
	states, err := filepath.Glob("testdata/states/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, states)
	for _, file := range states {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			state := transplant(t, decode[map[string]any](t, text), live)
			translated := filepath.Join(t.TempDir(), "state.json")
			encoded, err := json.Marshal(state)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(translated, encoded, 0o600))
			stackFile, err := os.ReadFile(strings.TrimSuffix(file, ".json") + ".yaml")
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(w.config, stackFile, 0o600))
			w.pulumi(t, "stack", "import", "--file", translated)

			for _, out := range []string{w.make(t, "preview"), w.upRefreshed(t)} {
				for _, word := range []string{"create", "replace", "delete"} {
					assert.NotRegexp(t, `(?m)^ +\S+ \d+ (to )?`+word, out)
				}
			}
			requireNoChange(t, w.up(t))
		})
	}
}

// record writes a state, without what is secret and what shows the machine, and the stack file.
func (w *world) record(t *testing.T, state map[string]any, name string) {
	t.Helper()
	deployment := state["deployment"].(map[string]any)
	delete(deployment, "secrets_providers")
	data, err := json.MarshalIndent(scrub(state), "", " ")
	require.NoError(t, err)
	file := filepath.Join("testdata", "states", name)
	require.NoError(t, os.WriteFile(file+".json", append(data, '\n'), 0o600))
	config, err := os.ReadFile(w.config)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file+".yaml", config, 0o600))
}

// scrub returns the value without secrets and positions in source files.
func scrub(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if v[signature] == secretSignature {
			return map[string]any{signature: secretSignature, "plaintext": "null"}
		}
		clean := map[string]any{}
		for key, inner := range v {
			if key != "sourcePosition" && key != "stackTrace" {
				clean[key] = scrub(inner)
			}
		}
		return clean
	case []any:
		clean := make([]any, len(v))
		for i := range v {
			clean[i] = scrub(v[i])
		}
		return clean
	default:
		return v
	}
}

// generated finds what Azure, Pulumi and the components generate: GUIDs, and the hexadecimal ends
// of names.
var generated = regexp.MustCompile(`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,}`)

// transplant returns an earlier state with the generated names and the secrets of the live one.
func transplant(t *testing.T, earlier, live map[string]any) map[string]any {
	t.Helper()
	byName := map[string]map[string]any{}
	for _, r := range resources(t, live) {
		byName[identity(r)] = r
	}
	renamed := map[string]string{}
	var revealed []any
	for _, r := range resources(t, earlier) {
		now := byName[identity(r)]
		require.NotNilf(t, now, "the present program has nothing like %s: the test cannot know what became of it", r["urn"])
		if r["custom"] == true && !strings.HasPrefix(r["type"].(string), "pulumi:providers:") {
			compare(r["id"], now["id"], renamed)
			compare(r["outputs"], now["outputs"], renamed)
		}
		for _, part := range []string{"inputs", "outputs"} {
			r[part] = reveal(r[part], now[part])
		}
		revealed = append(revealed, rename(r, renamed))
	}
	require.Greater(t, len(renamed), 10, "the states have almost nothing in common")
	deployment := earlier["deployment"].(map[string]any)
	// A later resource's outputs may show the new name of an earlier one.
	for i := range revealed {
		revealed[i] = rename(revealed[i], renamed)
	}
	deployment["resources"] = revealed
	// The engine encrypts secrets with the key that the stack has.
	deployment["secrets_providers"] = live["deployment"].(map[string]any)["secrets_providers"]
	return earlier
}

func resources(t *testing.T, state map[string]any) []map[string]any {
	t.Helper()
	var list []map[string]any
	for _, r := range state["deployment"].(map[string]any)["resources"].([]any) {
		list = append(list, r.(map[string]any))
	}
	require.NotEmpty(t, list)
	return list
}

var apiVersion = regexp.MustCompile(`/v\d{8}(preview)?:`)

// identity returns the type and the name of a resource, without the version of Azure's API, which
// aliases connect.
func identity(r map[string]any) string {
	urn := r["urn"].(string)
	return apiVersion.ReplaceAllString(r["type"].(string), ":") + urn[strings.LastIndex(urn, "::"):]
}

// compare notes which generated parts of the earlier value are others in the live one.
func compare(earlier, live any, renamed map[string]string) {
	switch e := earlier.(type) {
	case map[string]any:
		l, _ := live.(map[string]any)
		for key := range e {
			compare(e[key], l[key], renamed)
		}
	case []any:
		l, _ := live.([]any)
		for i := range min(len(e), len(l)) {
			compare(e[i], l[i], renamed)
		}
	case string:
		l, _ := live.(string)
		if generated.ReplaceAllString(e, "*") != generated.ReplaceAllString(l, "*") {
			return
		}
		now := generated.FindAllString(l, -1)
		for i, before := range generated.FindAllString(e, -1) {
			if before != now[i] {
				renamed[before] = now[i]
			}
		}
	}
}

// rename returns the value with the generated parts replaced.
func rename(value any, renamed map[string]string) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, inner := range v {
			out[key] = rename(inner, renamed)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = rename(v[i], renamed)
		}
		return out
	case string:
		return generated.ReplaceAllStringFunc(v, func(part string) string {
			if now, ok := renamed[part]; ok {
				return now
			}
			return part
		})
	default:
		return v
	}
}

// reveal returns the earlier value with the live one's secrets in the place of those that were
// removed.
func reveal(earlier, live any) any {
	switch e := earlier.(type) {
	case map[string]any:
		l, _ := live.(map[string]any)
		if e[signature] == secretSignature {
			if l[signature] == secretSignature {
				return l
			}
			if live != nil {
				text, _ := json.Marshal(live)
				return map[string]any{signature: secretSignature, "plaintext": string(text)}
			}
			return e
		}
		out := map[string]any{}
		for key := range e {
			out[key] = reveal(e[key], l[key])
		}
		return out
	case []any:
		l, _ := live.([]any)
		out := make([]any, len(e))
		for i := range e {
			var inner any
			if i < len(l) {
				inner = l[i]
			}
			out[i] = reveal(e[i], inner)
		}
		return out
	default:
		return e
	}
}
