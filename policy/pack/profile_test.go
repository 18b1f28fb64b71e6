package pack

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

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
		config, err := ParseConfig([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v in\n%s", name, err, text)
		}
		if err := New().Configure(context.Background(), config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
