package graph

import "encoding/json"

// optional is a text property that a body omits, sets, or clears with null. A PATCH in Graph
// distinguishes the three.
type optional struct {
	given bool
	text  string
}

// optionalText returns the property for a response, which omits an empty text.
func optionalText(text string) optional { return optional{given: text != "", text: text} }

// IsZero reports whether `omitzero` omits the property.
func (o optional) IsZero() bool { return !o.given }

// MarshalJSON writes the text.
func (o optional) MarshalJSON() ([]byte, error) { return json.Marshal(o.text) }

// UnmarshalJSON reads a text or null.
func (o *optional) UnmarshalJSON(raw []byte) error {
	o.given, o.text = true, ""
	return json.Unmarshal(raw, &o.text) // null leaves the empty text
}

// write copies the text if the body contained the property.
func (o optional) write(to *string) {
	if o.given {
		*to = o.text
	}
}
