package specs

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Rule names what is wrong with a value.
type Rule string

// Rules that a specification states.
const (
	Unknown   Rule = "unknown"   // the object has no such property in this api-version
	Missing   Rule = "missing"   // a required property is absent or null
	WrongType Rule = "type"      // the JSON type is another one
	Format    Rule = "format"    // a text is no GUID, or an integer does not fit its size
	NotListed Rule = "value"     // an enumeration does not have the value
	Unlisted  Rule = "openvalue" // an enumeration that may grow (modelAsString) does not have it
	Pattern   Rule = "pattern"
	Length    Rule = "length" // of a text
	Range     Rule = "range"  // of a number
	Items     Rule = "items"  // number of elements of a list
)

// Violation is a value of a body that the specification does not allow.
type Violation struct {
	// Path is the path in the body, with the index of list elements.
	Path string
	Rule Rule
	// Property is what the specification says; its path is that of the object for Unknown.
	Property Property
	// Value is the value in the body; nil for Missing.
	Value any
	// Detail says what is wrong, without the path.
	Detail string
}

// Error returns the violation as a sentence.
func (v Violation) Error() string { return v.Path + ": " + v.Detail }

// Check lists everything in a request's body that the specification does not allow, in the order of
// the paths. The body is decoded JSON. Read-only values are not looked at, because Resource Manager
// ignores them: a client may send back what it got. Null counts as absent.
func (b *Body) Check(body any) []Violation {
	c := checker{body: b}
	c.object("", "", body)
	return c.found
}

type checker struct {
	body  *Body
	found []Violation
}

func (c *checker) report(at string, rule Rule, p Property, value any, format string, args ...any) {
	c.found = append(c.found, Violation{Path: at, Rule: rule, Property: p, Value: value, Detail: fmt.Sprintf(format, args...)})
}

// object checks the members of an object. The path is that of the table, at that of the body.
func (c *checker) object(path, at string, value any) {
	members, ok := value.(map[string]any)
	if !ok {
		c.report(at, WrongType, Property{Path: path, Kind: Object}, value, "%s is given where an object is expected", kindName(value))
		return
	}
	given := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		child := join(path, name)
		p, known := c.body.Property(child)
		if !known {
			owner, _ := c.body.Property(path)
			c.report(join(at, name), Unknown, owner, members[name], "api-version %s has no such property", c.body.Version)
			continue
		}
		if members[name] == nil {
			continue
		}
		given[strings.ToLower(name)] = true
		c.value(p, join(at, name), members[name])
	}
	for _, name := range c.body.Members(path) {
		p, _ := c.body.Property(join(path, name))
		if p.Required && !p.ReadOnly && p.Side != Response && !given[strings.ToLower(name)] {
			c.report(join(at, name), Missing, p, nil, "it is required")
		}
	}
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

func (c *checker) value(p Property, at string, value any) {
	if p.ReadOnly || p.Side == Response {
		return
	}
	switch p.Kind {
	case Object:
		c.object(p.Path, at, value)
	case Map:
		c.entries(p, at, value)
	case Array:
		c.elements(p, at, value)
	case String:
		c.text(p, at, value)
	case Integer, Number:
		c.number(p, at, value)
	case Boolean:
		if _, ok := value.(bool); !ok {
			c.wrongType(p, at, value)
		}
	}
}

func (c *checker) wrongType(p Property, at string, value any) {
	c.report(at, WrongType, p, value, "%s is given where %s is expected", kindName(value), article(string(p.Kind)))
}

func (c *checker) entries(p Property, at string, value any) {
	members, ok := value.(map[string]any)
	if !ok {
		c.wrongType(p, at, value)
		return
	}
	element, known := c.body.Property(p.Path + ".*")
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if known && members[name] != nil {
			c.value(element, join(at, name), members[name])
		}
	}
}

func (c *checker) elements(p Property, at string, value any) {
	list, ok := value.([]any)
	if !ok {
		c.wrongType(p, at, value)
		return
	}
	if p.MinItems != nil && len(list) < *p.MinItems {
		c.report(at, Items, p, value, "it has %d elements; it needs at least %d", len(list), *p.MinItems)
	}
	if p.MaxItems != nil && len(list) > *p.MaxItems {
		c.report(at, Items, p, value, "it has %d elements; it can have at most %d", len(list), *p.MaxItems)
	}
	element, known := c.body.Property(p.Path + "[]")
	for i, item := range list {
		if known && item != nil {
			c.value(element, fmt.Sprintf("%s[%d]", at, i), item)
		}
	}
}

func (c *checker) text(p Property, at string, value any) {
	s, ok := value.(string)
	if !ok {
		c.wrongType(p, at, value)
		return
	}
	c.found = append(c.found, p.CheckText(at, s)...)
}

// CheckText lists what the specification does not allow about a text. Enumerations are compared
// without regard to case, as Azure's services do it.
func (p Property) CheckText(at, s string) []Violation {
	var found []Violation
	report := func(rule Rule, format string, args ...any) {
		found = append(found, Violation{Path: at, Rule: rule, Property: p, Value: s, Detail: fmt.Sprintf(format, args...)})
	}
	if len(p.Enum) > 0 && !slices.ContainsFunc(p.Enum, func(e string) bool { return strings.EqualFold(e, s) }) {
		rule := NotListed
		if p.Open {
			rule = Unlisted
		}
		report(rule, "'%s' is none of '%s'", s, strings.Join(p.Enum, "', '"))
	}
	if n := utf8.RuneCountInString(s); p.MinLength != nil && n < *p.MinLength || p.MaxLength != nil && n > *p.MaxLength {
		report(Length, "it has %d characters; it must have %s", n, limits(p.MinLength, p.MaxLength))
	}
	if form := compiled(p.Pattern); form != nil && !form.MatchString(s) {
		report(Pattern, "'%s' does not match the pattern %s", s, p.Pattern)
	}
	if p.Format == "uuid" && uuid.Validate(s) != nil {
		report(Format, "'%s' is not a GUID", s)
	}
	return found
}

func (c *checker) number(p Property, at string, value any) {
	n, ok := value.(float64)
	if !ok || p.Kind == Integer && n != math.Trunc(n) {
		c.wrongType(p, at, value)
		return
	}
	if p.Format == "int32" && (n < math.MinInt32 || n > math.MaxInt32) {
		c.report(at, Format, p, n, "%v does not fit into 32 bits", n)
		return
	}
	if p.Min != nil && n < *p.Min || p.Max != nil && n > *p.Max {
		c.report(at, Range, p, n, "%v is out of range; it must be %s", n, limits(p.Min, p.Max))
	}
}

// limits returns a range as text, such as "1 to 12" or "at least 2".
func limits[T int | float64](least, most *T) string {
	switch {
	case least != nil && most != nil:
		return fmt.Sprintf("%v to %v", *least, *most)
	case least != nil:
		return fmt.Sprintf("at least %v", *least)
	default:
		return fmt.Sprintf("at most %v", *most)
	}
}

var patterns sync.Map // *regexp.Regexp by pattern; nil if Go cannot compile it

// compiled returns the compiled pattern; nil for none, and for one with look-ahead, which Go's
// package does not have.
func compiled(pattern string) *regexp.Regexp {
	if pattern == "" {
		return nil
	}
	if form, ok := patterns.Load(pattern); ok {
		return form.(*regexp.Regexp)
	}
	form, err := regexp.Compile(pattern)
	if err != nil {
		form = nil
	}
	patterns.Store(pattern, form)
	return form
}

// kindName returns the JSON type of a decoded value, with an article.
func kindName(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case float64:
		return "a number"
	case bool:
		return "a boolean"
	case []any:
		return "an array"
	default:
		return "an object"
	}
}

func article(kind string) string {
	if strings.ContainsRune("aio", rune(kind[0])) {
		return "an " + kind
	}
	return "a " + kind
}
