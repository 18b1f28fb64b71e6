package names

import "testing"

func TestOneOfQuoted(t *testing.T) {
	for want, list := range map[string][]string{
		``:                  nil,
		`"a"`:               {"a"},
		`"a" or "b"`:        {"a", "b"},
		`"a", "b" or "c d"`: {"a", "b", "c d"},
	} {
		if got := OneOfQuoted(list); got != want {
			t.Errorf("%q is %s, want %s", list, got, want)
		}
	}
}
