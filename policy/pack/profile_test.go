package pack

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// hardened returns policy/profiles/hardened.json, the configuration that turns on what is off by
// default, and enforces general hardening: mandatory from medium severity on, advisory below.
func hardened() map[string]string {
	levels := map[string]string{}
	for _, r := range Rules() {
		level := rule.Mandatory
		if r.Severity == rule.Low {
			level = rule.Advisory
		}
		if r.Level == rule.Disabled || r.Reason == rule.Hardening && r.Level != level {
			levels[r.Name] = string(level)
		}
	}
	return levels
}

// baseline returns policy/profiles/baseline.json, the configuration for programs that exist: it
// enforces nothing.
func baseline() map[string]string {
	levels := map[string]string{}
	for _, r := range Rules() {
		if r.Level == rule.Mandatory {
			levels[r.Name] = string(rule.Advisory)
		}
	}
	return levels
}

func TestProfiles(t *testing.T) {
	for file, levels := range map[string]map[string]string{"hardened": hardened(), "baseline": baseline()} {
		text, err := json.MarshalIndent(levels, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		compareGenerated(t, "policy/profiles/"+file+".json", string(text)+"\n")
	}
}

// TestWrittenConfigurationIsAccepted configures the pack with the document's example and with both
// profiles.
func TestWrittenConfigurationIsAccepted(t *testing.T) {
	_, example, _ := strings.Cut(document(), exampleStart)
	example, _, _ = strings.Cut(example, exampleEnd)
	texts := map[string]string{"example": example}
	for _, profile := range []string{"hardened", "baseline"} {
		text, err := os.ReadFile("../profiles/" + profile + ".json")
		if err != nil {
			t.Fatal(err)
		}
		texts[profile] = string(text)
	}
	for name, text := range texts {
		var file map[string]any
		if err := json.Unmarshal([]byte(text), &file); err != nil {
			t.Fatalf("%s: %v in\n%s", name, err, text)
		}
		// As the engine reads a policy's entry: a level, or an object with a level among the
		// parameters.
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
