package inputs

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestDefaults(t *testing.T) {
	for reason, tc := range map[string]struct{ got, want any }{
		"a text that is given":         {StringOr(pulumi.String("a"), "b"), pulumi.String("a")},
		"a text that is left out":      {StringOr(nil, "b"), pulumi.String("b")},
		"a number that is given":       {IntOr(pulumi.Int(0), 1), pulumi.Int(0)},
		"a number that is left out":    {IntOr(nil, 1), pulumi.Int(1)},
		"a boolean that is given":      {BoolOr(pulumi.Bool(false), true), pulumi.Bool(false)},
		"a boolean that is left out":   {BoolOr(nil, true), pulumi.Bool(true)},
		"a known text, required":       {String(pulumi.StringPtr("a")), pulumi.String("a")},
		"a known number, required":     {Int(pulumi.IntPtr(1)), pulumi.Int(1)},
		"a known boolean, required":    {Bool(pulumi.BoolPtr(true)), pulumi.Bool(true)},
		"a known text, optional":       {StringPtr(pulumi.String("a")), pulumi.String("a")},
		"a known boolean, as text":     {FormatBool(pulumi.Bool(false)), pulumi.String("false")},
		"another known one, as text":   {FormatBool(pulumi.BoolPtr(true)), pulumi.String("true")},
		"an enumeration's own default": {StringOr(nil, azureLike("x")), pulumi.String("x")},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %#v, want %#v", reason, tc.got, tc.want)
		}
	}
}

type azureLike string

// What is known later stays an output, and has the value in the end.
func TestInputsThatAreKnownLater(t *testing.T) {
	text := pulumi.String("a").ToStringOutput()
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		for name, out := range map[string]pulumi.Input{
			"string": String(text.ToStringPtrOutput()), "stringPtr": StringPtr(text).ToStringPtrOutput().Elem(), "text": Text(text.ToStringPtrOutput()), "left out": Text(nil),
			"int": Int(pulumi.Int(1).ToIntOutput().ToIntPtrOutput()), "bool": Bool(pulumi.Bool(true).ToBoolOutput().ToBoolPtrOutput()),
			"format": FormatBool(pulumi.Bool(true).ToBoolOutput().ToBoolPtrOutput()),
		} {
			if _, isOutput := out.(pulumi.Output); !isOutput {
				t.Errorf("%s: %#v is no output", name, out)
			}
			ctx.Export(name, out)
		}
		return nil
	}, pulumitest.Options{})
	for name, want := range map[string]any{"string": "a", "stringPtr": "a", "text": "a", "left out": "", "int": 1, "bool": true, "format": "true"} {
		if got := r.Exports[name].Value; got != want {
			t.Errorf("%s: %#v, want %#v", name, got, want)
		}
	}
}
