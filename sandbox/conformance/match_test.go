package conformance

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMatch(t *testing.T) {
	object := func(pairs ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	}
	for name, tc := range map[string]struct {
		want, got any
		paths     []string
	}{
		"the same":                        {object("a", []any{1.0, "x"}), object("a", []any{1.0, "x"}), nil},
		"another value, deep inside":      {object("a", []any{object("b", 1.0)}), object("a", []any{object("b", 2.0)}), []string{"x.a[0].b"}},
		"a field that is missing":         {object("a", 1.0), object(), []string{"x.a"}},
		"a field that is too much":        {object(), object("a", 1.0), []string{"x.a"}},
		"null is not a missing field":     {object("a", nil), object(), []string{"x.a"}},
		"lists of other lengths":          {[]any{1.0}, []any{1.0, 2.0}, []string{"x"}},
		"an identifier":                   {matchGUID, "11111111-1111-4111-8111-111111111111", nil},
		"a text that is no identifier":    {matchGUID, "1", []string{"x"}},
		"a time":                          {matchTime, "2024-12-09T15:06:58.426Z", nil},
		"a date is no time":               {matchTime, "2024-12-09", []string{"x"}},
		"an expression":                   {"<~ ^rg[0-9a-f]{8}$>", "rg0123abcd", nil},
		"another text than the form":      {"<~ ^rg[0-9a-f]{8}$>", "rg", []string{"x"}},
		"a number for an expression":      {"<~ 1>", 1.0, []string{"x"}},
		"anything":                        {object("a", matchAny), object("a", nil), nil},
		"anything must be there":          {object("a", matchAny), object(), []string{"x.a"}},
		"absent":                          {object("a", matchAbsent), object(), nil},
		"not absent":                      {object("a", matchAbsent), object("a", 1.0), []string{"x.a"}},
		"unknown":                         {matchUnknown, unknownValue{}, nil},
		"known":                           {matchUnknown, "a", []string{"x"}},
		"a secret is not its plain value": {"a", object(secretKey, "a"), []string{"x"}},
	} {
		var paths []string
		for _, f := range match("x", tc.want, tc.got, nil) {
			paths = append(paths, f.Path)
		}
		if diff := cmp.Diff(tc.paths, paths); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestExcusesAreSortedAndStaleOnesFound(t *testing.T) {
	r := Result{Case: Case{Differs: []Difference{{Path: "a.b", Reason: "r"}, {Path: "c.*", Reason: "s"}, {Path: "d", Reason: "t"}}}}
	r.sort([]Field{{Path: "a.b"}, {Path: "c.x"}, {Path: "c.y"}, {Path: "a"}})
	want := Result{
		Case: r.Case, Fields: []Field{{Path: "a"}}, Excused: r.Case.Differs[:2], Stale: r.Case.Differs[2:],
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if r.Agrees() {
		t.Error("a case with differences agrees")
	}
}
