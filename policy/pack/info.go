package pack

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// GetAnalyzerInfo describes the pack and its policies, without their configuration schemas; see NewServer.
func (p *Pack) GetAnalyzerInfo(context.Context) (plugin.AnalyzerInfo, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	info := plugin.AnalyzerInfo{
		Name: Name, DisplayName: "AKS workload identity", Version: Version, SupportsConfig: true, Provider: "Azure",
		Description: "Workload identity on AKS: clusters, trust, pods, roles and vaults, each for itself and all together.",
		Tags:        []string{"azure", "aks", "kubernetes", "workload-identity"},
	}
	for i := range p.rules {
		rule := &p.rules[i]
		kind := plugin.AnalyzerPolicyTypeStack
		if rule.Resource != nil {
			kind = plugin.AnalyzerPolicyTypeResource
		}
		info.Policies = append(info.Policies, plugin.AnalyzerPolicyInfo{
			Name: rule.Name, DisplayName: rule.Title, Description: rule.Title + " Why: " + rule.Why, Message: rule.Remedy,
			EnforcementLevel: apitype.EnforcementLevel(p.settings[rule.Name].level), Type: kind,
			Severity: apitype.PolicySeverity(rule.Severity), Tags: rule.Equivalents,
			RemediationSteps: rule.Remedy, URL: rule.URL,
		})
	}
	return info, nil
}

// schemas are the JSON schemas of a rule's parameters, by name.
func schemas(rule *rules.Rule) map[string]any {
	properties := make(map[string]any, len(rule.Params))
	for i := range rule.Params {
		properties[rule.Params[i].Name] = rule.Params[i].Schema()
	}
	return properties
}
