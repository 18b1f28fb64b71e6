package pack

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/policy/internal/corpus"
)

// FuzzAnalyze replaces values and dependencies in the corpus by any others: no rule panics.
func FuzzAnalyze(f *testing.F) {
	cases := loadCorpus(f)
	p := New()
	if err := p.Configure(context.Background(), enabled(p, nil)); err != nil {
		f.Fatal(err)
	}
	f.Add(uint16(0), []byte(nil))
	f.Add(uint16(17), []byte{1, 12, 3, 1, 8, 5, 1, 7, 0, 1, 10, 2, 5, 5})
	f.Add(uint16(60), []byte{0, 1, 3, 4, 'd', 'e', 'm', 'o', 1, 14, 1, 0, 1, 2, 3})
	f.Fuzz(func(t *testing.T, n uint16, data []byte) {
		c := cases[int(n)%len(cases)]
		analyze(t, p, corpus.NewSource(data).Mutate(c.Resources))
	})
}

// FuzzAnalyzeType gives resources of every type that a rule names any properties: no rule panics.
func FuzzAnalyzeType(f *testing.F) {
	f.Add(uint8(0), []byte{12, 3, 1, 'a', 5})
	p := New()
	if err := p.Configure(context.Background(), enabled(p, nil)); err != nil {
		f.Fatal(err)
	}
	types := []string{"kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Pod", "kubernetes:core/v1:Secret", "kubernetes:helm.sh/v3:Release"}
	for i := range p.rules {
		types = append(types, p.rules[i].Types...)
	}
	f.Fuzz(func(t *testing.T, n uint8, data []byte) {
		source := corpus.NewSource(data)
		properties := resource.PropertyMap{}
		for range 4 {
			properties[resource.PropertyKey(source.Text())] = source.Value(0)
		}
		typ := types[int(n)%len(types)]
		in := plugin.AnalyzerResource{URN: resource.URN("urn:pulumi:s::p::" + typ + "::n"), Type: resource.URN("urn:pulumi:s::p::" + typ + "::n").Type(), Name: "n", Properties: properties}
		if _, err := p.Analyze(context.Background(), in); err != nil {
			t.Error(err)
		}
		if _, err := p.AnalyzeStack(context.Background(), []plugin.AnalyzerStackResource{{AnalyzerResource: in}}); err != nil {
			t.Error(err)
		}
	})
}
