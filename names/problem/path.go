package problem

import (
	"strconv"
	"strings"
)

// Path is a property path as Pulumi writes it: a.b[0]["c.d"]. Its methods return longer paths and
// leave the receiver as it is. Source: pulumi.com/docs/iac/concepts/config, structured
// configuration.
type Path string

// Field returns the path of a field.
func (p Path) Field(name string) Path {
	if p == "" {
		return Path(name)
	}
	return p + "." + Path(name)
}

// Index returns the path of an element of a list.
func (p Path) Index(i int) Path { return p + "[" + Path(strconv.Itoa(i)) + "]" }

// Key returns the path of an entry of a map. A key that would be read as several steps is quoted.
func (p Path) Key(key string) Path {
	if key == "" || strings.ContainsAny(key, ".[]\"\\ \n\t") {
		return p + "[" + Path(strconv.Quote(key)) + "]"
	}
	return p.Field(key)
}

// Join returns the path of what stands at other below p.
func (p Path) Join(other Path) Path {
	switch {
	case p == "":
		return other
	case other == "" || other[0] == '[':
		return p + other
	}
	return p + "." + other
}

// Contains reports whether other is p itself or below it.
func (p Path) Contains(other Path) bool {
	rest, ok := strings.CutPrefix(string(other), string(p))
	return ok && (p == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}
