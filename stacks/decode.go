package stacks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sort"
	"strconv"

	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// defaulter fills a freshly made configuration struct before the stack file's values are laid over it. Defaults thus
// live in one place, and a value that the file gives, even a zero, is never mistaken for a missing one.
type defaulter interface {
	setDefaults()
}

// decoder turns what Pulumi hands a program into configuration structs. It is strict: a key without a field, or a value
// of another type than its field's, is a problem. It goes on after a problem, so that one run reports all of them.
type decoder struct {
	problems *problems
	// confidential says that the value being decoded contains something encrypted, so that no problem may quote it.
	confidential bool
	// emptyText says that "" is a value, as it is for a label; elsewhere it is a forgotten one.
	emptyText bool
}

// topLevel decodes the namespace's keys into the fields of to, a pointer to a struct. Pulumi passes a top-level scalar as
// its text and everything else as JSON.
func (d *decoder) topLevel(namespace string, values map[string]string, secret map[string]bool, to any) {
	target := reflect.ValueOf(to).Elem()
	setDefaults(target)
	known := fieldsOf(target.Type())
	for _, name := range sortedKeys(values) {
		at := rootKey(namespace, name)
		f, ok := known[name]
		if !ok {
			if near := d.unknown(at, name, known); near != "" && !has(values, near) {
				d.problems.noValue = append(d.problems.noValue, rootKey(namespace, near))
			}
			continue
		}
		d.confidential = secret[name]
		field := target.FieldByIndex(f.index)
		if field.Kind() == reflect.String {
			d.value(at, values[name], field)
			d.checkTags(at, f, field)
			continue
		}
		raw, err := parseJSON(values[name])
		if err != nil {
			// A scalar stands where a mapping or a list is due. The parser's own words would help nobody.
			raw = values[name]
		}
		d.value(at, raw, field)
	}
	d.confidential = false
}

// parseJSON reads one JSON value and keeps numbers as they were written.
func parseJSON(text string) (any, error) {
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
func (d *decoder) value(at keyPath, raw any, to reflect.Value) {
	if raw == nil {
		d.problems.unreadable(at, "has no value", "give it one, or remove the key")
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
		// Only a new field of a new kind in config.go gets here; TestEveryFieldHasADecoder fails first.
		d.problems.unreadable(at, "cannot be read: the program has no decoder for "+to.Kind().String(), "report this as a bug")
	}
}

func (d *decoder) text(at keyPath, raw any, to reflect.Value) {
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
		d.problems.unreadable(at, "is empty", "give it a value, or remove the key")
		return
	}
	to.SetString(s)
}

func (d *decoder) integer(at keyPath, raw any, to reflect.Value) {
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

func (d *decoder) number(at keyPath, raw any, to reflect.Value) {
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

func (d *decoder) boolean(at keyPath, raw any, to reflect.Value) {
	b, ok := raw.(bool)
	if !ok {
		d.wrongType(at, "true or false", raw, "write true or false, without quotes")
		return
	}
	to.SetBool(b)
}

func (d *decoder) list(at keyPath, raw any, to reflect.Value) {
	items, ok := raw.([]any)
	if !ok {
		d.wrongType(at, "a list", raw, "write one \"- value\" line per entry")
		return
	}
	out := reflect.MakeSlice(to.Type(), len(items), len(items))
	for i, item := range items {
		setDefaults(out.Index(i))
		d.value(at.index(i), item, out.Index(i))
	}
	to.Set(out)
}

func (d *decoder) mapping(at keyPath, raw any, to reflect.Value) {
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
		d.value(at.key(name), entries[name], fresh)
		out.SetMapIndex(reflect.ValueOf(name), fresh)
	}
	to.Set(out)
}

func (d *decoder) object(at keyPath, raw any, to reflect.Value) {
	entries, ok := raw.(map[string]any)
	if !ok {
		d.wrongType(at, "a mapping", raw, "write one \"key: value\" line per setting; keys: "+keyList(fieldsOf(to.Type())))
		return
	}
	known := fieldsOf(to.Type())
	for _, name := range sortedKeys(entries) {
		f, ok := known[name]
		if !ok {
			if near := d.unknown(at.key(name), name, known); near != "" && !has(entries, near) {
				d.problems.noValue = append(d.problems.noValue, at.key(near))
			}
			continue
		}
		field := to.FieldByIndex(f.index)
		d.value(at.key(name), entries[name], field)
		d.checkTags(at.key(name), f, field)
	}
}

// unknown reports a key without a field and returns the one that was probably meant. Its value is not to be missed then,
// unless it is given too: that would be a second problem for one slip.
func (d *decoder) unknown(at keyPath, name string, known map[string]field) string {
	near, ok := suggest.Nearest(name, sortedKeys(known))
	remedy := "use one of: " + keyList(known)
	if ok {
		remedy = fmt.Sprintf("did you mean %q?", near)
	}
	d.problems.add(at, "is not a known key", remedy)
	return near
}

func has[V any](m map[string]V, key string) bool {
	_, ok := m[key]
	return ok
}

func (d *decoder) wrongType(at keyPath, want string, raw any, remedy string) {
	d.problems.unreadable(at, fmt.Sprintf("must be %s, not %s", want, d.describe(raw)), remedy)
}

// setDefaults prefills v, which must be addressable, and the structs in it. What is behind a pointer or in a list or a
// mapping does not exist yet and gets its defaults when it is made.
func setDefaults(v reflect.Value) {
	if d, ok := v.Addr().Interface().(defaulter); ok {
		d.setDefaults()
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

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
