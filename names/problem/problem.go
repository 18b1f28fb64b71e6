// Package problem says what is wrong with an input: where it is, what is wrong, and what to do.
//
// The checks of names, components and stacks all return problems, so that callers can move a
// problem to another path, or show it in their own form, without taking its sentence apart.
package problem

import (
	"errors"
	"strings"
)

// Problem is one thing that is wrong with an input.
type Problem struct {
	// Path is the property that the problem is about; empty for the whole input.
	Path Path
	// Message says what is wrong, without a full stop.
	Message string
	// Remedy says what to do about it, without a full stop.
	Remedy string
}

// New returns a problem without a path, for a check that knows its value and not where that stands.
// The caller's List.AddError gives it the path.
func New(message, remedy string) error {
	return &Problem{Message: message, Remedy: remedy}
}

// Error renders the problem in one line: path, message and remedy, separated by colons.
func (p *Problem) Error() string {
	parts := make([]string, 0, 3)
	for _, part := range []string{string(p.Path), p.Message, p.Remedy} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

// About returns err with the subject before its message, as fmt.Errorf("subject: %w", err) does,
// but keeps message and remedy apart. It returns nil for nil.
func About(subject string, err error) error {
	if err == nil {
		return nil
	}
	p := of(err)
	p.Message = subject + ": " + p.Message
	return &p
}

// Or returns err with a second remedy, after "; or". It returns nil for nil.
func Or(err error, remedy string) error {
	if err == nil {
		return nil
	}
	p := of(err)
	p.Remedy += "; or " + remedy
	return &p
}

// of returns the problem in err. An error of another kind, such as one of the operating system,
// becomes a message without a remedy.
func of(err error) Problem {
	var p *Problem
	if errors.As(err, &p) {
		return *p
	}
	return Problem{Message: err.Error()}
}
