// Package specs holds what the public specifications of Azure Resource Manager say about the bodies
// of the resource types that the sandbox serves: one row for each property, with the api-versions
// in which it is true. The table, facts.json, is written by the generator in gen; nobody edits it.
//
// The table has facts, such as names, types and limits, and no text of the specifications.
package specs

// Kind is the JSON type of a property.
type Kind string

// Kinds of properties. Any means that the specification does not say, or that the table stops here
// because the sandbox does not implement the object below.
const (
	String  Kind = "string"
	Integer Kind = "integer"
	Number  Kind = "number"
	Boolean Kind = "boolean"
	Object  Kind = "object"
	Array   Kind = "array"
	Map     Kind = "map" // an object whose names the client chooses
	Any     Kind = "any"
)

// Side tells in which bodies a property appears.
type Side string

// Sides of a property. Most are in requests and answers.
const (
	Both     Side = ""
	Request  Side = "request"
	Response Side = "response"
)

// Property holds what a specification says about one property.
type Property struct {
	// Path is the path in the body: "properties.agentPoolProfiles[].count" is the count of each
	// element of a list, and "tags.*" each value of a map.
	Path string `json:"path"`
	Kind Kind   `json:"kind"`
	Side Side   `json:"side,omitempty"`
	// Format is the format of the specification, such as date-time, uuid or int32.
	Format   string `json:"format,omitempty"`
	Required bool   `json:"required,omitempty"`
	ReadOnly bool   `json:"readOnly,omitempty"`
	// Secret is x-ms-secret: the value is never in an answer.
	Secret bool `json:"secret,omitempty"`
	// Mutability is x-ms-mutability: some of "create", "read" and "update"; nil means all.
	Mutability []string `json:"mutability,omitempty"`
	// ClientName is x-ms-client-name: the name in SDKs, if it is not the name in the body.
	ClientName string `json:"clientName,omitempty"`
	// Identifiers is x-ms-identifiers: the names of the properties that identify an element of the
	// list. It is nil without that extension, and empty for a list whose elements have no identity.
	Identifiers []string `json:"identifiers,omitzero"`
	// Enum holds the known values. With Open (modelAsString) the specification allows others.
	Enum      []string `json:"enum,omitempty"`
	Open      bool     `json:"open,omitempty"`
	Pattern   string   `json:"pattern,omitempty"`
	Min       *float64 `json:"min,omitempty"`
	Max       *float64 `json:"max,omitempty"`
	MinLength *int     `json:"minLength,omitempty"`
	MaxLength *int     `json:"maxLength,omitempty"`
	MinItems  *int     `json:"minItems,omitempty"`
	MaxItems  *int     `json:"maxItems,omitempty"`
}

// CreateOnly reports whether the property can be set only when the resource is created: its
// mutability has "create" and not "update".
func (p Property) CreateOnly() bool {
	create, update := false, false
	for _, m := range p.Mutability {
		create = create || m == "create"
		update = update || m == "update"
	}
	return create && !update
}

// WriteOnly reports whether no answer has the property.
func (p Property) WriteOnly() bool {
	if p.Secret || p.Side == Request {
		return true
	}
	for _, m := range p.Mutability {
		if m == "read" {
			return false
		}
	}
	return len(p.Mutability) > 0
}
