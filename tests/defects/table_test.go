package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTheCommentHasTheTable compares the table in the package's comment with that of the code.
func TestTheCommentHasTheTable(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	comment, _, _ := strings.Cut(string(text), "\npackage ")
	row := regexp.MustCompile(`^//\t([a-z-]+)?\s{2,}(?:.*\s{2,})?([a-z-]+(?:, [a-z-]+)*),?$`)
	got := map[string][]string{}
	last := ""
	for line := range strings.Lines(comment) {
		match := row.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil {
			continue
		}
		if match[1] != "" {
			last = match[1]
		}
		got[last] = append(got[last], strings.Split(match[2], ", ")...)
	}
	want := map[string][]string{}
	for i := range defects {
		want[defects[i].name] = defects[i].rules
	}
	for name := range got {
		slices.Sort(got[name])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table of the comment (-want +got):\n%s", diff)
	}
}
