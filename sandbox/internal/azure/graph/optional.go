package graph

import "encoding/json"

// optional is a text that a body leaves out, sets, or clears with null. Graph tells the three apart in a PATCH.
type optional struct {
	given bool
	text  string
}

// some is a text to show; an empty one is left out.
func some(text string) optional { return optional{given: text != "", text: text} }

// IsZero makes `omitzero` leave out what is not given.
func (o optional) IsZero() bool { return !o.given }

// MarshalJSON writes the text.
func (o optional) MarshalJSON() ([]byte, error) { return json.Marshal(o.text) }

// UnmarshalJSON reads a text or null.
func (o *optional) UnmarshalJSON(raw []byte) error {
	o.given, o.text = true, ""
	return json.Unmarshal(raw, &o.text) // null leaves the empty text
}

// write puts the text where it belongs, if the body gave one.
func (o optional) write(to *string) {
	if o.given {
		*to = o.text
	}
}
