package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
)

// TestResourceGet reads properties of inputs and outputs: inputs win, outputs complete them.
func TestResourceGet(t *testing.T) {
	r := &graph.Resource{
		Inputs: resource.PropertyMap{
			"asked":   resource.NewProperty("input"),
			"pending": resource.MakeComputed(resource.NewProperty("")),
			"nested":  resource.NewProperty(resource.PropertyMap{"asked": resource.NewProperty("input")}),
		},
		Outputs: resource.PropertyMap{
			"asked":   resource.NewProperty("output"),
			"pending": resource.NewProperty("output"),
			"added":   resource.NewProperty("output"),
			"nested":  resource.NewProperty(resource.PropertyMap{"added": resource.NewProperty("output")}),
		},
	}
	got := map[string]string{}
	for _, path := range [][]string{{"asked"}, {"pending"}, {"added"}, {"nested", "asked"}, {"nested", "added"}, {"nowhere"}, {"asked", "deeper"}} {
		v := r.Get(path...)
		got[v.Path()] = v.Show()
	}
	want := map[string]string{
		"asked": `"input"`, "pending": "[unknown]", "added": `"output"`, "nested.asked": `"input"`, "nested.added": `"output"`,
		"nowhere": "not set", "asked.deeper": "[unknown]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if v := r.Input("added"); !v.IsAbsent() {
		t.Errorf("the input %s is %s, want absent: the program does not set it", v.Path(), v.Show())
	}
}
