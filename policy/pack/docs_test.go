package pack

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "write the generated files instead of comparing with them")

// generated compares a file of the repository with what the rules make of it.
func generated(t *testing.T, path, want string) {
	t.Helper()
	path = filepath.Join("..", "..", path)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run the test with -update, and read what it writes", err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what the rules say (-want +got); run the test with -update:\n%s", path, diff)
	}
}

func TestDocument(t *testing.T) {
	text := document()
	generated(t, "docs/policies.md", text)
	if n := len(regexp.MustCompile(`(?m)^### `).FindAllString(text, -1)); n != len(Rules()) {
		t.Errorf("the document describes %d policies, the pack has %d", n, len(Rules()))
	}
}

func TestHardenedProfile(t *testing.T) {
	text, err := json.MarshalIndent(hardened(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	generated(t, "policy/profiles/hardened.json", string(text)+"\n")
}

// The two manifests and the pack say the same version.
func TestManifests(t *testing.T) {
	for _, file := range []string{"../PulumiPolicy.yaml", "../prebuilt/PulumiPolicy.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var manifest struct{ Runtime, Version, Description string }
		if err := yaml.Unmarshal(text, &manifest); err != nil {
			t.Fatal(err)
		}
		if manifest.Version != Version {
			t.Errorf("%s says version %s, the pack %s", file, manifest.Version, Version)
		}
		// The runtime of the prebuilt pack is the end of its binary's name.
		if strings.Contains(file, "prebuilt") && !strings.Contains(string(text), "pulumi-analyzer-policy-"+manifest.Runtime) {
			t.Errorf("%s does not name the binary that runtime %s means", file, manifest.Runtime)
		}
	}
}

// Every row of the catalogue has a policy: 1 to 35, which other tools check too, and N1 to N19, which none does.
func TestCatalogueIsCovered(t *testing.T) {
	covered := map[string]bool{}
	for _, rule := range Rules() {
		for _, id := range rule.IDs {
			covered[id] = true
		}
	}
	for i := 1; i <= 35; i++ {
		if !covered[strconv.Itoa(i)] {
			t.Errorf("no policy is about row %d", i)
		}
	}
	for i := 1; i <= 19; i++ {
		if !covered["N"+strconv.Itoa(i)] {
			t.Errorf("no policy is about N%d", i)
		}
	}
}

// The document's example and the hardened profile are configuration that the pack takes.
func TestWrittenConfigurationIsTaken(t *testing.T) {
	_, example, _ := strings.Cut(document(), "errors that name the nearest.\n")
	example, _, _ = strings.Cut(example, "An exemption needs")
	profile, err := os.ReadFile("../profiles/hardened.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"example": example, "profile": string(profile)} {
		var file map[string]any
		if err := json.Unmarshal([]byte(text), &file); err != nil {
			t.Fatalf("%s: %v in\n%s", name, err, text)
		}
		// The engine reads a policy's entry like this: a level, or an object with a level among the parameters.
		config := map[string]plugin.AnalyzerPolicyConfig{}
		for policy, entry := range file {
			switch entry := entry.(type) {
			case string:
				config[policy] = plugin.AnalyzerPolicyConfig{EnforcementLevel: apitype.EnforcementLevel(entry)}
			case map[string]any:
				level, _ := entry["enforcementLevel"].(string)
				delete(entry, "enforcementLevel")
				config[policy] = plugin.AnalyzerPolicyConfig{EnforcementLevel: apitype.EnforcementLevel(level), Properties: entry}
			}
		}
		if err := New().Configure(context.Background(), config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
