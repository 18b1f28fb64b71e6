package problems

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	perrors "github.com/pulumi/pulumi/sdk/v3/go/pulumi/errors"
)

func TestNoProblemIsNoError(t *testing.T) {
	var l List
	l.Add("a", nil)
	if err := l.Err("thing", "x"); err != nil {
		t.Errorf("error = %v", err)
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	var l List
	l.Addf("a[0].b", "%d is too many", 3)
	l.Add("c", errors.New("is 100% wrong"))
	err := l.Err("thing", "x")

	want := "thing \"x\" has 2 problems in its arguments\n  a[0].b: 3 is too many\n  c: is 100% wrong"
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	var pulumiError *perrors.InputPropertiesError
	if !errors.As(err, &pulumiError) {
		t.Fatal("errors.As does not find Pulumi's type")
	}
	wantDetails := []perrors.InputPropertyErrorDetails{
		{PropertyPath: "a[0].b", Reason: "3 is too many"}, {PropertyPath: "c", Reason: "is 100% wrong"},
	}
	if diff := cmp.Diff(wantDetails, pulumiError.Errors); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

func TestOneProblemIsNotProblems(t *testing.T) {
	var l List
	l.Addf("a", "is wrong")
	if got, want := l.Err("thing", "x").Error(), "thing \"x\" has 1 problem in its arguments\n  a: is wrong"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
