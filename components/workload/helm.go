package workload

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"
)

// helmValues is the snippet for a chart in the customary form. It names the
// service account if all federations share one, and lets the chart create it
// where that is left to others.
func (w *FederatedWorkload) helmValues(args *FederatedWorkloadArgs) pulumi.StringOutput {
	return pulumi.All(w.ServiceAccountAnnotations, w.PodAnnotations).ApplyT(func(values []any) (string, error) {
		return helmSnippet(args, values[0].(map[string]string), values[1].(map[string]string))
	}).(pulumi.StringOutput)
}

func helmSnippet(args *FederatedWorkloadArgs, annotations, podAnnotations map[string]string) (string, error) {
	account := map[string]any{
		"create": slices.ContainsFunc(args.Federations, func(f FederationArgs) bool {
			return f.mode() == ExistingServiceAccount || f.mode() == AnnotateServiceAccount
		}),
		"automount":   args.AutomountServiceAccountToken,
		"annotations": annotations,
	}
	accounts := map[string]bool{}
	for i := range args.Federations {
		accounts[args.Federations[i].ServiceAccount] = true
	}
	if len(accounts) == 1 {
		account["name"] = args.Federations[0].ServiceAccount
	}
	text, err := yaml.Marshal(map[string]any{
		"serviceAccount": account, "podLabels": podLabels(), "podAnnotations": podAnnotations,
	})
	if err != nil {
		return "", fmt.Errorf("writing Helm values: %w", err)
	}
	return string(text), nil
}
