package conformance

import (
	"strings"
	"testing"
)

func TestFileProblems(t *testing.T) {
	good := func() File {
		return File{
			Title:  "t",
			Source: Source{Evidence: Recorded, Repository: "o/r", Path: "p", Date: "2024-12-09", Version: "1"},
			Cases:  []Case{{Name: "c", Steps: []Step{{Do: "create"}}}},
		}
	}
	f := good()
	if err := f.check(); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		change func(*File)
		want   string
	}{
		"a source without a date":      {func(f *File) { f.Source.Date = "" }, "is missing"},
		"an unknown kind of evidence":  {func(f *File) { f.Source.Evidence = "rumour" }, "source.evidence"},
		"two cases of one name":        {func(f *File) { f.Cases = append(f.Cases, f.Cases[0]) }, "unique"},
		"a case without steps":         {func(f *File) { f.Cases[0].Steps = nil }, "steps"},
		"an unknown request":           {func(f *File) { f.Cases[0].Steps[0].Do = "destroy" }, "destroy"},
		"http without a request":       {func(f *File) { f.Cases[0].Steps[0].Do = "http" }, "http"},
		"a difference without a cause": {func(f *File) { f.Cases[0].Differs = []Difference{{Path: "a"}} }, "without path or reason"},
	} {
		f := good()
		tc.change(&f)
		if err := f.check(); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
