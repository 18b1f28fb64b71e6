package graph

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// State is how much is known of a value.
type State int

const (
	// Absent values are left out, or null: the platform's default applies.
	Absent State = iota
	// Unknown values exist only after the deployment, or have a shape that no rule can check.
	Unknown
	// Known values can be checked.
	Known
)

// Value is a property, with its path. Reading never fails: everything below an absent value is
// absent, everything below an unknown one is unknown. Secrets are read like other values, and
// marked, so that Show never prints them. The zero value is absent.
type Value struct {
	value  resource.PropertyValue
	path   resource.PropertyPath
	state  State
	secret bool
}

// NewValue returns the properties of a resource as a value, with the empty path.
func NewValue(properties resource.PropertyMap) Value {
	return read(resource.NewProperty(properties), nil, false)
}

// read unwraps secrets and outputs.
func read(v resource.PropertyValue, path resource.PropertyPath, secret bool) Value {
	for {
		switch w := v.V.(type) {
		case nil:
			return Value{path: path, secret: secret}
		case *resource.Secret:
			secret = true
			if w == nil {
				return Value{path: path, state: Unknown, secret: secret}
			}
			v = w.Element
		case resource.Output:
			secret = secret || w.Secret
			if !w.Known {
				return Value{path: path, state: Unknown, secret: secret}
			}
			v = w.Element
		case bool, float64, string, []resource.PropertyValue, resource.PropertyMap:
			return Value{value: v, path: path, state: Known, secret: secret}
		default:
			// Computed values; assets, archives and references, which no rule reads.
			return Value{path: path, state: Unknown, secret: secret}
		}
	}
}

// State returns how much is known of the value.
func (v Value) State() State { return v.state }

// IsAbsent reports whether the value is left out.
func (v Value) IsAbsent() bool { return v.state == Absent }

// IsUnknown reports whether the value cannot be checked.
func (v Value) IsUnknown() bool { return v.state == Unknown }

// IsKnown reports whether there is a value to check.
func (v Value) IsKnown() bool { return v.state == Known }

// Path returns the place of the value, as Pulumi writes property paths.
func (v Value) Path() string { return v.path.String() }

// Get returns the value below the given keys of nested objects. Keys of another case are not found;
// see GetFold.
func (v Value) Get(keys ...string) Value {
	for _, key := range keys {
		v = v.child(key)
	}
	return v
}

func (v Value) child(key string) Value {
	path := append(slices.Clone(v.path), key)
	if v.state != Known {
		return Value{path: path, state: v.state, secret: v.secret}
	}
	object, ok := v.value.V.(resource.PropertyMap)
	if !ok {
		return Value{path: path, state: Unknown, secret: v.secret}
	}
	return read(object[resource.PropertyKey(key)], path, v.secret)
}

// GetFold returns the value of one key without regard to case, for names that Azure itself writes
// in several ways (the add-on profiles). A key in the argument's own case wins.
func (v Value) GetFold(key string) Value {
	object, ok := v.value.V.(resource.PropertyMap)
	if v.state != Known || !ok {
		return v.child(key)
	}
	if _, exact := object[resource.PropertyKey(key)]; exact {
		return v.child(key)
	}
	for _, k := range object.StableKeys() {
		if strings.EqualFold(string(k), key) {
			return v.child(string(k))
		}
	}
	return v.child(key)
}

// Has reports whether an object certainly has a key. The key's value need not be known.
func (v Value) Has(key string) bool {
	object, ok := v.value.V.(resource.PropertyMap)
	return ok && v.state == Known && !read(object[resource.PropertyKey(key)], nil, false).IsAbsent()
}

// Keys returns the keys of an object, sorted.
func (v Value) Keys() ([]string, State) {
	if v.state != Known {
		return nil, v.state
	}
	object, ok := v.value.V.(resource.PropertyMap)
	if !ok {
		return nil, Unknown
	}
	keys := make([]string, 0, len(object))
	for _, k := range object.StableKeys() {
		keys = append(keys, string(k))
	}
	return keys, Known
}

// List returns the elements of a list. The state is that of the list; each element has its own.
func (v Value) List() ([]Value, State) {
	if v.state != Known {
		return nil, v.state
	}
	list, ok := v.value.V.([]resource.PropertyValue)
	if !ok {
		return nil, Unknown
	}
	values := make([]Value, len(list))
	for i, element := range list {
		values[i] = read(element, append(slices.Clone(v.path), i), v.secret)
	}
	return values, Known
}

// Text reads a string. Numbers and booleans are read as Pulumi's providers convert them.
func (v Value) Text() (string, State) {
	if v.state != Known {
		return "", v.state
	}
	switch w := v.value.V.(type) {
	case string:
		return w, Known
	case bool:
		return strconv.FormatBool(w), Known
	case float64:
		return strconv.FormatFloat(w, 'f', -1, 64), Known
	}
	return "", Unknown
}

// Bool reads a boolean, or a string such as "true" or "False".
func (v Value) Bool() (bool, State) {
	if v.state != Known {
		return false, v.state
	}
	switch w := v.value.V.(type) {
	case bool:
		return w, Known
	case string:
		switch strings.ToLower(w) {
		case "true":
			return true, Known
		case "false":
			return false, Known
		}
	}
	return false, Unknown
}

// Int reads a whole number, or a string such as "12".
func (v Value) Int() (int, State) {
	if v.state != Known {
		return 0, v.state
	}
	switch w := v.value.V.(type) {
	case float64:
		if w == math.Trunc(w) && math.Abs(w) < 1<<53 {
			return int(w), Known
		}
	case string:
		if n, err := strconv.Atoi(w); err == nil {
			return n, Known
		}
	}
	return 0, Unknown
}

// IsTrue reports whether the value is certainly true.
func (v Value) IsTrue() bool { b, state := v.Bool(); return state == Known && b }

// IsFalse reports whether the value is certainly false, not merely absent.
func (v Value) IsFalse() bool { b, state := v.Bool(); return state == Known && !b }

// NotTrue reports whether the value is certainly not true: false or absent.
func (v Value) NotTrue() bool { return v.IsAbsent() || v.IsFalse() }

// Is reports whether the value is certainly that text.
func (v Value) Is(text string) bool { s, state := v.Text(); return state == Known && s == text }

// IsFold reports whether the value is certainly that text, without regard to case, as Azure
// compares ids and most enumerations.
func (v Value) IsFold(text string) bool {
	s, state := v.Text()
	return state == Known && strings.EqualFold(s, text)
}

// IsEmpty reports whether the value is certainly an empty text, list or object, or absent.
func (v Value) IsEmpty() bool {
	switch w := v.value.V.(type) {
	case string:
		return w == ""
	case []resource.PropertyValue:
		return len(w) == 0
	case resource.PropertyMap:
		return len(w) == 0
	}
	return v.state == Absent
}

// KnownText returns the text if it is known and not empty.
func (v Value) KnownText() (string, bool) {
	s, state := v.Text()
	return s, state == Known && s != ""
}
