package graph_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/internal/corpus"
)

// TestStates calls each typed reader with every kind of value.
func TestStates(t *testing.T) {
	output := func(known bool, element resource.PropertyValue) resource.PropertyValue {
		return resource.NewProperty(resource.Output{Element: element, Known: known})
	}
	const absent, unknown, known = graph.Absent, graph.Unknown, graph.Known
	for reason, tc := range map[string]struct {
		in               resource.PropertyValue
		text, truth, num graph.State
		list, keys       graph.State
	}{
		"null":                           {resource.NewNullProperty(), absent, absent, absent, absent, absent},
		"computed":                       {resource.MakeComputed(resource.NewProperty("")), unknown, unknown, unknown, unknown, unknown},
		"output that is not known":       {output(false, resource.NewProperty("x")), unknown, unknown, unknown, unknown, unknown},
		"output that is known":           {output(true, resource.NewProperty("x")), known, unknown, unknown, unknown, unknown},
		"text":                           {resource.NewProperty("x"), known, unknown, unknown, unknown, unknown},
		"text of a boolean":              {resource.NewProperty("False"), known, known, unknown, unknown, unknown},
		"text of a number":               {resource.NewProperty("12"), known, unknown, known, unknown, unknown},
		"boolean":                        {resource.NewProperty(true), known, known, unknown, unknown, unknown},
		"whole number":                   {resource.NewProperty(3.0), known, unknown, known, unknown, unknown},
		"fraction":                       {resource.NewProperty(3.5), known, unknown, unknown, unknown, unknown},
		"list":                           {resource.NewProperty([]resource.PropertyValue{}), unknown, unknown, unknown, known, unknown},
		"object":                         {resource.NewProperty(resource.PropertyMap{}), unknown, unknown, unknown, unknown, known},
		"secret":                         {resource.MakeSecret(resource.NewProperty("true")), known, known, unknown, unknown, unknown},
		"secret that is not known":       {resource.MakeSecret(resource.MakeComputed(resource.NewProperty(""))), unknown, unknown, unknown, unknown, unknown},
		"secret without a value":         {resource.PropertyValue{V: (*resource.Secret)(nil)}, unknown, unknown, unknown, unknown, unknown},
		"a value that is not a property": {resource.PropertyValue{V: 7}, unknown, unknown, unknown, unknown, unknown},
	} {
		t.Run(reason, func(t *testing.T) {
			v := graph.NewValue(resource.PropertyMap{"p": tc.in}).Get("p")
			_, text := v.Text()
			_, truth := v.Bool()
			_, num := v.Int()
			_, list := v.List()
			_, keys := v.Keys()
			if text != tc.text || truth != tc.truth || num != tc.num || list != tc.list || keys != tc.keys {
				t.Errorf("text %v, boolean %v, number %v, list %v, keys %v", text, truth, num, list, keys)
			}
		})
	}
}

func TestGetFold(t *testing.T) {
	v := graph.NewValue(resource.PropertyMap{"azurePolicy": resource.NewProperty("value"), "omsagent": resource.NewProperty("x"), "omsAgent": resource.NewProperty("y")})
	if got := v.GetFold("azurepolicy"); !got.Is("value") || got.Path() != "azurePolicy" {
		t.Errorf("got %s at %s", got.Show(), got.Path())
	}
	if got := v.GetFold("omsAgent"); !got.Is("y") {
		t.Errorf("got %s, want the exact spelling", got.Show())
	}
	if got := v.GetFold("missing"); !got.IsAbsent() || got.Path() != "missing" {
		t.Errorf("got %s at %s", got.Show(), got.Path())
	}
}

// FuzzReader reads any value: no reader panics, and their answers agree.
func FuzzReader(f *testing.F) {
	f.Add([]byte(nil), "a")
	f.Add([]byte{12, 2, 1, 'a', 8, 3, 6, 's', 'e', 'c', 'r', 'e', 't', 1, 'b', 5}, "a")
	f.Add([]byte{12, 1, 1, 'a', 7, 0}, "a")
	f.Add([]byte{12, 1, 1, 'a', 2, 4}, "a")
	f.Fuzz(func(t *testing.T, data []byte, key string) {
		root := corpus.NewSource(data).Value(0)
		v := graph.NewValue(resource.PropertyMap{"root": root, resource.PropertyKey(key): root}).Get("root")
		visit(t, v, key, 0)
		visit(t, v.Get(key), key, 0)
		visit(t, v.GetFold(key), key, 0)
	})
}

func visit(t *testing.T, v graph.Value, key string, depth int) {
	if depth > 8 {
		return
	}
	if v.IsKnown() == (v.IsAbsent() || v.IsUnknown()) {
		t.Errorf("%s: IsKnown contradicts IsAbsent or IsUnknown", v.Path())
	}
	if v.IsTrue() && (v.IsFalse() || v.NotTrue() || !v.IsKnown()) {
		t.Errorf("%s: IsTrue contradicts IsFalse, NotTrue or IsKnown", v.Path())
	}
	if s, ok := v.KnownText(); ok && (s == "" || !v.Is(s) || !v.IsFold(strings.ToUpper(strings.ToLower(s))) && isASCII(s)) {
		t.Errorf("%s: KnownText is %q, and Is or IsFold contradicts it", v.Path(), s)
	}
	if n, state := v.Int(); state == graph.Known && !v.IsKnown() {
		t.Errorf("%s: Int is %d, and IsKnown contradicts it", v.Path(), n)
	}
	if len(v.Show()) > 4000 || strings.Contains(v.Show(), "\n") {
		t.Errorf("%s is shown as %q", v.Path(), v.Show())
	}
	if v.Has(key) && v.Get(key).IsAbsent() {
		t.Errorf("%s: Has %q, and Get contradicts it", v.Path(), key)
	}
	keys, state := v.Keys()
	if len(keys) > 0 && state != graph.Known {
		t.Errorf("%s: has keys, and the state is not Known", v.Path())
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
