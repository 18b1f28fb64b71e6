package schema_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
	"pgregory.net/rapid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

type leaf struct {
	Name  string   `pulumi:"name"`
	Ratio *float64 `pulumi:"ratio"`
}

type tree struct {
	Leaves   []leaf            `pulumi:"leaves"`
	Labels   map[string]string `pulumi:"labels"`
	Only     leaf              `pulumi:"only"`
	Child    *tree             `pulumi:"child"`
	Ids      []string          `pulumi:"ids"`
	Count    *int              `pulumi:"count"`
	On       *bool             `pulumi:"on"`
	Anything any               `pulumi:"anything"`
	Hidden   string
}

func treeType(t interface{ Fatal(...any) }) *schema.Type {
	typ, err := schema.Of(reflect.TypeOf(tree{}))
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

func TestOf(t *testing.T) {
	got := map[string]string{}
	for _, f := range treeType(t).Fields() {
		got[f.Name] = f.Type.String()
		if f.Required {
			got[f.Name] += " required"
		}
	}
	want := map[string]string{
		"leaves": "[]object", "labels": "map<string>", "only": "object required", "child": "object", "ids": "[]string",
		"count": "integer", "on": "boolean", "anything": "any",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if typ := treeType(t); typ.Field("child").Type != typ {
		t.Error("a type that refers to itself must be one type")
	}
	if _, err := schema.Of(reflect.TypeOf(make(chan int))); err == nil {
		t.Error("a channel is not a property")
	}
}

func TestProject(t *testing.T) {
	got := treeType(t).Project(map[string]any{
		"leaves": []any{map[string]any{"name": "a", "unknown": 1.0}}, "gone": "x", "labels": map[string]any{"k": "v"},
		"ids": map[string]any{"b": map[string]any{}, "a": nil}, "only": "not an object", "anything": []any{1.0},
	})
	want := map[string]any{
		"leaves": []any{map[string]any{"name": "a"}}, "labels": map[string]any{"k": "v"},
		"ids": []any{"a", "b"}, "anything": []any{1.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// anyValue draws values that a program might send, also wrong ones.
func anyValue(depth int) *rapid.Generator[resource.PropertyValue] {
	return rapid.Custom(func(t *rapid.T) resource.PropertyValue {
		last := 12
		if depth == 0 {
			last = 7
		}
		switch rapid.IntRange(0, last).Draw(t, "kind") {
		case 0:
			return resource.NewNullProperty()
		case 1:
			return resource.NewBoolProperty(rapid.Bool().Draw(t, "bool"))
		case 2:
			return resource.NewNumberProperty(rapid.Float64().Draw(t, "number"))
		case 3, 4:
			return resource.NewStringProperty(rapid.String().Draw(t, "string"))
		case 5:
			return value.Unknown()
		case 6:
			a, _ := asset.FromText("text")
			return resource.NewAssetProperty(a)
		case 7:
			return resource.NewOutputProperty(resource.Output{Known: rapid.Bool().Draw(t, "known")})
		case 8:
			return resource.MakeSecret(anyValue(depth-1).Draw(t, "secret"))
		case 9:
			return resource.NewOutputProperty(resource.Output{
				Element: anyValue(depth-1).Draw(t, "element"), Known: rapid.Bool().Draw(t, "known"), Secret: true,
			})
		case 10:
			return resource.NewArrayProperty(rapid.SliceOfN(anyValue(depth-1), 0, 3).Draw(t, "array"))
		}
		return resource.NewObjectProperty(anyMap(depth-1).Draw(t, "object"))
	})
}

func anyMap(depth int) *rapid.Generator[resource.PropertyMap] {
	names := rapid.OneOf(rapid.SampledFrom([]string{
		"leaves", "labels", "only", "child", "ids", "count", "on", "anything", "name", "ratio", "__x",
	}), rapid.String())
	return rapid.Custom(func(t *rapid.T) resource.PropertyMap {
		out := resource.PropertyMap{}
		for range rapid.IntRange(0, 5).Draw(t, "size") {
			out[resource.PropertyKey(names.Draw(t, "name"))] = anyValue(depth).Draw(t, "value")
		}
		return out
	})
}

func TestNoInputPanics(t *testing.T) {
	typ := treeType(t)
	rapid.Check(t, func(t *rapid.T) {
		m := anyMap(3).Draw(t, "inputs")
		typ.Check(m)
		bare := value.Bare(m)
		if bare := resource.NewObjectProperty(bare); bare.ContainsSecrets() {
			t.Fatalf("secrets left in %v", bare)
		}
		value.MarkSecret(m, "only.name")
		plain, err := value.PlainMap(m)
		if err != nil {
			return
		}
		typ.Project(plain)
		// A plain value is the same after the conversion to a property value and back.
		again, err := value.PlainMap(value.FromMap(plain))
		if err != nil {
			t.Fatalf("%v became %v", plain, err)
		}
		if diff := cmp.Diff(plain, again); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

func TestAValidValueHasNoProblem(t *testing.T) {
	typ := treeType(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "name")
		m := resource.PropertyMap{
			"only":  resource.NewObjectProperty(resource.PropertyMap{"name": resource.NewStringProperty(name)}),
			"count": resource.NewNumberProperty(float64(rapid.Int16().Draw(t, "count"))),
			"ids":   value.From([]string{name}),
		}
		if got := typ.Check(m, "ids"); len(got) > 0 {
			t.Fatalf("%v: %v", m, got)
		}
		delete(m, "ids")
		if got := typ.Check(m, "ids"); len(got) != 1 || got[0].Path != "ids" {
			t.Fatalf("without the required list: %v", got)
		}
	})
}
