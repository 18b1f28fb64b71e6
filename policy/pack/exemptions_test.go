package pack

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

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
		"the resource":                     {clusterURN, "2030-05-01T12:00:00Z", apitype.Advisory, false},
		"a pattern that matches":           {"*:ManagedCluster::a*", "2030-05-01T12:00:00Z", apitype.Advisory, false},
		"the last day":                     {clusterURN, "2030-06-30T23:59:59Z", apitype.Advisory, false},
		"the day after, from midnight on":  {clusterURN, "2030-07-01T00:00:00Z", apitype.Mandatory, true},
		"another resource":                 {"*::other", "2030-05-01T12:00:00Z", apitype.Mandatory, false},
		"a part of the URN, without stars": {"ManagedCluster", "2030-05-01T12:00:00Z", apitype.Mandatory, false},
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
			namespace := resource.NewURN("s", "p", "", "kubernetes:core/v1:Namespace", "n")
			res, err := p.AnalyzeStack(context.Background(), []plugin.AnalyzerStackResource{
				{AnalyzerResource: plugin.AnalyzerResource{URN: namespace, Type: namespace.Type(), Name: namespace.Name()}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if expired := len(res.Diagnostics) == 1 && res.Diagnostics[0].PolicyName == exemptionPolicy; expired != tc.expired {
				t.Errorf("the stack's diagnostics are %v", res.Diagnostics)
			}
			for _, d := range res.Diagnostics {
				if want := resource.DefaultRootStackURN("s", "p"); d.URN != want {
					t.Errorf("it is about %q, want %q: `pulumi policy analyze` panics without a URN", d.URN, want)
				}
			}
		})
	}
}
