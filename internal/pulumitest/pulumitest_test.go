package pulumitest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	componentType = "test:index:Component"
	groupType     = "azure-native:resources:ResourceGroup"
	namespaceType = "kubernetes:core/v1:Namespace"
)

// listener is a testing.TB that keeps what a test would fail with.
type listener struct {
	testing.TB
	errors []string
}

func (l *listener) Helper()           {}
func (l *listener) Error(args ...any) { l.errors = append(l.errors, fmt.Sprint(args...)) }
func (l *listener) Errorf(format string, a ...any) {
	l.errors = append(l.errors, fmt.Sprintf(format, a...))
}

type component struct {
	pulumi.ResourceState
	Group pulumi.StringOutput
}

type group struct {
	pulumi.CustomResourceState
	Name pulumi.StringOutput `pulumi:"name"`
}

func newComponent(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*component, error) {
	c := &component{}
	return c, ctx.RegisterComponentResource(componentType, name, c, opts...)
}

func newGroup(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*group, error) {
	g := &group{}
	return g, ctx.RegisterResource(groupType, name, pulumi.Map{"location": pulumi.String("westeurope")}, g, opts...)
}

// good keeps the rules.
func good(ctx *pulumi.Context) error {
	c, err := newComponent(ctx, "a")
	if err != nil {
		return err
	}
	g, err := newGroup(ctx, "a-rg", pulumi.Parent(c))
	if err != nil {
		return err
	}
	ctx.Export("name", g.Name)
	ctx.Export("secret", pulumi.ToSecret(g.Name))
	return ctx.RegisterResourceOutputs(c, pulumi.Map{"group": g.Name})
}

func TestRulesAreBroken(t *testing.T) {
	cases := map[string]struct {
		program func(ctx *pulumi.Context) error
		options Options
		want    string
	}{
		"a program that keeps them": {program: good},
		"an orphan": {
			program: func(ctx *pulumi.Context) error { _, err := newGroup(ctx, "rg"); return err },
			want:    "orphan",
		},
		"an orphan that is allowed": {
			program: func(ctx *pulumi.Context) error { _, err := newGroup(ctx, "rg"); return err },
			options: Options{RootTypes: []string{groupType}},
		},
		"a child with a name of its own": {
			program: func(ctx *pulumi.Context) error {
				c, err := newComponent(ctx, "a")
				if err != nil {
					return err
				}
				if _, err := newGroup(ctx, "rg", pulumi.Parent(c)); err != nil {
					return err
				}
				return ctx.RegisterResourceOutputs(c, pulumi.Map{})
			},
			want: `must start with "a-"`,
		},
		"one name twice": {
			program: func(ctx *pulumi.Context) error {
				_, err := newGroup(ctx, "rg")
				if err != nil {
					return err
				}
				_, err = newGroup(ctx, "rg")
				return err
			},
			options: Options{RootTypes: []string{groupType}},
			want:    "duplicate URN",
		},
		"a component without outputs": {
			program: func(ctx *pulumi.Context) error { _, err := newComponent(ctx, "a"); return err },
			want:    "registered its outputs 0 times",
		},
		"Kubernetes on the default provider": {
			program: func(ctx *pulumi.Context) error {
				return ctx.RegisterResource(namespaceType, "n", pulumi.Map{"metadata": pulumi.Map{"name": pulumi.String("n")}}, &pulumi.CustomResourceState{})
			},
			options: Options{RootTypes: []string{namespaceType}},
			want:    "default provider",
		},
		"Azure on the default provider where the test gives one": {
			program: good,
			options: Options{Explicit: []string{"azure-native"}},
			want:    "default provider",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			l := &listener{TB: t}
			if r := Try(l, tc.program, tc.options); r.Err != nil {
				t.Fatal(r.Err)
			}
			if tc.want == "" && len(l.errors) > 0 || tc.want != "" && !strings.Contains(strings.Join(l.errors, "\n"), tc.want) {
				t.Errorf("complaints = %q, want %q", l.errors, tc.want)
			}
		})
	}
}

func TestProgramsThatFail(t *testing.T) {
	register := func(typ string, props pulumi.Map) func(ctx *pulumi.Context) error {
		return func(ctx *pulumi.Context) error {
			return ctx.RegisterResource(typ, "x", props, &pulumi.CustomResourceState{})
		}
	}
	for reason, tc := range map[string]struct {
		program func(ctx *pulumi.Context) error
		want    string
	}{
		"an unknown type": {register("azure-native:moon:Base", pulumi.Map{}), "no fake for resource type azure-native:moon:Base"},
		"a missing input": {register(AKS+"AgentPool", pulumi.Map{}), `lacks the required input "resourceGroupName"`},
		"an unknown input": {
			register("azuread:index/application:Application", pulumi.Map{"displayName": pulumi.String("x"), "password": pulumi.String("y")}),
			`unknown input "password"`,
		},
		"an unknown function": {
			func(ctx *pulumi.Context) error {
				var out struct{}
				return ctx.Invoke("azure-native:moon:phase", &struct{}{}, &out)
			}, "no fake for function",
		},
	} {
		r := Try(t, tc.program, Options{})
		if r.Err == nil || !strings.Contains(r.Err.Error(), tc.want) {
			t.Errorf("%s: error = %v, want %q", reason, r.Err, tc.want)
		}
	}
}

func TestExportsAndOutputs(t *testing.T) {
	r := Run(t, good, Options{})
	want := map[string]Export{
		"name":   {Value: Physical("a-rg"), Known: true},
		"secret": {Value: Physical("a-rg"), Known: true, Secret: true},
	}
	if diff := cmp.Diff(want, r.Exports); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := r.Get(t, componentType, "a").Outputs["group"]; !got.DeepEquals(resource.NewProperty(Physical("a-rg"))) {
		t.Errorf("the component's outputs are not recorded: %v", got)
	}
}

func TestPreviewKnowsInputsOnly(t *testing.T) {
	r := Run(t, good, Options{DryRun: true})
	if r.Exports["name"].Known {
		t.Errorf("the name of a new resource is known in a preview: %v", r.Exports["name"])
	}
	g := r.Get(t, groupType, "a-rg")
	if g.ID != "" || !g.Outputs["name"].IsComputed() || !g.Outputs["location"].DeepEquals(resource.NewProperty("westeurope")) {
		t.Errorf("id %q, outputs %v", g.ID, g.Outputs)
	}
}

func TestPreviewed(t *testing.T) {
	object := func(pairs ...any) resource.PropertyValue {
		m := resource.PropertyMap{}
		for i := 0; i < len(pairs); i += 2 {
			m[resource.PropertyKey(pairs[i].(string))] = resource.NewPropertyValue(pairs[i+1])
		}
		return resource.NewProperty(m)
	}
	got := previewed(object("enabled", true), object("enabled", true, "url", "https://x/"))
	if !got.ObjectValue()["url"].IsComputed() || !got.ObjectValue()["enabled"].BoolValue() {
		t.Errorf("an object's inputs stay known, the rest is unknown: %v", got)
	}
}

func TestPlainFindsWhatIsNotSecret(t *testing.T) {
	r := Run(t, good, Options{})
	want := []string{"a outputs.group", "a-rg outputs.name", "export name"}
	if diff := cmp.Diff(want, r.Plain(Physical("a-rg"))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestGraph(t *testing.T) {
	r := Run(t, func(ctx *pulumi.Context) error {
		c, err := newComponent(ctx, "a", pulumi.Protect(true))
		if err != nil {
			return err
		}
		first, err := newGroup(ctx, "a-first", pulumi.Parent(c), pulumi.RetainOnDelete(true))
		if err != nil {
			return err
		}
		second := &group{}
		err = ctx.RegisterResource(groupType, "a-second", pulumi.Map{
			"location": pulumi.ToSecret(first.Name), "tags": pulumi.Map{"of": first.Name},
		}, second, pulumi.Parent(c), pulumi.DeletedWith(first), pulumi.IgnoreChanges([]string{"tags"}))
		if err != nil {
			return err
		}
		if _, err := newGroup(ctx, "a-third", pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{second}),
			pulumi.DeleteBeforeReplace(true), pulumi.ReplaceOnChanges([]string{"name"})); err != nil {
			return err
		}
		return ctx.RegisterResourceOutputs(c, pulumi.Map{})
	}, Options{})
	want := `test:index:Component  a
      protected
  azure-native:resources:ResourceGroup  a-first
        protected
        retained on delete
  azure-native:resources:ResourceGroup  a-second
        location <- a-first (secret)
        tags <- a-first
        deleted with a-first
        protected
        ignores changes of tags
  azure-native:resources:ResourceGroup  a-third
        after a-second
        deleted before it is replaced
        replaced on changes of name
        protected
`
	if diff := cmp.Diff(want, r.Graph()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	first, third := r.Get(t, groupType, "a-first"), r.Get(t, groupType, "a-third")
	if !r.Reaches(third, first) || r.Reaches(first, third) {
		t.Error("the third waits for the first by way of the second, and not the other way round")
	}
}
