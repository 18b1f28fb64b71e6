// Package strict decodes what Pulumi hands a program as its configuration into structs. It is
// strict: a key without a field, and a value of another type than its field's, are problems. It
// goes on after a problem, so that one run reports all of them, each with the path that "pulumi
// config set --path" takes, and never quotes what may be encrypted.
//
// It is our own, and not mapstructure or a YAML library in strict mode: those report a path in Go's
// terms and the parser's words, stop at the first problem or quote the value, and cannot give a
// value to a component's argument that is an input.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// Defaulter fills a freshly made configuration struct before the stack file's values are laid over
// it. Defaults thus live in one place, and a value that the file gives, even a zero, is never
// mistaken for a missing one.
type Defaulter interface {
	// SetDefaults sets the defaults of the receiver's own fields.
	SetDefaults()
}

// Decoder turns what Pulumi hands a program into configuration structs.
type Decoder struct {
	// Problems receives what is wrong.
	Problems *Problems
	// confidential reports whether the value being decoded contains something encrypted.
	confidential bool
	// emptyText reports whether "" is a value, as it is for a label; elsewhere somebody forgot it.
	emptyText bool
}

// TopLevel decodes the namespace's keys into the fields of to, a pointer to a struct. Pulumi passes
// a top-level scalar as its text and everything else as JSON. secret names the keys that contain
// something encrypted.
func (d *Decoder) TopLevel(namespace string, values map[string]string, secret map[string]bool, to any) {
	target := reflect.ValueOf(to).Elem()
	setDefaults(target)
	known := Keys(target.Type())
	for _, name := range sortedKeys(values) {
		at := Root(namespace, name)
		f, ok := known[name]
		if !ok {
			d.unknown(at, name, known, func(near string) (problem.Path, bool) {
				_, given := values[near]
				return Root(namespace, near), given
			})
			continue
		}
		d.confidential = secret[name]
		field := target.FieldByIndex(f.Index)
		if field.Kind() == reflect.String {
			d.value(at, values[name], field)
			continue
		}
		raw, err := ParseJSON(values[name])
		if err != nil {
			// A scalar stands where a mapping or a list is due. The parser's own words would help
			// nobody.
			raw = values[name]
		}
		d.value(at, raw, field)
	}
	d.confidential = false
}

// ParseJSON reads one JSON value and keeps numbers as they were written.
func ParseJSON(text string) (any, error) {
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

// value decodes raw, as encoding/json gives it, into to.
func (d *Decoder) value(at problem.Path, raw any, to reflect.Value) {
	if raw == nil {
		d.Problems.Unreadable(at, "has no value", "give it one, or remove the key")
		return
	}
	if in, ok := inputs[to.Type()]; ok {
		d.wrappedInput(at, raw, to, in)
		return
	}
	switch to.Kind() {
	case reflect.Pointer:
		fresh := reflect.New(to.Type().Elem())
		setDefaults(fresh.Elem())
		d.value(at, raw, fresh.Elem())
		to.Set(fresh)
	case reflect.String:
		d.text(at, raw, to)
	case reflect.Int:
		d.integer(at, raw, to)
	case reflect.Float64:
		d.number(at, raw, to)
	case reflect.Bool:
		d.boolean(at, raw, to)
	case reflect.Slice:
		d.list(at, raw, to)
	case reflect.Map:
		d.mapping(at, raw, to)
	case reflect.Struct:
		d.object(at, raw, to)
	case reflect.Interface:
		d.noNulls(at, raw)
		to.Set(reflect.ValueOf(plain(raw)))
	default:
		// Only a new field of a new kind in config.go gets here; TestEveryFieldHasADecoder fails
		// first.
		d.Problems.Unreadable(at, "cannot be read: the program has no decoder for "+to.Kind().String(), "report this as a bug")
	}
}

func (d *Decoder) text(at problem.Path, raw any, to reflect.Value) {
	s, ok := raw.(string)
	if !ok {
		remedy := "write text"
		switch v := raw.(type) {
		case json.Number, bool:
			// The classic: a version 1.30 without quotes is the number 1.3.
			remedy = "put the value in quotes, so that YAML takes it as text"
			if !d.confidential {
				remedy = fmt.Sprintf("put it in quotes (\"%v\"), so that YAML takes it as text", v)
			}
		}
		d.wrongType(at, "text", raw, remedy)
		return
	}
	if s == "" && !d.emptyText {
		d.Problems.Unreadable(at, "is empty", "give it a value, or remove the key")
		return
	}
	to.SetString(s)
}

func (d *Decoder) integer(at problem.Path, raw any, to reflect.Value) {
	n, ok := raw.(json.Number)
	if !ok {
		remedy := "write a whole number"
		if s, isText := raw.(string); isText {
			if _, err := strconv.Atoi(s); err == nil {
				remedy = "write the number without quotes"
			}
		}
		d.wrongType(at, "a whole number", raw, remedy)
		return
	}
	i, err := strconv.Atoi(n.String())
	if err != nil {
		d.wrongType(at, "a whole number", raw, "write it without fraction, exponent or unit")
		return
	}
	to.SetInt(int64(i))
}

func (d *Decoder) number(at problem.Path, raw any, to reflect.Value) {
	n, ok := raw.(json.Number)
	if !ok {
		d.wrongType(at, "a number", raw, "write a number, without quotes or unit")
		return
	}
	f, err := n.Float64()
	if err != nil {
		d.wrongType(at, "a number", raw, "write a smaller one")
		return
	}
	to.SetFloat(f)
}

func (d *Decoder) boolean(at problem.Path, raw any, to reflect.Value) {
	b, ok := raw.(bool)
	if !ok {
		d.wrongType(at, "true or false", raw, "write true or false, without quotes")
		return
	}
	to.SetBool(b)
}

func (d *Decoder) list(at problem.Path, raw any, to reflect.Value) {
	items, ok := raw.([]any)
	if !ok {
		d.wrongType(at, "a list", raw, "write one \"- value\" line per entry")
		return
	}
	out := reflect.MakeSlice(to.Type(), len(items), len(items))
	for i, item := range items {
		setDefaults(out.Index(i))
		d.value(at.Index(i), item, out.Index(i))
	}
	to.Set(out)
}

func (d *Decoder) mapping(at problem.Path, raw any, to reflect.Value) {
	entries, ok := raw.(map[string]any)
	if !ok {
		d.wrongType(at, "a mapping", raw, "write one \"name: value\" line per entry")
		return
	}
	d.emptyText = to.Type().Elem().Kind() == reflect.String
	defer func() { d.emptyText = false }()
	out := reflect.MakeMapWithSize(to.Type(), len(entries))
	for _, name := range sortedKeys(entries) {
		fresh := reflect.New(to.Type().Elem()).Elem()
		setDefaults(fresh)
		d.value(at.Key(name), entries[name], fresh)
		out.SetMapIndex(reflect.ValueOf(name), fresh)
	}
	to.Set(out)
}

func (d *Decoder) object(at problem.Path, raw any, to reflect.Value) {
	entries, ok := raw.(map[string]any)
	if !ok {
		d.wrongType(at, "a mapping", raw, "write one \"key: value\" line per setting; keys: "+keyList(Keys(to.Type())))
		return
	}
	known := Keys(to.Type())
	for _, name := range sortedKeys(entries) {
		f, ok := known[name]
		if !ok {
			d.unknown(at.Key(name), name, known, func(near string) (problem.Path, bool) {
				_, given := entries[near]
				return at.Key(near), given
			})
			continue
		}
		d.value(at.Key(name), entries[name], to.FieldByIndex(f.Index))
	}
}

// unknown reports a key without a field. The one that was probably meant, which place describes, is
// not to be missed then, unless it is given too: that would be a second problem for one slip.
func (d *Decoder) unknown(at problem.Path, name string, known map[string]arguments.Field, place func(near string) (path problem.Path, given bool)) {
	near, ok := suggest.Nearest(name, sortedKeys(known))
	if !ok {
		d.Problems.Add(at, "is not a known key", "use one of: "+keyList(known))
		return
	}
	d.Problems.Add(at, "is not a known key", fmt.Sprintf("did you mean %q?", near))
	if path, given := place(near); !given {
		d.Problems.Ignore(path)
	}
}

func (d *Decoder) wrongType(at problem.Path, want string, raw any, remedy string) {
	d.Problems.Unreadable(at, fmt.Sprintf("must be %s, not %s", want, d.describe(raw)), remedy)
}

// setDefaults prefills v, which must be addressable, and the structs in it. What is behind a
// pointer or in a list or a mapping does not exist yet and gets its defaults when it is made.
func setDefaults(v reflect.Value) {
	if d, ok := v.Addr().Interface().(Defaulter); ok {
		d.SetDefaults()
	}
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.Struct {
			setDefaults(v.Field(i))
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
