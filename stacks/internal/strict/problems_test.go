package strict

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

func TestProblems(t *testing.T) {
	var p Problems
	p.Add("p:z", "is late", "move it")
	p.Unreadable("p:a", "must be text", "write text")
	p.Add("p:a", "is empty", "fill it")
	p.Add("p:a.b[0]", "is below what could not be read", "nothing")
	p.AddError("p:ab", problem.New("is another key", "keep it"))
	p.AddError("p:c", nil)
	p.Ignore("p:d")
	p.AddError("p:d", errors.New("ignored"))
	want := []problem.Problem{
		{Path: "p:a", Message: "must be text", Remedy: "write text"},
		{Path: "p:ab", Message: "is another key", Remedy: "keep it"},
		{Path: "p:z", Message: "is late", Remedy: "move it"},
	}
	if diff := cmp.Diff(want, p.Sorted()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]problem.Path{"p:z", "p:a", "p:ab"}, p.Paths()); diff != "" {
		t.Errorf("paths in the order of discovery (-want +got):\n%s", diff)
	}
}
