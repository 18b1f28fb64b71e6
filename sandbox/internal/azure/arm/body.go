package arm

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// maxBody is ARM's limit for a request body, 4 MB
// (https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits).
const maxBody = 4 << 20

// Decode decodes a JSON body into the struct that into points to. It refuses unknown properties and
// names their whole path, so that the author can find them. Property names match without regard to
// case, as in ARM.
//
// No library does this: encoding/json reports only the last name of the path, and sigs.k8s.io/json,
// which reports the path, matches names case-sensitively.
func Decode(r io.Reader, into any) error {
	raw, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err != nil {
		return invalidContent("the request body could not be read")
	}
	if len(raw) > maxBody {
		return Errorf(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The request content size exceeds the maximum size of 4 MB.")
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return Errorf(http.StatusBadRequest, "MissingRequestBody", "The request body is required.")
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return invalidContent(err.Error())
	}
	if path := findUnknown(tree, reflect.TypeOf(into).Elem(), ""); path != "" {
		return invalidContent("Could not find member '" + path + "' on this resource type. The sandbox refuses properties that it does not implement instead of ignoring them").At(path)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		var typeErr *json.UnmarshalTypeError
		if errors.As(err, &typeErr) {
			return invalidContent("Error converting a JSON " + typeErr.Value + " to type '" + typeErr.Type.String() + "'. Path '" + typeErr.Field + "'").At(typeErr.Field)
		}
		return invalidContent(err.Error())
	}
	return nil
}

func invalidContent(detail string) *Error {
	return Errorf(http.StatusBadRequest, "InvalidRequestContent",
		"The request content was invalid and could not be deserialized: '%s.'.", strings.TrimRight(detail, "."))
}

var (
	rawType  = reflect.TypeFor[json.RawMessage]()
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// findUnknown returns the path of the first property, in sorted order, for which the type has no
// field; "" if there is none.
func findUnknown(tree any, typ reflect.Type, path string) string {
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if typ == rawType || reflect.PointerTo(typ).Implements(textType) {
		return ""
	}
	switch node := tree.(type) {
	case []any:
		if typ.Kind() != reflect.Slice {
			return ""
		}
		for _, item := range node {
			if p := findUnknown(item, typ.Elem(), path+"[]"); p != "" {
				return p
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(node)) {
			if p := findUnknownMember(name, node[name], typ, path); p != "" {
				return p
			}
		}
	}
	return ""
}

// findUnknownMember does the same for one member of an object.
func findUnknownMember(name string, value any, typ reflect.Type, path string) string {
	at := strings.TrimPrefix(path+"."+name, ".")
	switch typ.Kind() {
	case reflect.Map:
		return findUnknown(value, typ.Elem(), at)
	case reflect.Struct:
		field, ok := memberType(typ, name)
		if !ok {
			return at
		}
		return findUnknown(value, field, at)
	default:
		return "" // a scalar was expected; decoding reports the wrong type
	}
}

// memberType returns the type of the struct field with this JSON name, also of a field of an
// embedded struct.
func memberType(typ reflect.Type, name string) (reflect.Type, bool) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && tag == "" {
			if t, ok := memberType(f.Type, name); ok {
				return t, true
			}
			continue
		}
		if tag != "-" && strings.EqualFold(tag, name) {
			return f.Type, true
		}
	}
	return nil, false
}
