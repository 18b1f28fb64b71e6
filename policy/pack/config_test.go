package pack

import (
	"context"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

func TestConfigureRefuses(t *testing.T) {
	exemption := func(fields map[string]any) map[string]plugin.AnalyzerPolicyConfig {
		return map[string]plugin.AnalyzerPolicyConfig{exemptionPolicy: {Properties: map[string]any{exemptionParam: []any{fields}}}}
	}
	for reason, tc := range map[string]struct {
		config map[string]plugin.AnalyzerPolicyConfig
		want   []string
	}{
		"unknown policy, with the nearest": {
			map[string]plugin.AnalyzerPolicyConfig{"aks-rbac-enable": {EnforcementLevel: apitype.Advisory}},
			[]string{`there is no policy "aks-rbac-enable": did you mean "aks-rbac-enabled"?`},
		},
		"unknown parameter, with the nearest": {
			map[string]plugin.AnalyzerPolicyConfig{"credential-issuer-allowed": {Properties: map[string]any{"allowedIssuer": []any{}}}},
			[]string{`credential-issuer-allowed.allowedIssuer: the policy has no such parameter: did you mean "allowedIssuers"?`},
		},
		"parameter of a policy without any": {
			map[string]plugin.AnalyzerPolicyConfig{"aks-rbac-enabled": {Properties: map[string]any{"minimum": 1.0}}},
			[]string{`aks-rbac-enabled.minimum: the policy has no such parameter`},
		},
		"wrong types, all in one error": {
			map[string]plugin.AnalyzerPolicyConfig{
				"credential-issuer-allowed": {Properties: map[string]any{"allowedIssuers": "https://x/"}},
				"webhook-replicas":          {Properties: map[string]any{"minimum": 1.5}},
				"tags-required":             {Properties: map[string]any{"tags": map[string]any{"a": 1.0}}},
				"aks-version-supported":     {Properties: map[string]any{"minimum": 1.3}},
			},
			[]string{
				"aks-version-supported.minimum: wants a string", "credential-issuer-allowed.allowedIssuers: wants a list of strings",
				"tags-required.tags: wants a map of strings", "webhook-replicas.minimum: wants a number",
			},
		},
		"a pod template without a path, and one with a misspelt key": {
			map[string]plugin.AnalyzerPolicyConfig{"pod-use-label": {Properties: map[string]any{"podTemplates": []any{
				map[string]any{"kind": "example.com:Service"}, map[string]any{"kind": "example.com:Job", "path": "spec", "pth": "x"},
			}}}},
			[]string{"pod-use-label.podTemplates: [0] wants kind", `[1] has no key "pth"`},
		},
		"exemption without reason and day": {
			exemption(map[string]any{"rule": "aks-rbac-enabled", "resource": "*"}),
			[]string{"exemption-expired.exemptions[0].reason: it is required", "exemption-expired.exemptions[0].expires: it is required"},
		},
		"exemption of a rule that does not exist": {
			exemption(map[string]any{"rule": "aks-rbac", "resource": "*", "reason": "r", "expires": "2030-01-01"}),
			[]string{`there is no policy "aks-rbac"`},
		},
		"exemption with a day that does not exist": {
			exemption(map[string]any{"rule": "aks-rbac-enabled", "resource": "*", "reason": "r", "expires": "2030-02-30"}),
			[]string{`"2030-02-30" is not a day`},
		},
		"exemption with another key": {
			exemption(map[string]any{"rule": "aks-rbac-enabled", "resource": "*", "reason": "r", "expires": "2030-01-01", "resources": "*"}),
			[]string{`.resources: unknown key: did you mean "resource"?`},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			err := New().Configure(context.Background(), tc.config)
			if err == nil {
				t.Fatal("the configuration is accepted")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error lacks %q:\n%s", want, err)
				}
			}
		})
	}
}

const clusterURN = "urn:pulumi:s::p::azure-native:containerservice:ManagedCluster::aks"

// unsafeCluster violates aks-rbac-enabled, and rules that the tests do not read.
var unsafeCluster = plugin.AnalyzerResource{
	URN: clusterURN, Type: "azure-native:containerservice:ManagedCluster", Name: "aks",
	Properties: resource.PropertyMap{"enableRBAC": resource.NewProperty(false)},
}

// verdict returns the level and message of a policy for unsafeCluster; empty if it passes.
func verdict(t *testing.T, p *Pack, policy string) (level apitype.EnforcementLevel, message string) {
	t.Helper()
	res, err := p.Analyze(context.Background(), unsafeCluster)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range res.Diagnostics {
		if d.PolicyName == policy {
			return d.EnforcementLevel, d.Message
		}
	}
	return "", ""
}

func TestLevels(t *testing.T) {
	for reason, tc := range map[string]struct {
		config map[string]plugin.AnalyzerPolicyConfig
		want   apitype.EnforcementLevel
	}{
		"the default": {nil, apitype.Mandatory},
		"configured":  {map[string]plugin.AnalyzerPolicyConfig{"aks-rbac-enabled": {EnforcementLevel: apitype.Advisory}}, apitype.Advisory},
		"turned off":  {map[string]plugin.AnalyzerPolicyConfig{"aks-rbac-enabled": {EnforcementLevel: apitype.Disabled}}, ""},
		"the engine's key for all policies is ignored": {map[string]plugin.AnalyzerPolicyConfig{"all": {EnforcementLevel: apitype.Disabled}}, apitype.Mandatory},
	} {
		t.Run(reason, func(t *testing.T) {
			p := New()
			if err := p.Configure(context.Background(), tc.config); err != nil {
				t.Fatal(err)
			}
			if got, _ := verdict(t, p, "aks-rbac-enabled"); got != tc.want {
				t.Errorf("the level is %q, want %q", got, tc.want)
			}
		})
	}
}
