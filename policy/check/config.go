package check

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// readConfig reads a configuration of the pack as the engine's --policy-pack-config does: each
// entry is a level, or an object with parameters, and the level among them as enforcementLevel.
func readConfig(file string) (map[string]plugin.AnalyzerPolicyConfig, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var entries map[string]any
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	config := make(map[string]plugin.AnalyzerPolicyConfig, len(entries))
	for policy, entry := range entries {
		switch entry := entry.(type) {
		case string:
			config[policy] = plugin.AnalyzerPolicyConfig{EnforcementLevel: apitype.EnforcementLevel(entry)}
		case map[string]any:
			level, _ := entry["enforcementLevel"].(string)
			delete(entry, "enforcementLevel")
			config[policy] = plugin.AnalyzerPolicyConfig{EnforcementLevel: apitype.EnforcementLevel(level), Properties: entry}
		default:
			return nil, fmt.Errorf("%s: %s: wants a level or an object, got %v", file, policy, entry)
		}
	}
	return config, nil
}
