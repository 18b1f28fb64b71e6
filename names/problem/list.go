package problem

import "slices"

// List collects problems, so that one call reports all of them. The zero value is ready to use.
type List struct {
	problems []Problem
}

// Add records a problem.
func (l *List) Add(path Path, message, remedy string) {
	l.problems = append(l.problems, Problem{Path: path, Message: message, Remedy: remedy})
}

// AddError records err, if it is not nil, as a problem at path. A path that the problem has already
// is taken to be below the given one.
func (l *List) AddError(path Path, err error) {
	if err == nil {
		return
	}
	p := of(err)
	p.Path = path.Join(p.Path)
	l.problems = append(l.problems, p)
}

// Has reports whether a problem at exactly that path was recorded.
func (l *List) Has(path Path) bool {
	return slices.ContainsFunc(l.problems, func(p Problem) bool { return p.Path == path })
}

// Empty reports whether nothing was recorded.
func (l *List) Empty() bool { return len(l.problems) == 0 }

// Problems returns what was recorded, in that order.
func (l *List) Problems() []Problem { return l.problems }
