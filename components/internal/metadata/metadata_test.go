package metadata

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

func paths(l *problem.List) []problem.Path {
	var list []problem.Path
	for _, p := range l.Problems() {
		list = append(list, p.Path)
	}
	return list
}

func TestLabels(t *testing.T) {
	text := pulumi.String("not a label's value")
	for reason, tc := range map[string]struct {
		check func(*problem.List, problem.Path, pulumi.StringMapInput)
		in    pulumi.StringMapInput
		want  []problem.Path
	}{
		"nothing":                            {Labels, nil, nil},
		"what is known later":                {Labels, pulumi.StringMap{"a b": text}.ToStringMapOutput(), nil},
		"keys and values, by the key":        {Labels, pulumi.StringMap{"c d": pulumi.String("x"), "a.b/c": text}, []problem.Path{`p["a.b/c"]`, `p["c d"]`}},
		"a value that is known later":        {Labels, pulumi.StringMap{"a": text.ToStringOutput()}, nil},
		"a label's prefix in upper case":     {Labels, pulumi.StringMap{"A.b/c": pulumi.String("x")}, []problem.Path{`p["A.b/c"]`}},
		"an annotation's may be":             {Annotations, pulumi.StringMap{"A.b/c": text}, nil},
		"an annotation's key, not its value": {Annotations, pulumi.StringMap{"a b": text}, []problem.Path{`p["a b"]`}},
	} {
		t.Run(reason, func(t *testing.T) {
			var l problem.List
			tc.check(&l, "p", tc.in)
			if diff := cmp.Diff(tc.want, paths(&l)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
