package graph_test

import (
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
)

// TestGraphOfBrokenInput builds a graph from what a defective engine might send: missing and
// repeated resources, cycles, dependencies that do not exist.
func TestGraphOfBrokenInput(t *testing.T) {
	a := &graph.Resource{URN: "a", Type: "t", Parent: "b", Dependencies: []string{"b", "gone"}}
	b := &graph.Resource{URN: "b", Type: "t", Parent: "a", Dependencies: []string{"a"}}
	g := graph.NewGraph([]*graph.Resource{nil, {}, a, b, a})
	if len(g.Resources) != 2 || len(g.ByType("t")) != 2 || g.Find("b") != b || g.Find("c") != nil {
		t.Errorf("the graph has %d resources", len(g.Resources))
	}
}
