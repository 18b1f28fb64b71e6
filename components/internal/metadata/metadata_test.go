package metadata

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	perrors "github.com/pulumi/pulumi/sdk/v3/go/pulumi/errors"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
)

func paths(l *problems.List) []string {
	var invalid *perrors.InputPropertiesError
	if !errors.As(l.Err("thing", "x"), &invalid) {
		return nil
	}
	var list []string
	for _, d := range invalid.Errors {
		list = append(list, d.PropertyPath)
	}
	return list
}

func TestLabels(t *testing.T) {
	text := pulumi.String("not a label's value")
	for reason, tc := range map[string]struct {
		check func(*problems.List, string, pulumi.StringMapInput)
		in    pulumi.StringMapInput
		want  []string
	}{
		"nothing":                            {Labels, nil, nil},
		"what is known later":                {Labels, pulumi.StringMap{"a b": text}.ToStringMapOutput(), nil},
		"keys and values, by the key":        {Labels, pulumi.StringMap{"c d": pulumi.String("x"), "a.b/c": text}, []string{`p["a.b/c"]`, `p["c d"]`}},
		"a value that is known later":        {Labels, pulumi.StringMap{"a": text.ToStringOutput()}, nil},
		"a label's prefix in upper case":     {Labels, pulumi.StringMap{"A.b/c": pulumi.String("x")}, []string{`p["A.b/c"]`}},
		"an annotation's may be":             {Annotations, pulumi.StringMap{"A.b/c": text}, nil},
		"an annotation's key, not its value": {Annotations, pulumi.StringMap{"a b": text}, []string{`p["a b"]`}},
	} {
		t.Run(reason, func(t *testing.T) {
			var l problems.List
			tc.check(&l, "p", tc.in)
			if diff := cmp.Diff(tc.want, paths(&l)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
