package report

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
)

// problems writes what needs doing: each broken link, and each cause for which links could not be
// checked, once for all the federations that have it, such as a login that is missing.
func (t *text) problems(d Document) {
	for _, p := range d.Problems {
		if p.Status != chain.Broken {
			continue
		}
		first, _, _ := strings.Cut(p.Detail, "\n") // the links have the rest
		t.problem(p.Result, "broken: "+p.federation(), first)
	}
	for _, c := range uncheckedCauses(d.Workloads) {
		head := "unchecked: "
		if c.proven {
			head = "unchecked, but proven by the exchange: "
		}
		if len(c.problems) == 1 {
			head += c.problems[0].federation()
		} else {
			head += fmt.Sprintf("%d federations", len(c.problems))
		}
		t.problem(c.problems[0].Result, head, c.problems[0].Detail)
	}
}

func (t *text) problem(r chain.Result, head, why string) {
	head += ", " + linkText(r.Link)
	if code := codeText(r); code != "" {
		head += ", " + code
	}
	t.line("%s", t.paint(string(r.Status), head))
	t.wrapped("  why  ", why)
	t.wrapped("  do   ", r.Remedy)
	t.line("")
}

// federation returns the name of the federation that the problem is about.
func (p Problem) federation() string {
	return p.Workload + " " + federationName(p.Cluster, p.Namespace, p.ServiceAccount, p.Subject)
}

// cause is a reason for which a link could not be checked, and the problems that have it.
type cause struct {
	// proven is true for federations that are proven although this link could not be checked.
	proven   bool
	problems []Problem
}

// uncheckedCauses returns the causes of unchecked links, in the order in which they are found.
func uncheckedCauses(workloads []chain.WorkloadReport) []*cause {
	type key struct {
		proven               bool
		link                 chain.Link
		detail, remedy, code string
	}
	byKey := map[key]*cause{}
	var causes []*cause
	for _, w := range workloads {
		for _, f := range w.Federations {
			for _, r := range f.Results {
				if r.Status != chain.Unchecked || f.Outcome == chain.Failed {
					continue
				}
				k := key{f.Outcome == chain.Proven, r.Link, r.Detail, r.Remedy, r.Code}
				if byKey[k] == nil {
					byKey[k] = &cause{proven: k.proven}
					causes = append(causes, byKey[k])
				}
				byKey[k].problems = append(byKey[k].problems, newProblem(w, f, r))
			}
		}
	}
	return causes
}
