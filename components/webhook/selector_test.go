package webhook_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
)

func TestInvalidNamespaceSelector(t *testing.T) {
	expression := func(r webhook.SelectorRequirementArgs) webhook.WebhookReleaseArgs {
		return webhook.WebhookReleaseArgs{NamespaceSelector: &webhook.NamespaceSelectorArgs{MatchExpressions: []webhook.SelectorRequirementArgs{r}}}
	}
	const path = "namespaceSelector.matchExpressions[0]"
	refused(t, map[string]invalid{
		"a requirement on no label":               one(expression(webhook.SelectorRequirementArgs{Operator: pulumi.String(webhook.SelectExists)}), path+".key", "is required"),
		"a requirement on a label without a name": one(expression(webhook.SelectorRequirementArgs{Key: pulumi.String(""), Operator: pulumi.String(webhook.SelectExists)}), path+".key", "is not allowed"),
		"a requirement without an operator":       one(expression(webhook.SelectorRequirementArgs{Key: pulumi.String("a")}), path+".operator", "is required"),
		"an operator that does not exist":         one(expression(webhook.SelectorRequirementArgs{Key: pulumi.String("a"), Operator: pulumi.String("Equals")}), path+".operator", "In, NotIn, Exists, DoesNotExist"),
		"In compares with something":              one(expression(webhook.SelectorRequirementArgs{Key: pulumi.String("a"), Operator: pulumi.String(webhook.SelectIn)}), path+".values", "give at least one"),
		"NotIn compares with something":           one(expression(webhook.SelectorRequirementArgs{Key: pulumi.String("a"), Operator: pulumi.String(webhook.SelectNotIn)}), path+".values", "give at least one"),
		"Exists compares with nothing":            one(expression(webhook.SelectorRequirementArgs{Key: pulumi.String("a"), Operator: pulumi.String(webhook.SelectExists), Values: pulumi.ToStringArray([]string{"x"})}), path+".values", "takes no values"),
		"DoesNotExist compares with none":         one(expression(webhook.SelectorRequirementArgs{Key: pulumi.String("a"), Operator: pulumi.String(webhook.SelectDoesNotExist), Values: pulumi.ToStringArray([]string{"x"})}), path+".values", "takes no values"),
		"a value has the form of labels":          one(expression(webhook.SelectorRequirementArgs{Key: pulumi.String("a"), Operator: pulumi.String(webhook.SelectIn), Values: pulumi.ToStringArray([]string{"ok", "a b"})}), path+".values[1]", "is not allowed"),
		"a label of a namespace has a key":        one(webhook.WebhookReleaseArgs{NamespaceSelector: &webhook.NamespaceSelectorArgs{MatchLabels: pulumi.StringMap{"a b": pulumi.String("x")}}}, `namespaceSelector.matchLabels["a b"]`, "is not allowed"),
	})
}
