package pack

import (
	"fmt"
	"testing"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/policy/internal/corpus"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// stackOf makes a stack of about n resources of our own local stack: one cluster, and workload after workload, each
// with an identity, a credential, a role, an account and its pods.
func stackOf(t testing.TB, n int) []*rules.Resource {
	t.Helper()
	cases, err := corpus.Load("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	var base []*rules.Resource
	for _, c := range cases {
		if c.Rule == "good" && len(c.Resources) > len(base) {
			base = c.Resources
		}
	}
	var list []*rules.Resource
	for i := 0; len(list) < n; i++ {
		suffix := fmt.Sprintf("-%d", i)
		for _, r := range base {
			list = append(list, renamed(r, suffix))
		}
	}
	return list[:n]
}

// renamed is a resource of another copy of the graph.
func renamed(r *rules.Resource, suffix string) *rules.Resource {
	c := *r
	c.URN += suffix
	c.Name += suffix
	for _, urn := range []*string{&c.Parent, &c.Provider} {
		if *urn != "" {
			*urn += suffix
		}
	}
	c.Dependencies = suffixed(r.Dependencies, suffix)
	c.PropertyDependencies = map[string][]string{}
	for property, urns := range r.PropertyDependencies {
		c.PropertyDependencies[property] = suffixed(urns, suffix)
	}
	return &c
}

func suffixed(urns []string, suffix string) []string {
	list := make([]string, len(urns))
	for i, urn := range urns {
		list[i] = urn + suffix
	}
	return list
}

func BenchmarkStack1000(b *testing.B) { benchmarkStack(b, 1000) }

func BenchmarkStack5000(b *testing.B) { benchmarkStack(b, 5000) }

// benchmarkStack judges a whole stack over the engine's protocol, every rule turned on.
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

// BenchmarkGrowth prints how much longer 5,000 resources take than 1,000: about five times as long if no rule compares
// every resource with every other. Each copy shares names with the others, which is the worst case for the indices.
func BenchmarkGrowth(b *testing.B) {
	small, large := stackOf(b, 1000), stackOf(b, 5000)
	p := New()
	if err := p.Configure(b.Context(), enabled(p, nil)); err != nil {
		b.Fatal(err)
	}
	var took [2]time.Duration
	for b.Loop() {
		for i, resources := range [][]*rules.Resource{small, large} {
			start := time.Now()
			analyze(b, p, resources)
			took[i] += time.Since(start)
		}
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "times-for-5x")
}
