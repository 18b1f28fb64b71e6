package rules

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// State says what is known of a value.
type State int

const (
	// Absent values are left out, or null: the platform's default applies.
	Absent State = iota
	// Unknown values exist after the deployment only, or have a shape that cannot be judged.
	Unknown
	// Known values can be judged.
	Known
)

// Value is a property, with its path. Reading never fails: below an absent value everything is absent, below an
// unknown one unknown. Secrets are seen through, and remembered, so that Show never prints them. The zero value is
// absent.
type Value struct {
	value  resource.PropertyValue
	path   resource.PropertyPath
	state  State
	secret bool
}

// NewValue is the root of a resource's properties.
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
			// Computed values; assets, archives and references, which no rule looks into.
			return Value{path: path, state: Unknown, secret: secret}
		}
	}
}

// State says what is known.
func (v Value) State() State { return v.state }

// IsAbsent reports that the value is left out.
func (v Value) IsAbsent() bool { return v.state == Absent }

// IsUnknown reports that the value cannot be judged.
func (v Value) IsUnknown() bool { return v.state == Unknown }

// IsKnown reports that there is a value to judge.
func (v Value) IsKnown() bool { return v.state == Known }

// Path is where the value stands, as Pulumi writes property paths.
func (v Value) Path() string { return v.path.String() }

// Get walks down by keys of objects. Keys of another case are not found; see GetFold.
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

// GetFold is Get for one key without regard to case, for names that Azure itself writes in several ways (the add-on
// profiles). The spelling of the argument wins when it is there.
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

// Has reports that an object certainly has a key, whether or not its value is known.
func (v Value) Has(key string) bool {
	object, ok := v.value.V.(resource.PropertyMap)
	return ok && v.state == Known && !read(object[resource.PropertyKey(key)], nil, false).IsAbsent()
}

// Keys are the keys of an object with their values, sorted by key.
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

// List is the elements of a list; each has a state of its own.
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

// Text is a string. Numbers and booleans are read as what Pulumi's providers make of them.
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

// Bool is a boolean, or a string that spells one.
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

// Int is a whole number, or a string that spells one.
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

// IsTrue reports that the value is certainly true.
func (v Value) IsTrue() bool { b, state := v.Bool(); return state == Known && b }

// IsFalse reports that the value is certainly false, not merely absent.
func (v Value) IsFalse() bool { b, state := v.Bool(); return state == Known && !b }

// NotTrue reports that the value is certainly not true: false or absent.
func (v Value) NotTrue() bool { return v.IsAbsent() || v.IsFalse() }

// Is reports that the value is certainly that text.
func (v Value) Is(text string) bool { s, state := v.Text(); return state == Known && s == text }

// IsFold is Is without regard to case, as Azure compares ids and most enumerations.
func (v Value) IsFold(text string) bool {
	s, state := v.Text()
	return state == Known && strings.EqualFold(s, text)
}

// IsEmpty reports that the value is certainly an empty text, list or object, or absent.
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

// KnownText is the text if it is known and not empty.
func (v Value) KnownText() (string, bool) {
	s, state := v.Text()
	return s, state == Known && s != ""
}
