package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/pkg/v3/display"
	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
)

// step is what the engine did, or would do, with one resource.
type step struct {
	op        display.StepOp
	typ, name string
}

// steps are those of one operation, in the order in which they began.
type steps []step

// stepsOf reads the steps out of the engine's events. A refresh is known by its result, everything
// else by its beginning. The engine's default providers are its own business.
func stepsOf(events []engine.Event) steps {
	var out steps
	refreshed := map[string]bool{}
	add := func(m engine.StepEventMetadata) {
		out = append(out, step{op: m.Op, typ: string(m.URN.Type()), name: m.URN.Name()})
	}
	for _, e := range events {
		switch p := e.Payload().(type) {
		case engine.ResourcePreEventPayload:
			if p.Internal {
				continue
			}
			if p.Metadata.Op == deploy.OpRefresh {
				refreshed[string(p.Metadata.URN)] = true
				continue
			}
			add(p.Metadata)
		case engine.ResourceOutputsEventPayload:
			if refreshed[string(p.Metadata.URN)] {
				add(p.Metadata)
			}
		}
	}
	return out
}

// changes returns the steps that change something, each as "operation name", in alphabetical order
// and without the stack itself.
func (s steps) changes() []string {
	out := []string{}
	for _, st := range s {
		if st.op != deploy.OpSame && st.typ != "pulumi:pulumi:Stack" {
			out = append(out, string(st.op)+" "+st.name)
		}
	}
	slices.Sort(out)
	return out
}

// of keeps the steps of types whose token ends with one of the names.
func (s steps) of(types ...string) steps {
	var out steps
	for _, st := range s {
		if slices.ContainsFunc(types, func(t string) bool { return strings.HasSuffix(st.typ, ":"+t) }) {
			out = append(out, st)
		}
	}
	return out
}

// replacements returns those of changes that replace, create or delete something.
func (s steps) replacements() []string {
	return slices.DeleteFunc(s.changes(), func(c string) bool { return strings.HasPrefix(c, string(deploy.OpUpdate)+" ") })
}

// sorted returns a sorted copy.
func sorted[T cmp.Ordered](list []T) []T { return slices.Sorted(slices.Values(list)) }
