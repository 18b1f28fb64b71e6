package pulumitest

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The fake refuses what the chart and the API server refuse, so that no test can pass with such
// values.
func TestTheHelmFakeKnowsTheWebhooksChart(t *testing.T) {
	tenant := pulumi.Map{"azureTenantID": pulumi.String(TenantID)}
	budget := func(b pulumi.Map) pulumi.Map {
		return pulumi.Map{"azureTenantID": pulumi.String(TenantID), "podDisruptionBudget": b}
	}
	cases := map[string]struct {
		values   pulumi.Map
		importID string
		want     string
	}{
		"a tenant is enough": {values: tenant},
		"no tenant":          {values: pulumi.Map{}, want: "azureTenantID"},
		"the chart's own minAvailable beside ours": {values: budget(pulumi.Map{"maxUnavailable": pulumi.Int(1)}), want: "cannot be both set"},
		"a 0 is left out":                          {values: budget(pulumi.Map{"minAvailable": pulumi.Int(0), "maxUnavailable": pulumi.String("50%")})},
		"an import by the release's own id":        {values: tenant, importID: "ns/hook"},
		"an import of another release":             {values: tenant, importID: "ns/other", want: `imports "ns/other"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := Try(t, func(ctx *pulumi.Context) error {
				cluster, err := NewProvider(ctx, "kubernetes", "cluster")
				if err != nil {
					return err
				}
				opts := []pulumi.ResourceOption{pulumi.Provider(cluster)}
				if tc.importID != "" {
					opts = append(opts, pulumi.Import(pulumi.ID(tc.importID)))
				}
				return ctx.RegisterResource("kubernetes:helm.sh/v3:Release", "hook", pulumi.Map{
					"chart": pulumi.String("workload-identity-webhook"), "namespace": pulumi.String("ns"), "name": pulumi.String("hook"), "values": tc.values,
				}, &pulumi.CustomResourceState{}, opts...)
			}, Options{RootTypes: []string{"kubernetes:helm.sh/v3:Release"}})
			if tc.want == "" && r.Err != nil || tc.want != "" && (r.Err == nil || !strings.Contains(r.Err.Error(), tc.want)) {
				t.Errorf("error = %v, want %q", r.Err, tc.want)
			}
		})
	}
}
