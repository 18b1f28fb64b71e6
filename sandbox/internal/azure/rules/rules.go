// Package rules is the register of what the sandbox's Azure refuses: each rule with a name, a
// sentence, a source and how sure the source makes it. A rule can be switched off: in tests, to
// show that a test fails without the rule, and by users, to try a program under the other reading
// of a rule that no source settles.
//
// The switches belong to the process, because a daemon has one Azure.
package rules

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Evidence is what a rule is based on, the best first.
type Evidence string

// The kinds of evidence. Inferred means that no source settles the rule: it may differ in Azure.
const (
	Recorded   Evidence = "recorded"   // an answer of the real Azure, stored in a repository
	Documented Evidence = "documented" // Azure's documentation or specification
	Reported   Evidence = "reported"   // quoted by a user or another tool
	Inferred   Evidence = "inferred"
)

// Kinds lists the kinds of evidence, the best first.
var Kinds = []Evidence{Recorded, Documented, Reported, Inferred}

// Rule is one reason to refuse a request.
type Rule struct {
	// ID is the name: a subject and what it demands, such as "credential.one-audience".
	ID       string
	Evidence Evidence
	// Says is the rule as a sentence without a full stop.
	Says string
	// Source is an address, or a repository with a path or a number; for an inferred rule it is
	// what the inference starts from.
	Source string

	off atomic.Bool
}

var (
	mutex    sync.Mutex
	register = map[string]*Rule{}
)

// New registers a rule. It panics if the ID is taken or a field is empty, which the first test of
// the package would show.
func New(evidence Evidence, id, says, source string) *Rule {
	r := &Rule{ID: id, Evidence: evidence, Says: says, Source: source}
	mutex.Lock()
	defer mutex.Unlock()
	if _, taken := register[id]; taken || says == "" || source == "" || !slices.Contains(Kinds, evidence) {
		panic(fmt.Sprintf("rules: %q is taken, or has no sentence, source or evidence", id))
	}
	register[id] = r
	return r
}

// On reports whether the rule is in force.
func (r *Rule) On() bool { return !r.off.Load() }

// Switch puts the rule in force or out of force.
func (r *Rule) Switch(on bool) { r.off.Store(!on) }

// Subject returns the part of the ID before the dot.
func (r *Rule) Subject() string {
	subject, _, _ := strings.Cut(r.ID, ".")
	return subject
}

// All lists the rules, sorted by ID.
func All() []*Rule {
	mutex.Lock()
	defer mutex.Unlock()
	list := make([]*Rule, 0, len(register))
	for _, r := range register {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// SetOff puts the named rules out of force and all others in force. Only inferred rules can be
// named: the others are what Azure does. The error names every ID that is wrong.
func SetOff(ids []string) error {
	var wrong []string
	known := map[string]*Rule{}
	for _, r := range All() {
		known[r.ID] = r
	}
	for _, id := range ids {
		switch r, ok := known[id]; {
		case !ok:
			wrong = append(wrong, fmt.Sprintf("there is no rule %q", id))
		case r.Evidence != Inferred:
			wrong = append(wrong, fmt.Sprintf("the rule %q is %s, not inferred, and cannot be switched off", id, r.Evidence))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("strictness: %s; `sandbox strictness` lists the rules", strings.Join(wrong, "; "))
	}
	for id, r := range known {
		r.Switch(!slices.Contains(ids, id))
	}
	return nil
}

// Off lists the IDs of the rules that are out of force, sorted.
func Off() []string {
	off := []string{}
	for _, r := range All() {
		if !r.On() {
			off = append(off, r.ID)
		}
	}
	return off
}
