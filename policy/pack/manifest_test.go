package pack

import (
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestManifests checks that the two manifests have the version of the pack.
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
			t.Errorf("%s has version %s, the pack %s", file, manifest.Version, Version)
		}
		// The runtime of the prebuilt pack is the end of its binary's name.
		if strings.Contains(file, "prebuilt") && !strings.Contains(string(text), "pulumi-analyzer-policy-"+manifest.Runtime) {
			t.Errorf("%s does not name the binary that runtime %s means", file, manifest.Runtime)
		}
	}
}
