package arguments

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

type colour string

var colours = Enum[colour]("red", "green", "blue")

type inner struct {
	Hours pulumi.IntPtrInput `pulumi:"hours,optional" min:"4" max:"24" unit:"hours"`
	Named pulumi.StringInput `pulumi:"named"`
}

type base struct {
	Cloud azure.Cloud `pulumi:"cloud,optional"`
}

type example struct {
	base
	Colour   colour                  `pulumi:"colour,optional"`
	Input    pulumi.StringPtrInput   `pulumi:"input,optional" enum:"colour"`
	Inputs   pulumi.StringArrayInput `pulumi:"inputs,optional" enum:"colour"`
	Plain    []colour                `pulumi:"plain,optional"`
	Least    *int                    `pulumi:"least,optional" min:"1"`
	Most     int                     `pulumi:"most,optional" max:"9"`
	One      *inner                  `pulumi:"one,optional"`
	Several  []inner                 `pulumi:"several,optional"`
	ByName   map[string]inner        `config:"byName"`
	Provider pulumi.ProviderResource
}

func TestCheck(t *testing.T) {
	named, zero := pulumi.String("x"), 0
	for reason, tc := range map[string]struct {
		args example
		want []problem.Problem
	}{
		"nothing is given": {},
		"all is right": {args: example{
			base: base{Cloud: azure.ChinaCloud}, Colour: "red", Input: pulumi.String("blue"), Inputs: pulumi.ToStringArray([]string{"red"}),
			Plain: []colour{"green"}, Most: 9, One: &inner{Hours: pulumi.Int(4), Named: named},
		}},
		"an output is not looked into": {args: example{
			Input: pulumi.String("pink").ToStringOutput(), One: &inner{Named: pulumi.String("").ToStringOutput(), Hours: pulumi.Int(1).ToIntOutput()},
		}},
		"values that do not exist": {
			args: example{
				base: base{Cloud: "Moon"}, Colour: "gren", Input: pulumi.String("pink"),
				Inputs: pulumi.StringArray{pulumi.String("red"), pulumi.String("RED")}, Plain: []colour{"x"},
			},
			want: []problem.Problem{
				{Path: "cloud", Message: `"Moon" is not allowed`, Remedy: "use one of AzurePublicCloud, AzureUSGovernment, AzureChinaCloud"},
				{Path: "colour", Message: `"gren" is not allowed`, Remedy: `did you mean "green"? Use one of red, green, blue`},
				{Path: "input", Message: `"pink" is not allowed`, Remedy: "use one of red, green, blue"},
				{Path: "inputs[1]", Message: `"RED" is not allowed`, Remedy: `did you mean "red"? Use one of red, green, blue`},
				{Path: "plain[0]", Message: `"x" is not allowed`, Remedy: "use one of red, green, blue"},
			},
		},
		"numbers outside their ranges": {
			args: example{Least: &zero, Most: 10, One: &inner{Hours: pulumi.Int(25), Named: named}},
			want: []problem.Problem{
				{Path: "least", Message: "0 is below 1", Remedy: "use 1 or more"},
				{Path: "most", Message: "10 is above 9", Remedy: "use at most 9"},
				{Path: "one.hours", Message: "25 is outside 4 to 24 hours", Remedy: "use 4 to 24"},
			},
		},
		"what is required, wherever it is": {
			args: example{One: &inner{}, Several: []inner{{Named: named}, {}}, ByName: map[string]inner{"b": {}, "a": {}}},
			want: []problem.Problem{
				{Path: "one.named", Message: "named is required", Remedy: "it has no default"},
				{Path: "several[1].named", Message: "named is required", Remedy: "it has no default"},
				{Path: "byName.a.named", Message: "named is required", Remedy: "it has no default"},
				{Path: "byName.b.named", Message: "named is required", Remedy: "it has no default"},
			},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			var l problem.List
			Check(&l, "", &tc.args)
			if diff := cmp.Diff(tc.want, l.Problems()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckRepeatsNoProblem(t *testing.T) {
	var l problem.List
	l.Add("colour", "paint is missing", "buy some")
	l.Add("plain[0]", "paint is old", "buy some")
	l.Add("one.named", "a name is required", "invent one")
	Check(&l, "", &example{Colour: "pink", Plain: []colour{"x", "y"}, One: &inner{}})
	want := []problem.Path{"colour", "plain[0]", "one.named", "plain[1]"}
	var got []problem.Path
	for _, p := range l.Problems() {
		got = append(got, p.Path)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

func TestOutputs(t *testing.T) {
	text := pulumi.String("").ToStringOutput()
	list := Outputs(&example{
		Colour: "red", Input: text, Inputs: pulumi.StringArray{}.ToStringArrayOutput(),
		One: &inner{Hours: pulumi.Int(1).ToIntOutput(), Named: text}, Several: []inner{{Hours: pulumi.Int(1)}},
	})
	hours, blue := 4, "blue"
	want := map[problem.Path]map[any]string{
		"input":     {"red": "", &blue: "", (*string)(nil): "", nil: "", "pink": `"pink" is not allowed: use one of red, green, blue`},
		"inputs":    {&[]string{"red"}: "", &[]string{"red", "RED"}: `[1]: "RED" is not allowed: did you mean "red"? Use one of red, green, blue`},
		"one.hours": {24: "", &hours: "", 3: "3 is outside 4 to 24 hours: use 4 to 24"},
	}
	for _, output := range list {
		for value, sentence := range want[output.Path] {
			if many, ok := value.(*[]string); ok {
				value = *many
			}
			got := ""
			if err := output.Check(value); err != nil {
				got = err.Error()
			}
			if got != sentence {
				t.Errorf("%s = %v: %q, want %q", output.Path, value, got, sentence)
			}
		}
	}
	if len(list) != len(want) || list[0].In != pulumi.Output(text) {
		t.Errorf("outputs = %+v, want those of %v", list, want)
	}
	if none := Outputs((*example)(nil)); none != nil {
		t.Errorf("no arguments have the outputs %+v", none)
	}
}

func TestCheckOfNothing(t *testing.T) {
	var l problem.List
	Check(&l, "", (*example)(nil))
	if !l.Empty() {
		t.Errorf("problems = %v", l.Problems())
	}
}

type owning struct {
	example
	Colour string `config:"colour"`
	Extra  string `config:"extra"`
}

func (owning) OwnedKeys() []string { return []string{"cloud", "input", "inputs", "plain"} }

func TestFieldsThatAStructOwnsOrShadows(t *testing.T) {
	var got []string
	for _, f := range Fields(reflect.TypeFor[owning]()) {
		if got = append(got, f.Name); f.Name == "colour" && f.Enum != nil {
			t.Error("the embedded field shows instead of the outer one")
		}
	}
	want := []string{"least", "most", "one", "several", "byName", "colour", "extra"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestFields(t *testing.T) {
	var names []string
	for _, f := range Fields(reflect.TypeFor[example]()) {
		names = append(names, f.Name)
		if got := reflect.TypeFor[example]().FieldByIndex(f.Index).Type; got != f.Type {
			t.Errorf("%s: the index leads to a %s, want %s", f.Name, got, f.Type)
		}
	}
	want := []string{"cloud", "colour", "input", "inputs", "plain", "least", "most", "one", "several", "byName"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"red", "green", "blue"}, Fields(reflect.TypeFor[example]())[1].Enum); diff != "" || len(colours) != 3 || !Declared(colours[1]) || Declared(colour("pink")) {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

// A tag that names no enumeration is a mistake in this repository, which must not pass unseen.
func TestEnumThatIsNotDeclared(t *testing.T) {
	type wrong struct {
		A pulumi.StringInput `pulumi:"a" enum:"nothing"`
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Fields(reflect.TypeFor[wrong]())
}
