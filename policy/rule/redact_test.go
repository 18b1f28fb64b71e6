package rule_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

func TestRedact(t *testing.T) {
	r := &graph.Resource{Inputs: resource.PropertyMap{
		"password": resource.MakeSecret(resource.NewProperty("hunter2")),
		"longer":   resource.MakeSecret(resource.NewProperty("hunter2-and-more")),
		"short":    resource.MakeSecret(resource.NewProperty("ab")),
		"output": resource.NewProperty(resource.Output{
			Element: resource.NewProperty([]resource.PropertyValue{resource.NewProperty("in a list")}), Known: true, Secret: true,
		}),
	}}
	list := []rule.Violation{{Problem: "hunter2-and-more, hunter2, in a list and ab", Value: `"hunter2"`}}
	rule.Redact(list, r)
	want := []rule.Violation{{Problem: "[secret], [secret], [secret] and ab", Value: `"[secret]"`}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}
