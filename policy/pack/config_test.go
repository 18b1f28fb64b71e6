package pack

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
		"wrong types, all at once": {
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
				t.Fatal("the configuration is taken")
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

// unsafeCluster breaks aks-rbac-enabled, and rules that the tests do not look at.
var unsafeCluster = plugin.AnalyzerResource{
	URN: clusterURN, Type: "azure-native:containerservice:ManagedCluster", Name: "aks",
	Properties: resource.PropertyMap{"enableRBAC": resource.NewProperty(false)},
}

// verdict is what a policy says about unsafeCluster: its level, or empty.
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
		"the default":                     {nil, apitype.Mandatory},
		"configured":                      {map[string]plugin.AnalyzerPolicyConfig{"aks-rbac-enabled": {EnforcementLevel: apitype.Advisory}}, apitype.Advisory},
		"turned off":                      {map[string]plugin.AnalyzerPolicyConfig{"aks-rbac-enabled": {EnforcementLevel: apitype.Disabled}}, ""},
		"the engine's own key is no rule": {map[string]plugin.AnalyzerPolicyConfig{"all": {EnforcementLevel: apitype.Disabled}}, apitype.Mandatory},
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

func TestExemptions(t *testing.T) {
	const rule = "aks-rbac-enabled"
	day := func(s string) func() time.Time {
		return func() time.Time {
			at, err := time.Parse(time.RFC3339, s)
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
	}
	for reason, tc := range map[string]struct {
		resource, now string
		want          apitype.EnforcementLevel
		expired       bool
	}{
		"holds for the resource":               {clusterURN, "2030-05-01T12:00:00Z", apitype.Advisory, false},
		"holds for a pattern":                  {"*:ManagedCluster::a*", "2030-05-01T12:00:00Z", apitype.Advisory, false},
		"holds on its last day":                {clusterURN, "2030-06-30T23:59:59Z", apitype.Advisory, false},
		"ends at midnight":                     {clusterURN, "2030-07-01T00:00:00Z", apitype.Mandatory, true},
		"does not hold for other resources":    {"*::other", "2030-05-01T12:00:00Z", apitype.Mandatory, false},
		"a part of the URN is not the pattern": {"ManagedCluster", "2030-05-01T12:00:00Z", apitype.Mandatory, false},
	} {
		t.Run(reason, func(t *testing.T) {
			p := newPack(Rules(), day(tc.now))
			config := map[string]plugin.AnalyzerPolicyConfig{exemptionPolicy: {Properties: map[string]any{exemptionParam: []any{
				map[string]any{"rule": rule, "resource": tc.resource, "reason": "rebuilt in June", "expires": "2030-06-30"},
			}}}}
			if err := p.Configure(context.Background(), config); err != nil {
				t.Fatal(err)
			}
			level, message := verdict(t, p, rule)
			if level != tc.want {
				t.Errorf("the level is %q, want %q", level, tc.want)
			}
			if exempt := strings.HasPrefix(message, "Exempt until 2030-06-30 (rebuilt in June): ManagedCluster"); exempt != (tc.want == apitype.Advisory) {
				t.Errorf("the message is %q", message)
			}
			res, err := p.AnalyzeStack(context.Background(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if expired := len(res.Diagnostics) == 1 && res.Diagnostics[0].PolicyName == exemptionPolicy; expired != tc.expired {
				t.Errorf("the stack's diagnostics are %v", res.Diagnostics)
			}
		})
	}
}

func TestRemediate(t *testing.T) {
	role := plugin.AnalyzerResource{
		URN: "urn:pulumi:s::p::azure-native:authorization:RoleAssignment::r", Type: "azure-native:authorization/v20220401:RoleAssignment", Name: "r",
		Properties: resource.PropertyMap{
			"principalId": resource.MakeComputed(resource.NewProperty("")),
			"__defaults":  resource.NewProperty([]resource.PropertyValue{}),
		},
	}
	group := plugin.AnalyzerResource{
		URN: "urn:pulumi:s::p::azure-native:resources:ResourceGroup::g", Type: "azure-native:resources:ResourceGroup", Name: "g",
		Properties: resource.PropertyMap{"tags": resource.NewProperty(resource.PropertyMap{"Team": resource.NewProperty("shop")})},
	}
	config := map[string]plugin.AnalyzerPolicyConfig{
		"role-principal-type": {EnforcementLevel: apitype.Remediate},
		"tags-required": {
			EnforcementLevel: apitype.Remediate,
			Properties:       map[string]any{"tags": map[string]any{"team": "nobody", "environment": "dev"}},
		},
	}
	for reason, tc := range map[string]struct {
		config map[string]plugin.AnalyzerPolicyConfig
		in     plugin.AnalyzerResource
		key    resource.PropertyKey
		want   resource.PropertyValue
	}{
		"the principal type is filled in": {config, role, "principalType", resource.NewProperty("ServicePrincipal")},
		"missing tags are added, and those that are there stay": {config, group, "tags", resource.NewProperty(resource.PropertyMap{
			"Team": resource.NewProperty("shop"), "environment": resource.NewProperty("dev"),
		})},
		"nothing is changed at the default level": {nil, role, "principalType", resource.PropertyValue{}},
	} {
		t.Run(reason, func(t *testing.T) {
			p := New()
			client := connect(t, p)
			if err := client.Configure(context.Background(), tc.config); err != nil {
				t.Fatal(err)
			}
			res, err := client.Remediate(context.Background(), tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if tc.want.V == nil {
				if len(res.Remediations) != 0 {
					t.Errorf("got %v, want nothing", res.Remediations)
				}
				return
			}
			if len(res.Remediations) != 1 {
				t.Fatalf("got %d remediations, want one", len(res.Remediations))
			}
			fixed := res.Remediations[0].Properties
			if diff := cmp.Diff(tc.want, fixed[tc.key]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.key, diff)
			}
			for key := range tc.in.Properties {
				if _, ok := fixed[key]; !ok {
					t.Errorf("%s got lost", key)
				}
			}
			// What has been put right is not reported.
			tc.in.Properties = fixed
			after, err := client.Analyze(context.Background(), tc.in)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range after.Diagnostics {
				if d.PolicyName == res.Remediations[0].PolicyName {
					t.Errorf("still reported: %s", d.Message)
				}
			}
		})
	}
}

// Every policy says all that documentation and output need.
func TestRulesAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range Rules() {
		if seen[rule.Name] {
			t.Errorf("%s is there twice", rule.Name)
		}
		seen[rule.Name] = true
		for field, text := range map[string]string{
			"title": rule.Title, "why": rule.Why, "remedy": rule.Remedy, "reason": rule.Reason, "document": rule.Document,
		} {
			if text == "" || field != "document" && !strings.HasSuffix(text, ".") {
				t.Errorf("the %s of %s is not a sentence: %q", field, rule.Name, text)
			}
		}
		if len(rule.IDs) == 0 || !strings.HasPrefix(rule.URL, "https://") || rule.Severity == "" || rule.Level == "" {
			t.Errorf("%s lacks ids, address, severity or level", rule.Name)
		}
		if rule.Name != exemptionPolicy && (rule.Resource == nil) == (rule.Stack == nil) {
			t.Errorf("%s must judge resources or the stack", rule.Name)
		}
		if rule.Fix != nil && rule.Resource == nil {
			t.Errorf("%s puts resources right that it does not judge", rule.Name)
		}
		for _, param := range rule.Params {
			if err := param.Check(param.Default); err != nil {
				t.Errorf("the default of %s.%s: %s", rule.Name, param.Name, err)
			}
		}
	}
}
