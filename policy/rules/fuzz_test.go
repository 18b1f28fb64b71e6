package rules_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/policy/internal/corpus"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// No value makes the reader panic, and its answers agree with each other.
func FuzzReader(f *testing.F) {
	f.Add([]byte(nil), "a")
	f.Add([]byte{12, 2, 1, 'a', 8, 3, 6, 's', 'e', 'c', 'r', 'e', 't', 1, 'b', 5}, "a")
	f.Add([]byte{12, 1, 1, 'a', 7, 0}, "a")
	f.Add([]byte{12, 1, 1, 'a', 2, 4}, "a")
	f.Fuzz(func(t *testing.T, data []byte, key string) {
		root := corpus.NewSource(data).Value(0)
		v := rules.NewValue(resource.PropertyMap{"root": root, resource.PropertyKey(key): root}).Get("root")
		visit(t, v, key, 0)
		visit(t, v.Get(key), key, 0)
		visit(t, v.GetFold(key), key, 0)
	})
}

func visit(t *testing.T, v rules.Value, key string, depth int) {
	if depth > 8 {
		return
	}
	if v.IsKnown() == (v.IsAbsent() || v.IsUnknown()) {
		t.Errorf("%s is known and not", v.Path())
	}
	if v.IsTrue() && (v.IsFalse() || v.NotTrue() || !v.IsKnown()) {
		t.Errorf("%s is true and not", v.Path())
	}
	if s, ok := v.KnownText(); ok && (s == "" || !v.Is(s) || !v.IsFold(strings.ToUpper(strings.ToLower(s))) && isASCII(s)) {
		t.Errorf("%s is %q and not", v.Path(), s)
	}
	if n, state := v.Int(); state == rules.Known && !v.IsKnown() {
		t.Errorf("%s is %d and unknown", v.Path(), n)
	}
	if len(v.Show()) > 4000 || strings.Contains(v.Show(), "\n") {
		t.Errorf("%s is shown as %q", v.Path(), v.Show())
	}
	if v.Has(key) && v.Get(key).IsAbsent() {
		t.Errorf("%s has %q and has not", v.Path(), key)
	}
	keys, state := v.Keys()
	if len(keys) > 0 && state != rules.Known {
		t.Errorf("%s has keys and none", v.Path())
	}
	for _, k := range keys {
		visit(t, v.Get(k), key, depth+1)
	}
	list, _ := v.List()
	for _, element := range list {
		visit(t, element, key, depth+1)
	}
	_ = v.IsEmpty()
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0
}

// A secret's text is in no message, however deep it stands.
func FuzzShow(f *testing.F) {
	f.Add([]byte{12, 1, 1, 'a', 8, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		const secret = "correct horse battery staple"
		root := corpus.NewSource(data).Value(0)
		hidden := resource.MakeSecret(resource.NewProperty(resource.PropertyMap{"inner": resource.NewProperty(secret), "other": root}))
		for _, v := range []rules.Value{
			rules.NewValue(resource.PropertyMap{"a": hidden}),
			rules.NewValue(resource.PropertyMap{"a": hidden}).Get("a"),
			rules.NewValue(resource.PropertyMap{"a": hidden}).Get("a", "inner"),
			rules.NewValue(resource.PropertyMap{"a": resource.NewProperty([]resource.PropertyValue{hidden, root})}).Get("a"),
		} {
			if strings.Contains(v.Show(), secret) {
				t.Errorf("%s is shown as %s", v.Path(), v.Show())
			}
		}
	})
}
