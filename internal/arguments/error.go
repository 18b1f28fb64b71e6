package arguments

import (
	"fmt"
	"strings"

	perrors "github.com/pulumi/pulumi/sdk/v3/go/pulumi/errors"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Error is one or more problems with the arguments of something, such as a component.
//
// It is not *errors.InputPropertiesError itself, because that one prints its problems without a
// separator; it unwraps to it, so that errors.As, and Pulumi's own RPC layer with it, find the
// property paths.
type Error struct {
	// Kind and Name say whose arguments they are, such as workload and orders.
	Kind, Name string
	// Problems are never empty.
	Problems []problem.Problem
}

// Err returns nil if l is empty, else an *Error about the kind of thing of that name.
func Err(kind, name string, l *problem.List) error {
	if l.Empty() {
		return nil
	}
	return &Error{Kind: kind, Name: name, Problems: l.Problems()}
}

// Error puts every problem on a line of its own.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.headline())
	for i := range e.Problems {
		b.WriteString("\n  ")
		b.WriteString(e.Problems[i].Error())
	}
	return b.String()
}

// Unwrap returns the same problems as Pulumi's type.
func (e *Error) Unwrap() error {
	details := make([]perrors.InputPropertyErrorDetails, len(e.Problems))
	for i, p := range e.Problems {
		details[i].PropertyPath = string(p.Path)
		p.Path = ""
		details[i].Reason = p.Error()
	}
	return perrors.NewInputPropertiesError(e.headline(), details...)
}

func (e *Error) headline() string {
	noun := "problems"
	if len(e.Problems) == 1 {
		noun = "problem"
	}
	return fmt.Sprintf("%s %q has %d %s in its arguments", e.Kind, e.Name, len(e.Problems), noun)
}
