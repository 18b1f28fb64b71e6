// Package problems collects what is wrong with a component's arguments, so that
// one call reports everything at once.
package problems

import (
	"fmt"
	"strings"

	perrors "github.com/pulumi/pulumi/sdk/v3/go/pulumi/errors"
)

// List collects problems, each with the path of the property it is about. The
// zero value is ready to use.
type List struct {
	details []perrors.InputPropertyErrorDetails
}

// Addf records a problem with the property at path.
func (l *List) Addf(path, format string, args ...any) {
	l.details = append(l.details, perrors.InputPropertyErrorDetails{
		PropertyPath: path,
		Reason:       fmt.Sprintf(format, args...),
	})
}

// Add records err, if it is not nil, as a problem with the property at path.
func (l *List) Add(path string, err error) {
	if err == nil {
		return
	}
	l.Addf(path, "%s", err)
}

// Err returns nil if there is no problem, else an *Error about the component of
// that kind and name.
func (l *List) Err(kind, name string) error {
	if len(l.details) == 0 {
		return nil
	}
	return &Error{kind: kind, name: name, details: l.details}
}

// Error is one or more problems with a component's arguments.
//
// It is not *errors.InputPropertiesError itself, because that one prints its
// problems without a separator; it unwraps to it, so that errors.As, and Pulumi's
// own RPC layer with it, find the property paths.
type Error struct {
	kind, name string
	details    []perrors.InputPropertyErrorDetails
}

// Error puts every problem on a line of its own.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.headline())
	for _, d := range e.details {
		b.WriteString("\n  ")
		b.WriteString(d.String())
	}
	return b.String()
}

// Unwrap gives the same problems as Pulumi's type.
func (e *Error) Unwrap() error {
	return perrors.NewInputPropertiesError(e.headline(), e.details...)
}

func (e *Error) headline() string {
	noun := "problems"
	if len(e.details) == 1 {
		noun = "problem"
	}
	return fmt.Sprintf("%s %q has %d %s in its arguments", e.kind, e.name, len(e.details), noun)
}
