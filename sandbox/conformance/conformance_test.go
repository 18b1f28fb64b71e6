package conformance

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/conformance.md")

// TestConformance replays every case and compares the report with the page.
func TestConformance(t *testing.T) {
	all, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var outcomes []Outcome
	for _, f := range all {
		o := Outcome{File: f}
		t.Run(f.Name, func(t *testing.T) {
			for _, c := range f.Cases {
				t.Run(c.Name, func(t *testing.T) {
					r := Run(t.Context(), t.TempDir(), c)
					o.Results = append(o.Results, r)
					verify(t, r)
				})
			}
		})
		outcomes = append(outcomes, o)
	}
	page := filepath.Join("..", "docs", "conformance.md")
	got := Report(outcomes)
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" && !testing.Short() {
		t.Errorf("%s (-want +got; go test ./conformance -update writes it)\n%s", page, diff)
	}
}

func verify(t *testing.T, r Result) {
	t.Helper()
	if r.Err != nil {
		t.Error(r.Err)
	}
	for _, f := range r.Fields {
		t.Errorf("%s: the real one has %s, the sandbox %s", f.Path, f.Want, f.Got)
	}
	for _, d := range r.Stale {
		t.Errorf("%s agrees; remove it from the case's list of differences", d.Path)
	}
}
