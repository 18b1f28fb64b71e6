package rbac

import (
	"fmt"
	"regexp"
	"strings"
)

type all []node

func (n all) eval(a Access) truth {
	result := yes
	for _, part := range n {
		result = min(result, part.eval(a))
	}
	return result
}

type some []node

func (n some) eval(a Access) truth {
	result := no
	for _, part := range n {
		result = max(result, part.eval(a))
	}
	return result
}

type not struct{ part node }

func (n not) eval(a Access) truth { return yes - n.part.eval(a) }

func known(b bool) truth {
	if b {
		return yes
	}
	return no
}

type actionMatches string

func (n actionMatches) eval(a Access) truth { return known(Match(string(n), a.Action)) }

type suboperationMatches string

func (n suboperationMatches) eval(a Access) truth {
	return known(strings.EqualFold(string(n), a.Suboperation))
}

// exists asks for an attribute. One that the sandbox does not know may be there or not.
type exists struct {
	attribute string
	negated   bool
}

func (n exists) eval(a Access) truth {
	if _, ok := a.attribute(n.attribute); !ok {
		return undecided
	}
	return known(!n.negated)
}

// attribute reads a known attribute. The suboperation is one too, in the older spelling of the language.
func (a Access) attribute(name string) (string, bool) {
	if name == "@request[suboperation]" {
		return a.Suboperation, true
	}
	v, ok := a.Attributes[name]
	return v, ok
}

// operand is an attribute or values that are written out.
type operand struct {
	attribute string
	values    []string
}

func (o operand) read(a Access) ([]string, bool) {
	if o.attribute == "" {
		return o.values, true
	}
	v, ok := a.attribute(o.attribute)
	return []string{v}, ok
}

type comparison struct {
	left, right operand
	operator    operator
}

func (n comparison) eval(a Access) truth {
	left, ok := n.left.read(a)
	if !ok || n.operator.compare == nil {
		return undecided
	}
	right, ok := n.right.read(a)
	if !ok {
		return undecided
	}
	fits := func(l string) bool {
		return quantify(n.operator.everyRight, right, func(r string) bool { return n.operator.compare(l, r) != n.operator.negated })
	}
	return known(quantify(n.operator.everyLeft, left, fits))
}

func quantify(every bool, list []string, f func(string) bool) bool {
	for _, item := range list {
		if f(item) != every {
			return !every
		}
	}
	return every
}

// operator compares two values, and over sets as ForAnyOfAnyValues and its siblings say.
type operator struct {
	everyLeft, everyRight bool
	negated               bool
	compare               func(left, right string) bool // nil: a kind of value that no attribute here has
}

var (
	across    = regexp.MustCompile(`^(?i)For(Any|All)Of(Any|All)Values:(.+)$`)
	textual   = regexp.MustCompile(`^(?i)String(Not)?(Equals|StartsWith|Like)(IgnoreCase)?$`)
	guidwise  = regexp.MustCompile(`^(?i)Guid(Not)?Equals$`)
	elsewhere = regexp.MustCompile(`^(?i)(Numeric|DateTime)(Equals|NotEquals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)$|^(?i)Bool(Not)?Equals$`)
)

func readOperator(token string) (operator, error) {
	var op operator
	name := token
	if m := across.FindStringSubmatch(token); m != nil {
		op.everyLeft, op.everyRight = strings.EqualFold(m[1], "all"), strings.EqualFold(m[2], "all")
		name = m[3]
	}
	if m := textual.FindStringSubmatch(name); m != nil {
		op.negated = m[1] != ""
		op.compare = text(strings.ToLower(m[2]), m[3] != "")
		return op, nil
	}
	if m := guidwise.FindStringSubmatch(name); m != nil {
		op.negated, op.compare = m[1] != "", strings.EqualFold
		return op, nil
	}
	if elsewhere.MatchString(name) {
		return op, nil
	}
	return op, fmt.Errorf("an operator expected, found %q", token)
}

func text(kind string, fold bool) func(left, right string) bool {
	compare := map[string]func(left, right string) bool{
		"equals":     func(left, right string) bool { return left == right },
		"startswith": strings.HasPrefix,
		"like":       like,
	}[kind]
	if !fold {
		return compare
	}
	return func(left, right string) bool { return compare(strings.ToLower(left), strings.ToLower(right)) }
}

// like matches * with any characters and ? with one; a backslash makes either ordinary.
func like(value, pattern string) bool {
	quoted := regexp.QuoteMeta(pattern)
	const star, mark = "\x00", "\x01"
	quoted = strings.NewReplacer(`\\\*`, star, `\\\?`, mark, `\*`, `.*`, `\?`, `.`).Replace(quoted)
	quoted = strings.NewReplacer(star, `\*`, mark, `\?`).Replace(quoted)
	re, err := regexp.Compile(`(?s)^` + quoted + `$`)
	return err == nil && re.MatchString(value)
}
