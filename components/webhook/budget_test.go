package webhook_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
)

func TestInvalidBudgets(t *testing.T) {
	type args = webhook.WebhookReleaseArgs
	budget := func(minimum, maximum pulumi.Input) *webhook.PodDisruptionBudgetArgs {
		return &webhook.PodDisruptionBudgetArgs{MinAvailable: minimum, MaxUnavailable: maximum}
	}
	const minPath, maxPath = "podDisruptionBudget.minAvailable", "podDisruptionBudget.maxUnavailable"
	refused(t, map[string]invalid{
		"an empty budget says nothing":                one(args{PodDisruptionBudget: budget(nil, nil)}, "podDisruptionBudget", "give minAvailable or maxUnavailable"),
		"the API server takes one of the two":         one(args{PodDisruptionBudget: budget(pulumi.Int(1), pulumi.Int(1))}, "podDisruptionBudget", "exclude each other"),
		"one of the two, also where one is an output": one(args{PodDisruptionBudget: budget(pulumi.Int(1), pulumi.Int(1).ToIntOutput())}, "podDisruptionBudget", "exclude each other"),
		"the chart drops a maxUnavailable of 0":       one(args{PodDisruptionBudget: budget(nil, pulumi.Int(0))}, maxPath, "the chart drops a 0"),
		"0% lets no pod go":                           one(args{PodDisruptionBudget: budget(nil, pulumi.String("0%"))}, maxPath, "block every node drain"),
		"the chart drops a minAvailable of 0":         one(args{PodDisruptionBudget: budget(pulumi.Int(0), nil)}, minPath, "protect nothing"),
		"all of the default replicas block a drain":   one(args{PodDisruptionBudget: budget(pulumi.Int(2), nil)}, minPath, "2 of 2 replicas would block every node drain"),
		"more than all replicas block a drain":        one(args{Replicas: pulumi.Int(3), PodDisruptionBudget: budget(pulumi.Int(4), nil)}, minPath, "4 of 3 replicas"),
		"the only replica blocks a drain":             one(args{Replicas: pulumi.Int(1), PodDisruptionBudget: budget(pulumi.Int(1), nil)}, minPath, "maxUnavailable: 1"),
		"Kubernetes rounds a percentage up":           one(args{PodDisruptionBudget: budget(pulumi.String("51%"), nil)}, minPath, "51% of 2 replicas"),
		"100% blocks a drain whatever the replicas":   one(args{Replicas: pulumi.Int(3).ToIntOutput(), PodDisruptionBudget: budget(pulumi.String("100%"), nil)}, minPath, "100%"),
		"a budget is a number or a percentage":        one(args{PodDisruptionBudget: budget(nil, pulumi.String("half"))}, maxPath, `"50%"`),
		"a budget is no truth":                        one(args{PodDisruptionBudget: budget(nil, pulumi.Bool(true))}, maxPath, `"50%"`),
		"a budget is not negative":                    one(args{PodDisruptionBudget: budget(pulumi.Int(-1), nil)}, minPath, "fewer than none"),
		"a budget is at most all":                     one(args{PodDisruptionBudget: budget(nil, pulumi.String("101%"))}, maxPath, "more than all"),
	})
}
