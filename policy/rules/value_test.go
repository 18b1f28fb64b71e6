package rules_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// Each typed getter, with every kind of value.
func TestValueAnswers(t *testing.T) {
	output := func(known bool, element resource.PropertyValue) resource.PropertyValue {
		return resource.NewProperty(resource.Output{Element: element, Known: known})
	}
	const absent, unknown, known = rules.Absent, rules.Unknown, rules.Known
	for reason, tc := range map[string]struct {
		in               resource.PropertyValue
		text, truth, num rules.State
		list, keys       rules.State
	}{
		"null":                       {resource.NewNullProperty(), absent, absent, absent, absent, absent},
		"computed":                   {resource.MakeComputed(resource.NewProperty("")), unknown, unknown, unknown, unknown, unknown},
		"output that is not known":   {output(false, resource.NewProperty("x")), unknown, unknown, unknown, unknown, unknown},
		"output that is known":       {output(true, resource.NewProperty("x")), known, unknown, unknown, unknown, unknown},
		"text":                       {resource.NewProperty("x"), known, unknown, unknown, unknown, unknown},
		"text that spells a boolean": {resource.NewProperty("False"), known, known, unknown, unknown, unknown},
		"text that spells a number":  {resource.NewProperty("12"), known, unknown, known, unknown, unknown},
		"boolean":                    {resource.NewProperty(true), known, known, unknown, unknown, unknown},
		"whole number":               {resource.NewProperty(3.0), known, unknown, known, unknown, unknown},
		"fraction":                   {resource.NewProperty(3.5), known, unknown, unknown, unknown, unknown},
		"list":                       {resource.NewProperty([]resource.PropertyValue{}), unknown, unknown, unknown, known, unknown},
		"object":                     {resource.NewProperty(resource.PropertyMap{}), unknown, unknown, unknown, unknown, known},
		"secret":                     {resource.MakeSecret(resource.NewProperty("true")), known, known, unknown, unknown, unknown},
		"secret that is not known":   {resource.MakeSecret(resource.MakeComputed(resource.NewProperty(""))), unknown, unknown, unknown, unknown, unknown},
		"secret without a value":     {resource.PropertyValue{V: (*resource.Secret)(nil)}, unknown, unknown, unknown, unknown, unknown},
		"what is no property":        {resource.PropertyValue{V: 7}, unknown, unknown, unknown, unknown, unknown},
	} {
		t.Run(reason, func(t *testing.T) {
			v := rules.NewValue(resource.PropertyMap{"p": tc.in}).Get("p")
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

func TestShow(t *testing.T) {
	secret := resource.MakeSecret(resource.NewProperty("hunter2"))
	long := resource.NewProperty(string(make([]rune, 500)))
	for reason, tc := range map[string]struct {
		in   resource.PropertyValue
		want string
	}{
		"text is quoted":             {resource.NewProperty("a\nb"), `"a\nb"`},
		"secret":                     {secret, "[secret]"},
		"secret in a list":           {resource.NewProperty([]resource.PropertyValue{resource.NewProperty(1.0), secret}), "[1, [secret]]"},
		"secret in an object":        {resource.NewProperty(resource.PropertyMap{"a": secret, "b": resource.NewProperty(true)}), "{a: [secret], b: true}"},
		"what stands below a secret": {resource.MakeSecret(resource.NewProperty(resource.PropertyMap{"a": resource.NewProperty("x")})), "[secret]"},
		"nothing":                    {resource.NewNullProperty(), "not set"},
	} {
		t.Run(reason, func(t *testing.T) {
			if got := rules.NewValue(resource.PropertyMap{"p": tc.in}).Get("p").Show(); got != tc.want {
				t.Errorf("shown as %s, want %s", got, tc.want)
			}
		})
	}
	if got := rules.NewValue(resource.PropertyMap{"p": long}).Get("p").Show(); len([]rune(got)) > 200 {
		t.Errorf("a long text is shown with %d characters", len([]rune(got)))
	}
}

func TestGetFold(t *testing.T) {
	v := rules.NewValue(resource.PropertyMap{"azurePolicy": resource.NewProperty("spelt"), "omsagent": resource.NewProperty("x"), "omsAgent": resource.NewProperty("y")})
	if got := v.GetFold("azurepolicy"); !got.Is("spelt") || got.Path() != "azurePolicy" {
		t.Errorf("got %s at %s", got.Show(), got.Path())
	}
	if got := v.GetFold("omsAgent"); !got.Is("y") {
		t.Errorf("got %s, want the exact spelling", got.Show())
	}
	if got := v.GetFold("missing"); !got.IsAbsent() || got.Path() != "missing" {
		t.Errorf("got %s at %s", got.Show(), got.Path())
	}
}
