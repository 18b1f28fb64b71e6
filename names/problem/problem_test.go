package problem

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMessageAndRemedyStayApart(t *testing.T) {
	err := New(`value "a: b" is not allowed`, "use letters")
	var l List
	l.AddError("labels", fmt.Errorf("wrapped: %w", err))
	l.AddError("labels", About(`taint "a: b"`, err))
	l.AddError("file", errors.New("disk is full"))
	l.AddError("none", nil)
	l.AddError("none", About("x", nil))
	l.AddError("none", Or(nil, "x"))
	l.AddError("group", Or(err, "leave it out"))
	l.AddError("pools[0]", &Problem{Path: "name", Message: "m", Remedy: "r"})
	want := []Problem{
		{Path: "labels", Message: `value "a: b" is not allowed`, Remedy: "use letters"},
		{Path: "labels", Message: `taint "a: b": value "a: b" is not allowed`, Remedy: "use letters"},
		{Path: "file", Message: "disk is full"},
		{Path: "group", Message: `value "a: b" is not allowed`, Remedy: "use letters; or leave it out"},
		{Path: "pools[0].name", Message: "m", Remedy: "r"},
	}
	if diff := cmp.Diff(want, l.Problems()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestError(t *testing.T) {
	for want, p := range map[string]Problem{
		"a.b: is wrong: change it": {Path: "a.b", Message: "is wrong", Remedy: "change it"},
		"is wrong: change it":      {Message: "is wrong", Remedy: "change it"},
		"is wrong":                 {Message: "is wrong"},
	} {
		if got := p.Error(); got != want {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
}

func TestEmpty(t *testing.T) {
	var l List
	if !l.Empty() {
		t.Error("the zero value is not empty")
	}
	l.Add("a", "m", "r")
	if l.Empty() {
		t.Error("a list with a problem is empty")
	}
}

func TestHas(t *testing.T) {
	var l List
	l.Add("a.b", "m", "r")
	for path, want := range map[Path]bool{"a.b": true, "a": false, "a.b.c": false, "": false} {
		if got := l.Has(path); got != want {
			t.Errorf("%q: %t", path, got)
		}
	}
}

func TestPath(t *testing.T) {
	for want, got := range map[Path]Path{
		"a":               Path("").Field("a"),
		"a.b":             Path("a").Field("b"),
		"a[2]":            Path("a").Index(2),
		"a.b-c/d":         Path("a").Key("b-c/d"),
		`a[""]`:           Path("a").Key(""),
		`a["b.c/d"]`:      Path("a").Key("b.c/d"),
		"a.b[0]":          Path("a").Join("b[0]"),
		"a[0]":            Path("a").Join("[0]"),
		"b":               Path("").Join("b"),
		"a.":              Path("a").Field(""),
		"ns:a.b":          Path("ns:a").Join("b"),
		`a["\"quoted\""]`: Path("a").Key(`"quoted"`),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := Path("a").Join(""); got != "a" {
		t.Errorf("joined with nothing: %q", got)
	}
}

func TestContains(t *testing.T) {
	for reason, tc := range map[string]struct {
		outer, inner Path
		want         bool
	}{
		"itself":             {"a.b", "a.b", true},
		"a field":            {"a", "a.b", true},
		"an element":         {"a", "a[0]", true},
		"the whole":          {"", "a", true},
		"a longer name":      {"a", "ab", false},
		"the one around it":  {"a.b", "a", false},
		"a sibling":          {"a.b", "a.c", false},
		"an element of many": {"a[1]", "a[10]", false},
	} {
		if got := tc.outer.Contains(tc.inner); got != tc.want {
			t.Errorf("%s: %t", reason, got)
		}
	}
}
