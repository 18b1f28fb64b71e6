package pulumitest

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	perrors "github.com/pulumi/pulumi/sdk/v3/go/pulumi/errors"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
)

// Problem is an expected problem: the property's path, and a part of the sentence.
type Problem struct{ Path, Text string }

// InvalidCase is a set of arguments that must be refused.
type InvalidCase[A any] struct {
	Args A
	// Want are all problems, in order.
	Want []Problem
}

// Invalid checks that every case is refused with exactly the expected problems, before anything is
// registered. The name of a case is the reason.
func Invalid[A any](t *testing.T, cases map[string]InvalidCase[A], build func(ctx *pulumi.Context, args A) error) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := Try(t, func(ctx *pulumi.Context) error { return build(ctx, tc.Args) }, Options{RootTypes: []string{}})
			CheckProblems(t, r.Err, tc.Want)
			for _, res := range r.Resources {
				if !res.isProvider() {
					t.Errorf("%s %q was registered all the same", res.Type, res.Name)
				}
			}
		})
	}
}

// CheckProblems compares an error's property errors with the expected ones. Each has a message and
// a remedy.
func CheckProblems(t testing.TB, err error, want []Problem) {
	t.Helper()
	var pulumiError *perrors.InputPropertiesError
	if !errors.As(err, &pulumiError) {
		t.Fatalf("error is %v, want one about input properties", err)
	}
	var invalid *arguments.Error
	if !errors.As(err, &invalid) {
		t.Fatalf("error is %v, want one with problems", err)
	}
	var gotPaths, wantPaths []string
	for _, p := range invalid.Problems {
		gotPaths = append(gotPaths, string(p.Path))
	}
	for _, w := range want {
		wantPaths = append(wantPaths, w.Path)
	}
	if diff := cmp.Diff(wantPaths, gotPaths); diff != "" {
		t.Fatalf("property paths (-want +got):\n%s\n%v", diff, err)
	}
	for i, w := range want {
		p := invalid.Problems[i]
		if text := p.Error(); !strings.Contains(text, w.Text) || pulumiError.Errors[i].PropertyPath != w.Path {
			t.Errorf("%s: %q does not contain %q", w.Path, text, w.Text)
		}
		if p.Message == "" || p.Remedy == "" {
			t.Errorf("%s: %+v lacks a message or a remedy", w.Path, p)
		}
	}
}
