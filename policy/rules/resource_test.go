package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

func TestCanonical(t *testing.T) {
	for reason, tc := range map[string]struct{ token, want, version string }{
		"default version":            {"azure-native:containerservice:ManagedCluster", "azure-native:containerservice:ManagedCluster", ""},
		"explicit version":           {"azure-native:containerservice/v20240901:ManagedCluster", "azure-native:containerservice:ManagedCluster", "v20240901"},
		"preview version":            {"azure-native:sql/v20230801preview:Server", "azure-native:sql:Server", "v20230801preview"},
		"local package of version 3": {"azure-native_sql_v20230801:sql:Server", "azure-native:sql:Server", "v20230801"},
		"another package that begins alike": {
			"azure-native_tools:sql:Server", "azure-native_tools:sql:Server", "",
		},
		"group and version":          {"kubernetes:apps/v1:Deployment", "kubernetes:apps:Deployment", "v1"},
		"beta version":               {"kubernetes:batch/v1beta1:CronJob", "kubernetes:batch:CronJob", "v1beta1"},
		"core group of Pulumi":       {"kubernetes:core/v1:Pod", "kubernetes:core:Pod", "v1"},
		"core group of a custom one": {"kubernetes:v1:Pod", "kubernetes:core:Pod", "v1"},
		"custom resource":            {"kubernetes:aadpodidentity.k8s.io/v1:AzureIdentity", "kubernetes:aadpodidentity.k8s.io:AzureIdentity", "v1"},
		"bridged provider":           {"azuread:index/application:Application", "azuread:index:Application", ""},
		"a slash that repeats nothing": {
			"random:index/other:RandomUuid", "random:index/other:RandomUuid", "",
		},
		"provider":   {"pulumi:providers:kubernetes", "pulumi:providers:kubernetes", ""},
		"no token":   {"nonsense", "nonsense", ""},
		"empty":      {"", "", ""},
		"four parts": {"a:b:c:d", "a:b:c:d", ""},
	} {
		t.Run(reason, func(t *testing.T) {
			got, version := rules.Canonical(tc.token)
			if got != tc.want || version != tc.version {
				t.Errorf("Canonical(%q) = %q, %q, want %q, %q", tc.token, got, version, tc.want, tc.version)
			}
		})
	}
}

func TestGlob(t *testing.T) {
	for reason, tc := range map[string]struct {
		pattern, text string
		want          bool
	}{
		"a star stands for slashes too": {"https://*.oic.prod-aks.azure.com/*", "https://we.oic.prod-aks.azure.com/t/u/", true},
		"all of the text must match":    {"kube", "kube-system", false},
		"brackets are plain":            {"a[0]*", "a[0].b", true},
		"a backslash is plain":          {`a\*`, `a\b`, true},
		"a question mark is one":        {"ns-?", "ns-1", true},
		"nothing matches nothing":       {"", "", true},
	} {
		t.Run(reason, func(t *testing.T) {
			if got := rules.Glob(tc.pattern, tc.text); got != tc.want {
				t.Errorf("Glob(%q, %q) = %v", tc.pattern, tc.text, got)
			}
		})
	}
}

// Inputs win over outputs, and outputs fill in what the program does not say.
func TestResourceGet(t *testing.T) {
	r := &rules.Resource{
		Inputs: resource.PropertyMap{
			"said":    resource.NewProperty("input"),
			"pending": resource.MakeComputed(resource.NewProperty("")),
			"nested":  resource.NewProperty(resource.PropertyMap{"said": resource.NewProperty("input")}),
		},
		Outputs: resource.PropertyMap{
			"said":    resource.NewProperty("output"),
			"pending": resource.NewProperty("output"),
			"added":   resource.NewProperty("output"),
			"nested":  resource.NewProperty(resource.PropertyMap{"added": resource.NewProperty("output")}),
		},
	}
	got := map[string]string{}
	for _, path := range [][]string{{"said"}, {"pending"}, {"added"}, {"nested", "said"}, {"nested", "added"}, {"nowhere"}, {"said", "deeper"}} {
		v := r.Get(path...)
		got[v.Path()] = v.Show()
	}
	want := map[string]string{
		"said": `"input"`, "pending": "[unknown]", "added": `"output"`, "nested.said": `"input"`, "nested.added": `"output"`,
		"nowhere": "not set", "said.deeper": "[unknown]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if v := r.Input("added"); !v.IsAbsent() {
		t.Errorf("the input %s is %s, want absent: the program does not say it", v.Path(), v.Show())
	}
}

// A graph takes what a defective engine might send.
func TestGraphOfNonsense(t *testing.T) {
	a := &rules.Resource{URN: "a", Type: "t", Parent: "b", Dependencies: []string{"b", "gone"}}
	b := &rules.Resource{URN: "b", Type: "t", Parent: "a", Dependencies: []string{"a"}}
	g := rules.NewGraph([]*rules.Resource{nil, {}, a, b, a})
	if len(g.Resources) != 2 || len(g.ByType("t")) != 2 || g.Find("b") != b || g.Find("c") != nil {
		t.Errorf("the graph has %d resources", len(g.Resources))
	}
	for _, rule := range rules.All() {
		if rule.Stack == nil {
			continue
		}
		if found := rule.Stack(g, rule.Defaults()); len(found) > 0 {
			t.Errorf("%s reports %v of nonsense", rule.Name, found)
		}
	}
}

func TestRedact(t *testing.T) {
	r := &rules.Resource{Inputs: resource.PropertyMap{
		"password": resource.MakeSecret(resource.NewProperty("hunter2")),
		"longer":   resource.MakeSecret(resource.NewProperty("hunter2-and-more")),
		"short":    resource.MakeSecret(resource.NewProperty("ab")),
		"output": resource.NewProperty(resource.Output{
			Element: resource.NewProperty([]resource.PropertyValue{resource.NewProperty("in a list")}), Known: true, Secret: true,
		}),
	}}
	list := []rules.Violation{{Problem: "hunter2-and-more, hunter2, in a list and ab", Value: `"hunter2"`}}
	rules.Redact(list, r)
	want := []rules.Violation{{Problem: "[secret], [secret], [secret] and ab", Value: `"[secret]"`}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}
