package strict

import (
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// Problems collects what is wrong with a stack file. The zero value is ready to use.
type Problems struct {
	list []problem.Problem
	// without holds the paths of values that could not be read at all.
	without []problem.Path
}

// Add records a problem, unless the value at that path, or one around it, could not be read: what
// validation says about the default in its place would only mislead.
func (p *Problems) Add(path problem.Path, message, remedy string) {
	for _, unread := range p.without {
		if unread.Contains(path) {
			return
		}
	}
	p.list = append(p.list, problem.Problem{Path: path, Message: message, Remedy: remedy})
}

// AddError records err, if it is not nil, as a problem at path.
func (p *Problems) AddError(path problem.Path, err error) {
	var l problem.List
	l.AddError(path, err)
	for _, found := range l.Problems() {
		p.Add(found.Path, found.Message, found.Remedy)
	}
}

// Unreadable records a value that is of the wrong type, and leaves out every later problem of it.
func (p *Problems) Unreadable(path problem.Path, message, remedy string) {
	p.Add(path, message, remedy)
	p.Ignore(path)
}

// Ignore leaves out every later problem of the value at path.
func (p *Problems) Ignore(path problem.Path) { p.without = append(p.without, path) }

func (p *Problems) ignored() int { return len(p.without) }

// Paths returns where problems were found so far.
func (p *Problems) Paths() []problem.Path {
	paths := make([]problem.Path, len(p.list))
	for i := range p.list {
		paths[i] = p.list[i].Path
	}
	return paths
}

// Sorted returns all problems by path, so that the same file always gives the same text.
func (p *Problems) Sorted() []problem.Problem {
	list := slices.Clone(p.list)
	slices.SortStableFunc(list, func(a, b problem.Problem) int { return strings.Compare(string(a.Path), string(b.Path)) })
	return list
}
