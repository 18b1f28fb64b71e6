package region

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Policy is an assignment of Azure Policy with the effect deny. Of the language of policy rules it
// has what the common built-in policies use: allowed values of a field, and a field that is
// required (https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies).
type Policy struct {
	// Assignment is the name of the assignment.
	Assignment string `json:"assignment"`
	// DisplayName of assignment and definition, such as "Allowed locations". Default: the name.
	DisplayName string `json:"displayName,omitempty"`
	// Types are the resource types that it is about; all with none.
	Types []string `json:"types,omitempty"`
	// Field is location, name, or tags[NAME]. Without one, the types are not allowed at all.
	Field string `json:"field,omitempty"`
	// Allowed are the values that Field may have; with none, any value, but Field is required.
	Allowed []string `json:"allowed,omitempty"`
}

func (p Policy) check() error {
	if p.Assignment == "" {
		return errors.New("assignment is required")
	}
	if p.Field == "" {
		if len(p.Types) == 0 || len(p.Allowed) > 0 {
			return errors.New("without field, types are required and allowed has no meaning")
		}
		return nil
	}
	if _, tag := p.tag(); !tag && p.Field != "location" && p.Field != "name" {
		return fmt.Errorf("field: %q is none of location, name, tags[NAME]", p.Field)
	}
	return nil
}

// tag returns the name of the tag that Field names.
func (p Policy) tag() (string, bool) {
	name, ok := strings.CutPrefix(p.Field, "tags[")
	if !ok {
		return "", false
	}
	name, ok = strings.CutSuffix(name, "]")
	return strings.Trim(name, "'"), ok && name != ""
}

// Content is what a policy sees of a resource.
type Content struct {
	Type, Name, Location string
	Tags                 map[string]string
}

// Applies reports whether the policy is about a resource type.
func (p Policy) Applies(resourceType string) bool {
	return len(p.Types) == 0 || slices.ContainsFunc(p.Types, func(t string) bool { return strings.EqualFold(t, resourceType) })
}

// Denies reports whether the policy denies a resource.
func (p Policy) Denies(c Content) bool {
	if !p.Applies(c.Type) {
		return false
	}
	if p.Field == "" {
		return true
	}
	value := c.Location
	if tag, ok := p.tag(); ok {
		value, _ = findFold(c.Tags, tag)
	} else if p.Field == "name" {
		value = c.Name
	}
	if len(p.Allowed) == 0 {
		return value == ""
	}
	if p.Field == "location" && (value == "" || strings.EqualFold(value, "global")) {
		return false // resources without a region, as in the built-in policy
	}
	return !slices.ContainsFunc(p.Allowed, func(a string) bool { return strings.EqualFold(a, value) })
}

// Title returns the display name.
func (p Policy) Title() string {
	if p.DisplayName == "" {
		return p.Assignment
	}
	return p.DisplayName
}
