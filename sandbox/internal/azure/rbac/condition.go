package rbac

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ConditionVersion is the only version of the condition language (azure-rest-api-specs,
// authorization-RoleAssignmentsCalls.json: "Currently the only accepted value is '2.0'").
const ConditionVersion = "2.0"

// MaxCondition is the longest condition, in characters: 8 KB
// (https://learn.microsoft.com/azure/role-based-access-control/conditions-faq).
const MaxCondition = 8 << 10

// truth is the value of a condition or of a part of one. Attributes that the sandbox does not know
// make a part undecided. An undecided condition grants nothing, because Azure might refuse the
// access.
type truth int

const (
	no truth = iota
	undecided
	yes
)

// node is a part of a parsed condition.
type node interface{ eval(a Access) truth }

// CheckCondition reports the first error in a condition's syntax. The language is that of "Azure
// role assignment condition format and syntax" (learn.microsoft.com), for which there is no public
// parser.
func CheckCondition(text string) error {
	_, err := parseCondition(text)
	return err
}

// fulfilled reports whether an assignment with the condition grants the access. One without a
// condition grants every access.
func fulfilled(condition string, a Access) bool {
	if condition == "" {
		return true
	}
	n, err := parseCondition(condition)
	return err == nil && n.eval(a) == yes
}

// tokens matches the next token: a string, a GUID, an attribute with its brackets, punctuation, a
// number, an operator or another word.
var tokens = regexp.MustCompile(`^(?:'(?:[^'\\]|\\.|'')*'|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|@\w+\[[^\]]+\]|&&|\|\||[(){}!,]|-?\d+(?:\.\d+)?\b|[A-Za-z]\w*(?::\w+)?)`)

// lex splits a condition into tokens.
func lex(text string) ([]string, error) {
	var list []string
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		token := tokens.FindString(rest)
		if token == "" {
			return nil, fmt.Errorf("unexpected text at %.20q", rest)
		}
		list = append(list, token)
		rest = rest[len(token):]
	}
	return list, nil
}

// parser is a recursive-descent parser over the remaining tokens.
type parser struct{ rest []string }

func parseCondition(text string) (node, error) {
	list, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{rest: list}
	n, err := p.expression()
	if err != nil {
		return nil, err
	}
	if len(p.rest) > 0 {
		return nil, fmt.Errorf("unexpected %q", p.rest[0])
	}
	return n, nil
}

func (p *parser) peek() string {
	if len(p.rest) == 0 {
		return ""
	}
	return p.rest[0]
}

func (p *parser) next() string {
	token := p.peek()
	if token != "" {
		p.rest = p.rest[1:]
	}
	return token
}

func (p *parser) expect(want string) error {
	if got := p.next(); got != want {
		return fmt.Errorf("%q expected, found %q", want, got)
	}
	return nil
}

// logical returns AND or OR for a token in either notation, and "" for any other token.
func logical(token string) string {
	switch {
	case token == "&&" || strings.EqualFold(token, "and"):
		return "AND"
	case token == "||" || strings.EqualFold(token, "or"):
		return "OR"
	}
	return ""
}

// expression parses terms joined by one operator. Different operators need parentheses: the
// documentation shows "a AND b OR c" as an error.
func (p *parser) expression() (node, error) {
	first, err := p.term()
	if err != nil {
		return nil, err
	}
	op, terms := logical(p.peek()), []node{first}
	for logical(p.peek()) != "" {
		if got := logical(p.next()); got != op {
			return nil, fmt.Errorf("%s next to %s needs parentheses", got, op)
		}
		n, err := p.term()
		if err != nil {
			return nil, err
		}
		terms = append(terms, n)
	}
	switch op {
	case "AND":
		return allOf(terms), nil
	case "OR":
		return anyOf(terms), nil
	}
	return first, nil
}

func (p *parser) term() (node, error) {
	switch token := p.peek(); {
	case token == "!" || strings.EqualFold(token, "not"):
		p.next()
		n, err := p.term()
		return not{n}, err
	case token == "(":
		p.next()
		n, err := p.expression()
		if err != nil {
			return nil, err
		}
		return n, p.expect(")")
	case strings.EqualFold(token, "ActionMatches") || strings.EqualFold(token, "SubOperationMatches"):
		p.next()
		values, err := p.set()
		if err != nil {
			return nil, err
		}
		if len(values) != 1 {
			return nil, fmt.Errorf("%s takes one value", token)
		}
		if strings.EqualFold(token, "ActionMatches") {
			return actionMatches(values[0]), nil
		}
		return suboperationMatches(values[0]), nil
	case strings.EqualFold(token, "Exists") || strings.EqualFold(token, "NotExists"):
		p.next()
		attribute, err := p.attribute()
		return exists{attribute, strings.EqualFold(token, "NotExists")}, err
	}
	return p.comparison()
}

var sources = []string{"@resource", "@request", "@principal", "@environment"}

// attribute parses an attribute and returns it in lower case, with source and brackets.
func (p *parser) attribute() (string, error) {
	token := p.next()
	source, _, ok := strings.Cut(token, "[")
	if !ok || !slices.Contains(sources, strings.ToLower(source)) {
		return "", fmt.Errorf("an attribute of @Resource, @Request, @Principal or @Environment expected, found %q", token)
	}
	return strings.ToLower(token), nil
}

func (p *parser) comparison() (node, error) {
	var c comparison
	var err error
	if c.left, err = p.operand(); err != nil {
		return nil, err
	}
	operator := p.next()
	if c.operator, err = readOperator(operator); err != nil {
		return nil, err
	}
	c.right, err = p.operand()
	return c, err
}

func (p *parser) operand() (operand, error) {
	switch token := p.peek(); {
	case strings.HasPrefix(token, "@"):
		name, err := p.attribute()
		return operand{attribute: name}, err
	case token == "{":
		values, err := p.set()
		return operand{values: values}, err
	default:
		v, err := p.value()
		return operand{values: []string{v}}, err
	}
}

func (p *parser) set() ([]string, error) {
	if err := p.expect("{"); err != nil {
		return nil, err
	}
	var values []string
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		values = append(values, v)
		if p.peek() != "," {
			return values, p.expect("}")
		}
		p.next()
	}
}

// plain matches the values that need no quotes: numbers, booleans and GUIDs.
var plain = regexp.MustCompile(`(?i)^(-?\d.*|true|false|[0-9a-f]{8}-[0-9a-f-]{27})$`)

func (p *parser) value() (string, error) {
	token := p.next()
	switch {
	case strings.HasPrefix(token, "'"):
		return strings.ReplaceAll(token[1:len(token)-1], "''", "'"), nil
	case plain.MatchString(token):
		return token, nil
	}
	return "", fmt.Errorf("a value expected, found %q", token)
}
