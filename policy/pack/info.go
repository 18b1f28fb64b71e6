package pack

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// GetAnalyzerInfo describes the pack and its policies, without their configuration schemas; see
// NewServer.
func (p *Pack) GetAnalyzerInfo(context.Context) (plugin.AnalyzerInfo, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	info := plugin.AnalyzerInfo{
		Name: Name, DisplayName: "AKS workload identity", Version: Version, SupportsConfig: true, Provider: "Azure",
		Description: "Workload identity on AKS: clusters, trust, pods, roles and vaults, each alone and all together.",
		Tags:        []string{"azure", "aks", "kubernetes", "workload-identity"},
	}
	for i := range p.rules {
		r := &p.rules[i]
		kind := plugin.AnalyzerPolicyTypeStack
		if r.CheckResource != nil {
			kind = plugin.AnalyzerPolicyTypeResource
		}
		info.Policies = append(info.Policies, plugin.AnalyzerPolicyInfo{
			Name: r.Name, DisplayName: r.Title, Description: r.Title + " Why: " + r.Why, Message: r.Remedy,
			EnforcementLevel: apitype.EnforcementLevel(p.settings[r.Name].level), Type: kind,
			Severity: apitype.PolicySeverity(r.Severity), Tags: r.Equivalents,
			RemediationSteps: r.Remedy, URL: r.Source.URL,
		})
	}
	return info, nil
}

// schemas returns the JSON schemas of a rule's parameters, by name.
func schemas(r *rule.Rule) map[string]any {
	properties := make(map[string]any, len(r.Params))
	for i := range r.Params {
		properties[r.Params[i].Name] = r.Params[i].Schema()
	}
	return properties
}
