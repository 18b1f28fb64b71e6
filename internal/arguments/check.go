package arguments

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// Check records, below path, what is wrong with an argument struct by its tags alone: required
// inputs that are missing, and known values outside enumerations and ranges. It descends into
// structs, lists and maps of them. Outputs are not looked into (see Outputs). A path that has a
// problem already is left out, so that a component can say in better words what only it knows.
func Check(l *problem.List, path problem.Path, args any) {
	visit(path, args, func(f Field, at problem.Path, value reflect.Value) bool {
		switch {
		case l.Has(at):
			return false
		case isNil(value):
			if f.Required {
				l.Add(at, f.Name+" is required", "it has no default")
			}
		default:
			f.checkValue(l, at, value)
		}
		return true
	})
}

// Output is an argument whose value is known only when the program runs.
type Output struct {
	Path problem.Path
	In   pulumi.Output
	// Check reports whether the value, once it is known, is outside the argument's enumeration or
	// range. Nil stands for the default, and is right.
	Check func(value any) error
}

// Outputs returns those arguments with an enumeration or a range that are outputs, for components
// that check such values before they use them.
func Outputs(args any) []Output {
	var list []Output
	visit("", args, func(f Field, at problem.Path, value reflect.Value) bool {
		out, ok := value.Interface().(pulumi.Output)
		if !ok || f.Enum == nil && f.Min == nil && f.Max == nil {
			return true
		}
		list = append(list, Output{Path: at, In: out, Check: func(value any) error {
			var l problem.List
			if v := reflect.ValueOf(value); v.IsValid() && !isNil(v) {
				f.checkValue(&l, "", v)
			}
			if l.Empty() {
				return nil
			}
			return &l.Problems()[0]
		}})
		return true
	})
	return list
}

// visitor is called with every argument, at its path, whether it is given or not, and reports
// whether to descend into it.
type visitor func(f Field, at problem.Path, value reflect.Value) bool

// visit calls f for the arguments of a struct, or of a pointer to one, and of what it contains.
func visit(path problem.Path, args any, f visitor) {
	if v := reflect.ValueOf(args); v.IsValid() {
		visitBelow(path, v, f)
	}
}

// visitBelow descends into what holds argument structs.
func visitBelow(path problem.Path, v reflect.Value, f visitor) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			visitBelow(path, v.Elem(), f)
		}
	case reflect.Struct:
		for _, field := range Fields(v.Type()) {
			value, at := v.FieldByIndex(field.Index), path.Field(field.Name)
			if f(field, at, value) {
				visitBelow(at, value, f)
			}
		}
	case reflect.Slice:
		if !holdsStructs(v.Type().Elem()) {
			return
		}
		for i := range v.Len() {
			visitBelow(path.Index(i), v.Index(i), f)
		}
	case reflect.Map:
		if !holdsStructs(v.Type().Elem()) || v.Type().Key().Kind() != reflect.String {
			return
		}
		for _, key := range slices.SortedFunc(maps.Keys(entries(v)), strings.Compare) {
			visitBelow(path.Key(key), entries(v)[key], f)
		}
	}
}

func entries(v reflect.Value) map[string]reflect.Value {
	m := make(map[string]reflect.Value, v.Len())
	for _, key := range v.MapKeys() {
		m[key.String()] = v.MapIndex(key)
	}
	return m
}

func holdsStructs(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

func isNil(v reflect.Value) bool {
	return (v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer) && v.IsNil()
}

// checkValue checks a value that is given, plain or an input.
func (f Field) checkValue(l *problem.List, path problem.Path, value reflect.Value) {
	switch {
	case f.Enum != nil:
		f.checkEnum(l, path, value)
	case f.Min != nil || f.Max != nil:
		f.checkRange(l, path, value)
	}
}

// checkEnum looks at a text, or at each of a list of texts. An empty plain string stands for the
// default.
func (f Field) checkEnum(l *problem.List, path problem.Path, value reflect.Value) {
	if value.Kind() == reflect.String && value.Len() == 0 {
		return
	}
	if list, ok := texts(value); ok {
		for i, element := range list {
			f.checkText(l, path.Index(i), element)
		}
		return
	}
	f.checkText(l, path, value.Interface())
}

// texts returns the elements of a list of texts, plain or an input.
func texts(value reflect.Value) ([]any, bool) {
	var list []any
	if array, ok := known.As[pulumi.StringArray](value.Interface()); ok {
		for _, element := range array {
			list = append(list, element)
		}
		return list, true
	}
	if value.Kind() != reflect.Slice {
		return nil, false
	}
	for i := range value.Len() {
		list = append(list, value.Index(i).Interface())
	}
	return list, true
}

func (f Field) checkText(l *problem.List, path problem.Path, in any) {
	if text, ok := known.String(in); ok && !slices.Contains(f.Enum, text) && !l.Has(path) {
		l.Add(path, fmt.Sprintf("%q is not allowed", text), f.EnumRemedy(text))
	}
}

// EnumRemedy returns the remedy for a text that is not one of the field's values: the nearest of
// them, if one is near, and all.
func (f Field) EnumRemedy(text string) string {
	all := strings.Join(f.Enum, ", ")
	if near, ok := suggest.Nearest(text, f.Enum); ok {
		return fmt.Sprintf("did you mean %q? Use one of %s", near, all)
	}
	return "use one of " + all
}

func (f Field) checkRange(l *problem.List, path problem.Path, value reflect.Value) {
	n, ok := known.Int(value.Interface())
	if !ok || (f.Min == nil || n >= *f.Min) && (f.Max == nil || n <= *f.Max) {
		return
	}
	l.Add(path, strconv.Itoa(n)+" is "+f.outside(), f.RangeRemedy())
}

// outside describes the numbers that are not in the field's range.
func (f Field) outside() string {
	var text string
	switch {
	case f.Max == nil:
		text = fmt.Sprintf("below %d", *f.Min)
	case f.Min == nil:
		text = fmt.Sprintf("above %d", *f.Max)
	default:
		text = fmt.Sprintf("outside %d to %d", *f.Min, *f.Max)
	}
	return strings.TrimSpace(text + " " + f.Unit)
}

// RangeRemedy returns the remedy for a number that is not in the field's range.
func (f Field) RangeRemedy() string {
	switch {
	case f.Max == nil:
		return fmt.Sprintf("use %d or more", *f.Min)
	case f.Min == nil:
		return fmt.Sprintf("use at most %d", *f.Max)
	}
	return fmt.Sprintf("use %d to %d", *f.Min, *f.Max)
}
