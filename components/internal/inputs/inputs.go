// Package inputs gives defaults to the inputs of components, and converts inputs between the types
// that properties want.
//
// What is known when the program runs stays known: an output would hide it from a preview's reader
// and from the tests of the pure functions that build a resource's arguments.
package inputs

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
)

// StringOr returns in, or the default if in is nil.
func StringOr[T ~string](in pulumi.StringPtrInput, byDefault T) pulumi.StringPtrInput {
	if in == nil {
		return pulumi.String(byDefault)
	}
	return in
}

// IntOr returns in, or the default if in is nil.
func IntOr(in pulumi.IntPtrInput, byDefault int) pulumi.IntPtrInput {
	if in == nil {
		return pulumi.Int(byDefault)
	}
	return in
}

// BoolOr returns in, or the default if in is nil.
func BoolOr(in pulumi.BoolPtrInput, byDefault bool) pulumi.BoolPtrInput {
	if in == nil {
		return pulumi.Bool(byDefault)
	}
	return in
}

// String returns an input that is given, for a property that requires one.
func String(in pulumi.StringPtrInput) pulumi.StringInput {
	if text, ok := known.String(in); ok {
		return pulumi.String(text)
	}
	return in.ToStringPtrOutput().Elem()
}

// Int returns an input that is given, for a property that requires one.
func Int(in pulumi.IntPtrInput) pulumi.IntInput {
	if n, ok := known.Int(in); ok {
		return pulumi.Int(n)
	}
	return in.ToIntPtrOutput().Elem()
}

// Bool returns an input that is given, for a property that requires one.
func Bool(in pulumi.BoolPtrInput) pulumi.BoolInput {
	if b, ok := known.Bool(in); ok {
		return pulumi.Bool(b)
	}
	return in.ToBoolPtrOutput().Elem()
}

// StringPtr returns an input that is given, for a property that is optional.
func StringPtr(in pulumi.StringInput) pulumi.StringPtrInput {
	if text, ok := known.String(in); ok {
		return pulumi.String(text)
	}
	return in.ToStringOutput().ToStringPtrOutput()
}

// Text returns an input that may be left out, as text that is then empty.
func Text(in pulumi.StringPtrInput) pulumi.StringOutput {
	if in == nil {
		return pulumi.String("").ToStringOutput()
	}
	return in.ToStringPtrOutput().ApplyT(func(text *string) string {
		if text == nil {
			return ""
		}
		return *text
	}).(pulumi.StringOutput)
}

// FormatBool returns the text "true" or "false", for properties that are maps of text.
func FormatBool(in pulumi.BoolPtrInput) pulumi.StringInput {
	if b, ok := known.Bool(in); ok {
		return pulumi.String(strconv.FormatBool(b))
	}
	return in.ToBoolPtrOutput().Elem().ApplyT(strconv.FormatBool).(pulumi.StringOutput)
}
