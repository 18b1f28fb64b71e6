package stacks

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// checkTags checks a value that the file gives against what the field's tags say of it: enum, min and max.
func (d *decoder) checkTags(at keyPath, f field, to reflect.Value) {
	d.enumeration(at, f, to)
	d.limits(at, f, to)
}

// limits checks a whole number.
func (d *decoder) limits(at keyPath, f field, to reflect.Value) {
	to = unwrapped(to)
	if !to.CanInt() {
		return
	}
	n := int(to.Int())
	low, lowErr := strconv.Atoi(f.tag.Get("min"))
	high, highErr := strconv.Atoi(f.tag.Get("max"))
	if (lowErr != nil || n >= low) && (highErr != nil || n <= high) {
		return
	}
	remedy := fmt.Sprintf("use %d to %d", low, high)
	switch {
	case highErr != nil:
		remedy = fmt.Sprintf("use %d or more", low)
	case lowErr != nil:
		remedy = fmt.Sprintf("use at most %d", high)
	}
	what := "is out of range"
	if !d.confidential {
		what = fmt.Sprintf("is %d", n)
	}
	d.problems.add(at, what, remedy)
}

// enumeration checks a value, or each of a list, that must be one of a few, if the field's tag says so.
func (d *decoder) enumeration(at keyPath, f field, to reflect.Value) {
	allowed := f.allowed()
	if len(allowed) == 0 {
		return
	}
	to = unwrapped(to)
	if to.Kind() != reflect.Slice {
		d.oneOf(at, textOf(to), allowed)
		return
	}
	for i := range to.Len() {
		d.oneOf(at.index(i), textOf(to.Index(i)), allowed)
	}
}

func (d *decoder) oneOf(at keyPath, value string, allowed []string) {
	if value == "" || slices.Contains(allowed, value) {
		return
	}
	remedy := "use one of: " + strings.Join(allowed, ", ")
	if near, ok := suggest.Nearest(value, allowed); ok {
		remedy = fmt.Sprintf("did you mean %q? Allowed: %s", near, strings.Join(allowed, ", "))
	}
	what := "has an unknown value"
	if !d.confidential {
		what += " " + quote(value)
	}
	d.problems.add(at, what, remedy)
}

// unwrapped is what an interface or pointer holds.
func unwrapped(v reflect.Value) reflect.Value {
	for (v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer) && !v.IsNil() {
		v = v.Elem()
	}
	return v
}

// textOf is the text in a field, plain or wrapped, or empty.
func textOf(v reflect.Value) string {
	v = unwrapped(v)
	if v.Kind() != reflect.String {
		return ""
	}
	return v.String()
}
