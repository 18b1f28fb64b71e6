package pack

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

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
			Properties:       map[string]any{"tags": map[string]any{"team": "platform", "environment": "dev"}},
		},
	}
	for reason, tc := range map[string]struct {
		config map[string]plugin.AnalyzerPolicyConfig
		in     plugin.AnalyzerResource
		key    resource.PropertyKey
		want   resource.PropertyValue
	}{
		"the principal type is filled in": {config, role, "principalType", resource.NewProperty("ServicePrincipal")},
		"missing tags are added, and existing ones stay": {config, group, "tags", resource.NewProperty(resource.PropertyMap{
			"Team": resource.NewProperty("shop"), "environment": resource.NewProperty("dev"),
		})},
		"at the default level nothing is changed": {nil, role, "principalType", resource.PropertyValue{}},
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
					t.Errorf("%s is lost", key)
				}
			}
			// What is corrected is not reported.
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
