package webhook_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestInvalidResources(t *testing.T) {
	type args = webhook.WebhookReleaseArgs
	resources := func(r webhook.ResourcesArgs) args { return args{Resources: &r} }
	refused(t, map[string]invalid{
		"a quantity has a known suffix":     one(resources(webhook.ResourcesArgs{CpuLimit: pulumi.String("1 core")}), "resources.cpuLimit", "100m or 64Mi"),
		"a request of nothing":              one(resources(webhook.ResourcesArgs{CpuRequest: pulumi.String("0")}), "resources.cpuRequest", "leave it out"),
		"m is a thousandth, not a megabyte": one(resources(webhook.ResourcesArgs{MemoryRequest: pulumi.String("30m")}), "resources.memoryRequest", "less than 1Mi"),
		"memory in bytes with a slip": {
			Args: &args{TenantId: tenant(), Resources: &webhook.ResourcesArgs{MemoryLimit: pulumi.String("128"), MemoryRequest: pulumi.String("1Mi")}},
			Want: []pulumitest.Problem{{Path: "resources.memoryLimit", Text: "less than 1Mi"}, {Path: "resources.memoryRequest", Text: "above the limit"}},
		},
		"a request above its limit":         one(resources(webhook.ResourcesArgs{CpuRequest: pulumi.String("1"), CpuLimit: pulumi.String("500m")}), "resources.cpuRequest", "above the limit of 500m"),
		"a request above the chart's limit": one(resources(webhook.ResourcesArgs{MemoryRequest: pulumi.String("64Mi")}), "resources.memoryRequest", "above the limit of 30Mi"),
		"a limit below the chart's request": one(resources(webhook.ResourcesArgs{CpuLimit: pulumi.String("50m")}), "resources.cpuRequest", "request of 100m"),
	})
}
