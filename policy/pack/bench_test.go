package pack

import (
	"fmt"
	"testing"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/internal/corpus"
)

// stackOf returns a stack of n resources: copies of the largest good program of the corpus, each
// with a cluster and workloads.
func stackOf(t testing.TB, n int) []*graph.Resource {
	t.Helper()
	cases, err := corpus.Load("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	var base []*graph.Resource
	for _, c := range cases {
		if c.Rule == "good" && len(c.Resources) > len(base) {
			base = c.Resources
		}
	}
	var list []*graph.Resource
	for i := 0; len(list) < n; i++ {
		suffix := fmt.Sprintf("-%d", i)
		for _, r := range base {
			list = append(list, withSuffix(r, suffix))
		}
	}
	return list[:n]
}

// withSuffix returns a resource of another copy of the graph.
func withSuffix(r *graph.Resource, suffix string) *graph.Resource {
	c := *r
	c.URN += suffix
	c.Name += suffix
	for _, urn := range []*string{&c.Parent, &c.Provider} {
		if *urn != "" {
			*urn += suffix
		}
	}
	c.Dependencies = withSuffixes(r.Dependencies, suffix)
	c.PropertyDependencies = map[string][]string{}
	for property, urns := range r.PropertyDependencies {
		c.PropertyDependencies[property] = withSuffixes(urns, suffix)
	}
	return &c
}

func withSuffixes(urns []string, suffix string) []string {
	list := make([]string, len(urns))
	for i, urn := range urns {
		list[i] = urn + suffix
	}
	return list
}

func BenchmarkStack1000(b *testing.B) { benchmarkStack(b, 1000) }

func BenchmarkStack5000(b *testing.B) { benchmarkStack(b, 5000) }

// benchmarkStack checks a whole stack through the engine's protocol, with every rule turned on.
func benchmarkStack(b *testing.B, n int) {
	resources := stackOf(b, n)
	p := New()
	client := connect(b, p)
	if err := client.Configure(b.Context(), enabled(p, nil)); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		analyze(b, client, resources)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/resource")
}

// BenchmarkGrowth reports how many times longer 5,000 resources take than 1,000: about five times
// if no rule compares every resource with every other. Each copy has the same names as the others,
// which is the worst case for the indices.
func BenchmarkGrowth(b *testing.B) {
	small, large := stackOf(b, 1000), stackOf(b, 5000)
	p := New()
	if err := p.Configure(b.Context(), enabled(p, nil)); err != nil {
		b.Fatal(err)
	}
	var took [2]time.Duration
	for b.Loop() {
		for i, resources := range [][]*graph.Resource{small, large} {
			start := time.Now()
			analyze(b, p, resources)
			took[i] += time.Since(start)
		}
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "times-for-5x")
}
