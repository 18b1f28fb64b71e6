package rbac

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

type allOf []node

func (n allOf) eval(a Access) truth {
	result := yes
	for _, part := range n {
		result = min(result, part.eval(a))
	}
	return result
}

type anyOf []node

func (n anyOf) eval(a Access) truth {
	result := no
	for _, part := range n {
		result = max(result, part.eval(a))
	}
	return result
}

type not struct{ part node }

func (n not) eval(a Access) truth { return yes - n.part.eval(a) }

// decided returns the truth of a part that could be evaluated.
func decided(b bool) truth {
	if b {
		return yes
	}
	return no
}

type actionMatches string

func (n actionMatches) eval(a Access) truth { return decided(azure.MatchAction(string(n), a.Action)) }

type suboperationMatches string

func (n suboperationMatches) eval(a Access) truth {
	return decided(strings.EqualFold(string(n), a.Suboperation))
}

// exists tests whether an attribute exists. It is undecided for an attribute that the sandbox does
// not know.
type exists struct {
	attribute string
	negated   bool
}

func (n exists) eval(a Access) truth {
	if _, ok := a.attribute(n.attribute); !ok {
		return undecided
	}
	return decided(!n.negated)
}

// attribute returns the value of a known attribute. In the older notation of the language the
// suboperation is an attribute too.
func (a Access) attribute(name string) (string, bool) {
	if name == "@request[suboperation]" {
		return a.Suboperation, true
	}
	v, ok := a.Attributes[name]
	return v, ok
}

// operand is an attribute or a list of literal values.
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
	return decided(quantify(n.operator.everyLeft, left, fits))
}

// quantify reports whether f holds for every item of the list, or for any.
func quantify(every bool, list []string, f func(string) bool) bool {
	for _, item := range list {
		if f(item) != every {
			return !every
		}
	}
	return every
}

// operator compares two values, and sets of values as ForAnyOfAnyValues and similar prefixes
// define.
type operator struct {
	everyLeft, everyRight bool
	negated               bool
	// compare is nil for a type of value that no attribute in the sandbox has.
	compare func(left, right string) bool
}

var (
	setOperator    = regexp.MustCompile(`^(?i)For(Any|All)Of(Any|All)Values:(.+)$`)
	stringOperator = regexp.MustCompile(`^(?i)String(Not)?(Equals|StartsWith|Like)(IgnoreCase)?$`)
	guidOperator   = regexp.MustCompile(`^(?i)Guid(Not)?Equals$`)
	otherOperator  = regexp.MustCompile(`^(?i)(Numeric|DateTime)(Equals|NotEquals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)$|^(?i)Bool(Not)?Equals$`)
)

func readOperator(token string) (operator, error) {
	var op operator
	name := token
	if m := setOperator.FindStringSubmatch(token); m != nil {
		op.everyLeft, op.everyRight = strings.EqualFold(m[1], "all"), strings.EqualFold(m[2], "all")
		name = m[3]
	}
	if m := stringOperator.FindStringSubmatch(name); m != nil {
		op.negated = m[1] != ""
		op.compare = stringComparison(strings.ToLower(m[2]), m[3] != "")
		return op, nil
	}
	if m := guidOperator.FindStringSubmatch(name); m != nil {
		op.negated, op.compare = m[1] != "", strings.EqualFold
		return op, nil
	}
	if otherOperator.MatchString(name) {
		return op, nil
	}
	return op, fmt.Errorf("an operator expected, found %q", token)
}

// stringComparison returns the comparison of an operator for strings.
func stringComparison(kind string, fold bool) func(left, right string) bool {
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

// like reports whether the value matches the pattern: * stands for any characters and ? for one,
// unless a backslash precedes them.
func like(value, pattern string) bool {
	quoted := regexp.QuoteMeta(pattern)
	const star, mark = "\x00", "\x01"
	quoted = strings.NewReplacer(`\\\*`, star, `\\\?`, mark, `\*`, `.*`, `\?`, `.`).Replace(quoted)
	quoted = strings.NewReplacer(star, `\*`, mark, `\?`).Replace(quoted)
	re, err := regexp.Compile(`(?s)^` + quoted + `$`)
	return err == nil && re.MatchString(value)
}
