package suggest

import "testing"

func TestOneOf(t *testing.T) {
	for want, list := range map[string][]string{
		``:                  nil,
		`"a"`:               {"a"},
		`"a" or "b"`:        {"a", "b"},
		`"a", "b" or "c d"`: {"a", "b", "c d"},
	} {
		if got := OneOf(list); got != want {
			t.Errorf("%q is %s, want %s", list, got, want)
		}
	}
}
