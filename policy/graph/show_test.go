package graph_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/internal/corpus"
)

func TestShow(t *testing.T) {
	secret := resource.MakeSecret(resource.NewProperty("hunter2"))
	long := resource.NewProperty(string(make([]rune, 500)))
	for reason, tc := range map[string]struct {
		in   resource.PropertyValue
		want string
	}{
		"text is quoted":      {resource.NewProperty("a\nb"), `"a\nb"`},
		"secret":              {secret, "[secret]"},
		"secret in a list":    {resource.NewProperty([]resource.PropertyValue{resource.NewProperty(1.0), secret}), "[1, [secret]]"},
		"secret in an object": {resource.NewProperty(resource.PropertyMap{"a": secret, "b": resource.NewProperty(true)}), "{a: [secret], b: true}"},
		"below a secret":      {resource.MakeSecret(resource.NewProperty(resource.PropertyMap{"a": resource.NewProperty("x")})), "[secret]"},
		"null":                {resource.NewNullProperty(), "not set"},
	} {
		t.Run(reason, func(t *testing.T) {
			if got := graph.NewValue(resource.PropertyMap{"p": tc.in}).Get("p").Show(); got != tc.want {
				t.Errorf("shown as %s, want %s", got, tc.want)
			}
		})
	}
	if got := graph.NewValue(resource.PropertyMap{"p": long}).Get("p").Show(); len([]rune(got)) > 200 {
		t.Errorf("a long text is shown with %d characters", len([]rune(got)))
	}
}

// FuzzShow hides a secret among any values: its text is never shown.
func FuzzShow(f *testing.F) {
	f.Add([]byte{12, 1, 1, 'a', 8, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		const secret = "correct horse battery staple"
		root := corpus.NewSource(data).Value(0)
		hidden := resource.MakeSecret(resource.NewProperty(resource.PropertyMap{"inner": resource.NewProperty(secret), "other": root}))
		for _, v := range []graph.Value{
			graph.NewValue(resource.PropertyMap{"a": hidden}),
			graph.NewValue(resource.PropertyMap{"a": hidden}).Get("a"),
			graph.NewValue(resource.PropertyMap{"a": hidden}).Get("a", "inner"),
			graph.NewValue(resource.PropertyMap{"a": resource.NewProperty([]resource.PropertyValue{hidden, root})}).Get("a"),
		} {
			if strings.Contains(v.Show(), secret) {
				t.Errorf("%s is shown as %s", v.Path(), v.Show())
			}
		}
	})
}
