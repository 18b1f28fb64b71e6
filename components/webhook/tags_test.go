package webhook_test

import (
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
)

// property is a field of the arguments, by its path.
type property struct {
	path string
	tag  reflect.StructTag
}

// properties lists the fields of the arguments and of what they contain.
func properties(typ reflect.Type, prefix string) []property {
	var list []property
	for i := range typ.NumField() {
		field := typ.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
		list = append(list, property{path: prefix + name, tag: field.Tag})
		inner, suffix := field.Type, "."
		if inner.Kind() == reflect.Slice {
			inner, suffix = inner.Elem(), "[]."
		}
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			list = append(list, properties(inner, prefix+name+suffix)...)
		}
	}
	return list
}

func allProperties() []property {
	return properties(reflect.TypeOf(webhook.WebhookReleaseArgs{}), "")
}

// with are valid arguments of which one property has a value, in place of index
// [] the first element.
type with func(args *webhook.WebhookReleaseArgs, value string)

func toleration(set func(t *webhook.TolerationArgs, value string)) with {
	return func(args *webhook.WebhookReleaseArgs, value string) {
		t := webhook.TolerationArgs{Key: pulumi.String("a")}
		set(&t, value)
		args.Tolerations = []webhook.TolerationArgs{t}
	}
}

// The schema of a stack file is made of the tags: they must say what Validate
// does, of every value that they list and of one that they do not.
func TestEnumTagsAreTheConstantsAndWhatValidateAccepts(t *testing.T) {
	cases := map[string]struct {
		list []string
		set  with
	}{
		"cloud":          {webhook.Clouds(), func(a *webhook.WebhookReleaseArgs, v string) { a.Cloud = v }},
		"logLevel":       {webhook.LogLevels(), func(a *webhook.WebhookReleaseArgs, v string) { a.LogLevel = v }},
		"metricsBackend": {webhook.MetricsBackends(), func(a *webhook.WebhookReleaseArgs, v string) { a.MetricsBackend = v }},
		"tolerations[].operator": {webhook.TolerationOperators(), toleration(func(t *webhook.TolerationArgs, v string) {
			t.Operator = pulumi.String(v)
		})},
		"tolerations[].effect": {webhook.TaintEffects(), toleration(func(t *webhook.TolerationArgs, v string) {
			t.Effect = pulumi.String(v)
		})},
		"topologySpread[].whenUnsatisfiable": {webhook.SpreadModes(), func(a *webhook.WebhookReleaseArgs, v string) {
			a.TopologySpread = []webhook.TopologySpreadArgs{{TopologyKey: "a", WhenUnsatisfiable: v}}
		}},
		"namespaceSelector.matchExpressions[].operator": {webhook.SelectorOperators(), func(a *webhook.WebhookReleaseArgs, v string) {
			r := webhook.SelectorRequirementArgs{Key: "a", Operator: v}
			if v == webhook.SelectIn || v == webhook.SelectNotIn {
				r.Values = []string{"x"}
			}
			a.NamespaceSelector = &webhook.NamespaceSelectorArgs{MatchExpressions: []webhook.SelectorRequirementArgs{r}}
		}},
	}
	tagged := 0
	for _, p := range allProperties() {
		enum, ok := p.tag.Lookup("enum")
		if !ok {
			continue
		}
		tagged++
		tc, ok := cases[p.path]
		if !ok {
			t.Errorf("%s has an enum tag and no case here", p.path)
			continue
		}
		if diff := cmp.Diff(tc.list, strings.Split(enum, ",")); diff != "" {
			t.Errorf("%s (-constants +tag):\n%s", p.path, diff)
		}
		for _, value := range append(slices.Clone(tc.list), "neither") {
			args := &webhook.WebhookReleaseArgs{TenantId: tenant()}
			tc.set(args, value)
			if err := args.Validate("shop"); (err == nil) != slices.Contains(tc.list, value) {
				t.Errorf("%s %q: error = %v", p.path, value, err)
			}
		}
	}
	if tagged != len(cases) {
		t.Errorf("%d properties have an enum tag, %d have a case", tagged, len(cases))
	}
}

func TestRangeTagsAreWhatValidateAccepts(t *testing.T) {
	cases := map[string]struct {
		set func(a *webhook.WebhookReleaseArgs, n int)
		// zero is a plain number's way to be left out.
		zero bool
	}{
		"replicas":       {set: func(a *webhook.WebhookReleaseArgs, n int) { a.Replicas = pulumi.Int(n) }},
		"timeoutSeconds": {set: func(a *webhook.WebhookReleaseArgs, n int) { a.TimeoutSeconds = n }, zero: true},
		"topologySpread[].maxSkew": {set: func(a *webhook.WebhookReleaseArgs, n int) {
			a.TopologySpread = []webhook.TopologySpreadArgs{{TopologyKey: "a", MaxSkew: n}}
		}, zero: true},
	}
	tagged := 0
	for _, p := range allProperties() {
		if _, ok := p.tag.Lookup("max"); ok {
			t.Errorf("%s has a max tag and no case here", p.path)
		}
		least, ok := p.tag.Lookup("min")
		if !ok {
			continue
		}
		tagged++
		tc, ok := cases[p.path]
		n, err := strconv.Atoi(least)
		if !ok || err != nil {
			t.Errorf("%s has the min tag %q and no case here (%v)", p.path, least, err)
			continue
		}
		for value, good := range map[int]bool{n: true, n - 1: tc.zero && n == 1, n - 2: false} {
			args := &webhook.WebhookReleaseArgs{TenantId: tenant()}
			tc.set(args, value)
			if err := args.Validate("shop"); (err == nil) != good {
				t.Errorf("%s %d: error = %v", p.path, value, err)
			}
		}
	}
	if tagged != len(cases) {
		t.Errorf("%d properties have a min tag, %d have a case", tagged, len(cases))
	}
}

func TestThePageNamesEveryArgument(t *testing.T) {
	page, err := os.ReadFile("../../docs/webhook.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range allProperties() {
		row := "\n| `" + p.path + "` |"
		at := strings.Index(string(page), row)
		if at < 0 {
			t.Errorf("docs/webhook.md has no row for %s", p.path)
			continue
		}
		line, _, _ := strings.Cut(string(page)[at+1:], "\n")
		for _, value := range strings.Split(p.tag.Get("enum"), ",") {
			if !strings.Contains(line, value) {
				t.Errorf("docs/webhook.md does not say that %s may be %s", p.path, value)
			}
		}
	}
}
