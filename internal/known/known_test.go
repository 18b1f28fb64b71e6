package known

import (
	"testing"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func TestString(t *testing.T) {
	var nilInput pulumi.StringPtrInput
	for reason, tc := range map[string]struct {
		in   any
		want string
		ok   bool
	}{
		"a value":                {pulumi.String("a"), "a", true},
		"an empty value":         {pulumi.String(""), "", true},
		"a pointer of the SDK's": {pulumi.StringPtr("a"), "a", true},
		"no input":               {nilInput, "", false},
		"nil":                    {nil, "", false},
		"an output":              {pulumi.String("a").ToStringOutput(), "", false},
		"another kind":           {pulumi.Int(1), "", false},
	} {
		if got, ok := String(tc.in); got != tc.want || ok != tc.ok {
			t.Errorf("%s: %q, %t", reason, got, ok)
		}
	}
}

func TestNumbersAndTruth(t *testing.T) {
	if n, ok := Int(pulumi.IntPtr(3)); n != 3 || !ok {
		t.Errorf("Int(IntPtr(3)) = %d, %t", n, ok)
	}
	if n, ok := Int(pulumi.String("3")); n != 0 || ok {
		t.Errorf("Int of a string = %d, %t", n, ok)
	}
	if n, ok := Int(pulumi.Int(3).ToIntOutput()); n != 0 || ok {
		t.Errorf("Int of an output = %d, %t", n, ok)
	}
	if b, ok := Bool(pulumi.BoolPtr(true)); !b || !ok {
		t.Errorf("Bool(BoolPtr(true)) = %t, %t", b, ok)
	}
	if b, ok := Bool(pulumi.Int(1)); b || ok {
		t.Errorf("Bool of a number = %t, %t", b, ok)
	}
}

func TestAs(t *testing.T) {
	args := metav1.ObjectMetaArgs{Name: pulumi.String("a")}
	for reason, in := range map[string]any{
		"by value":               args,
		"by pointer":             &args,
		"by the SDK's Ptr":       metav1.ObjectMetaPtr(&args),
		"as the wider interface": metav1.ObjectMetaPtrInput(args),
	} {
		if got, ok := As[metav1.ObjectMetaArgs](in); !ok || got.Name != pulumi.String("a") {
			t.Errorf("%s: %v, %t", reason, got, ok)
		}
	}
	var none *metav1.ObjectMetaArgs
	for reason, in := range map[string]any{
		"nil":          nil,
		"nil pointer":  none,
		"an output":    args.ToObjectMetaOutput(),
		"another type": pulumi.String("a"),
		"another map":  pulumi.Map{},
	} {
		if got, ok := As[metav1.ObjectMetaArgs](in); ok {
			t.Errorf("%s: %v", reason, got)
		}
	}
	if _, ok := As[pulumi.StringMap](pulumi.Map{}); ok {
		t.Error("a Map is not a StringMap")
	}
}
