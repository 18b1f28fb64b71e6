package arm

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"sort"
	"strings"
)

// maxBody is ARM's limit for a request body, 4 MB
// (https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits).
const maxBody = 4 << 20

// Decode reads a JSON body into the struct that into points to. Unlike encoding/json's own check, an unknown property
// is reported with its whole path, because that is what its author has to correct. Property names match without regard
// to case, as in ARM.
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
	if path := unknown(tree, reflect.TypeOf(into).Elem(), ""); path != "" {
		return invalidContent("Could not find member '" + path + "' on this resource type. The sandbox refuses properties it does not know instead of ignoring them").At(path)
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

// unknown finds the first property, in sorted order, that the type has no field for; "" if there is none.
func unknown(tree any, typ reflect.Type, path string) string {
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
			if p := unknown(item, typ.Elem(), path+"[]"); p != "" {
				return p
			}
		}
	case map[string]any:
		names := make([]string, 0, len(node))
		for name := range node {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			if p := unknownMember(name, node[name], typ, path); p != "" {
				return p
			}
		}
	}
	return ""
}

func unknownMember(name string, value any, typ reflect.Type, path string) string {
	at := strings.TrimPrefix(path+"."+name, ".")
	switch typ.Kind() {
	case reflect.Map:
		return unknown(value, typ.Elem(), at)
	case reflect.Struct:
		field, ok := member(typ, name)
		if !ok {
			return at
		}
		return unknown(value, field, at)
	default:
		return "" // a scalar was expected; decoding reports the wrong type
	}
}

// member finds the type of the struct's JSON member, embedded structs included.
func member(typ reflect.Type, name string) (reflect.Type, bool) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && tag == "" {
			if t, ok := member(f.Type, name); ok {
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
