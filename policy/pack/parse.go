package pack

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// ParseConfig reads a configuration of the pack as the engine's --policy-pack-config does: each
// entry is a level, or an object with parameters, and the level among them as enforcementLevel.
func ParseConfig(text []byte) (map[string]plugin.AnalyzerPolicyConfig, error) {
	var entries map[string]any
	if err := json.Unmarshal(text, &entries); err != nil {
		return nil, err
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
			return nil, fmt.Errorf("%s: wants a level or an object, got %v", policy, entry)
		}
	}
	return config, nil
}
