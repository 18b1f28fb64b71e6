package arm

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// checkBody refuses the body of a PUT that the specification of the api-version does not allow:
// unknown properties, wrong types, values outside a pattern, a length, a range or an enumeration.
// What a type requires, and its name, its own Put checks, because each provider has its own words
// for it; a test compares that with the specification. An empty text counts as absent: az sends it
// for options that were not given. The body can be read again afterwards.
func checkBody(r *Request) error {
	spec, known := specs.Find(r.Type.Name, r.Version())
	if !known || r.Body == nil {
		return nil
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return invalidContent("the request body could not be read")
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	var tree any
	if json.Unmarshal(raw, &tree) != nil {
		return nil // Decode says what is wrong
	}
	for _, v := range spec.Check(tree) {
		if v.Rule == specs.Missing && !inList(r.Type, v) || v.Value == "" || v.Rule == specs.Unlisted && (!r.Type.CheckListed || listedLater(r.Type.Name, v)) {
			continue
		}
		if r.Type.Violation == nil {
			return Violation(r, v)
		}
		if e := r.Type.Violation(r, v); e != nil {
			return e
		}
	}
	return nil
}

// inList reports whether the property is one of an element of a list, of a type without words of
// its own. Types check what their lists have, not what they lack.
func inList(t *Type, v specs.Violation) bool {
	return t.Violation == nil && strings.Contains(v.Path, "]")
}

// listedLater reports whether the newest api-version lists the value. A provider is one service for
// all api-versions, so that a value of an enumeration that may grow is valid under older ones, too.
func listedLater(typ string, v specs.Violation) bool {
	versions := specs.Versions(typ)
	newest, _ := specs.Find(typ, versions[len(versions)-1])
	p, known := newest.Property(v.Property.Path)
	text, _ := v.Value.(string)
	return known && OneOf(text, p.Enum...)
}

// Violation returns the error with which most providers refuse a value that the specification does
// not allow.
func Violation(_ *Request, v specs.Violation) *Error {
	switch v.Rule {
	case specs.Missing:
		return BadRequestf("The property '%s' is required.", v.Path).At(v.Path)
	case specs.Unknown:
		return invalidContent("Could not find member '" + v.Path + "' on this resource type: " + v.Detail).At(v.Path)
	case specs.WrongType:
		return invalidContent("Error converting a value. Path '" + v.Path + "': " + v.Detail).At(v.Path)
	}
	return BadRequestf("The value of '%s' is invalid: %s.", v.Path, v.Detail).At(v.Path)
}
