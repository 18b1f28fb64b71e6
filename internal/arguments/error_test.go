package arguments

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	perrors "github.com/pulumi/pulumi/sdk/v3/go/pulumi/errors"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

func TestNoProblemIsNoError(t *testing.T) {
	var l problem.List
	l.AddError("a", nil)
	if err := Err("thing", "x", &l); err != nil {
		t.Errorf("error = %v", err)
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	var l problem.List
	l.Add("a[0].b", "3 is too many", "use 2")
	l.AddError("c", errors.New("is 100% wrong"))
	err := Err("thing", "x", &l)

	want := "thing \"x\" has 2 problems in its arguments\n  a[0].b: 3 is too many: use 2\n  c: is 100% wrong"
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	var pulumiError *perrors.InputPropertiesError
	if !errors.As(err, &pulumiError) {
		t.Fatal("errors.As does not find Pulumi's type")
	}
	wantDetails := []perrors.InputPropertyErrorDetails{
		{PropertyPath: "a[0].b", Reason: "3 is too many: use 2"}, {PropertyPath: "c", Reason: "is 100% wrong"},
	}
	if diff := cmp.Diff(wantDetails, pulumiError.Errors); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

func TestOneProblemIsNotProblems(t *testing.T) {
	var l problem.List
	l.Add("a", "is wrong", "mend it")
	if got, want := Err("thing", "x", &l).Error(), "thing \"x\" has 1 problem in its arguments\n  a: is wrong: mend it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
