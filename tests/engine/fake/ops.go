package fake

import (
	"slices"
	"strings"
)

// The operations in the log.
const (
	Create     = "create"
	Update     = "update"
	Delete     = "delete"
	DiffConfig = "diffConfig"
)

// Op is one operation that the engine requested. Start and End are times of a logical clock, which
// Overlap compares.
type Op struct {
	What string // Create, Update, Delete or DiffConfig
	Type string // the type's token, without an API version
	Name string // the name in the URN
	ID   string // empty for DiffConfig
	// Owner is the identity under which a federated credential is written, empty for everything
	// else.
	Owner      string
	Start, End int
	Err        error
	// Unknown is true for a DiffConfig whose kubeconfig was unknown.
	Unknown bool
	// Cluster is the API server of a Kubernetes operation, empty for everything else.
	Cluster string
}

// Overlap reports whether two operations ran at the same time.
func (o Op) Overlap(other Op) bool { return o.Start < other.End && other.Start < o.End }

// String returns what was done and the resource's name, and the error if there was one.
func (o Op) String() string {
	s := o.What + " " + o.Name
	if o.Err != nil {
		s += ": " + o.Err.Error()
	}
	return s
}

// Ops are the finished operations in the order of their start.
type Ops []Op

// Of returns the operations on types whose token ends with one of the names given.
func (ops Ops) Of(types ...string) Ops {
	return ops.filter(func(o Op) bool {
		return slices.ContainsFunc(types, func(t string) bool { return strings.HasSuffix(o.Type, ":"+t) })
	})
}

// What returns the operations whose What has the given value.
func (ops Ops) What(what string) Ops {
	return ops.filter(func(o Op) bool { return o.What == what })
}

// Writes returns the creations, updates and deletions.
func (ops Ops) Writes() Ops {
	return ops.filter(func(o Op) bool { return o.What != DiffConfig })
}

// InCluster returns the operations on objects of Kubernetes clusters.
func (ops Ops) InCluster() Ops {
	return ops.filter(func(o Op) bool { return o.Cluster != "" })
}

// Strings returns each operation as String does.
func (ops Ops) Strings() []string {
	out := []string{}
	for _, o := range ops {
		out = append(out, o.String())
	}
	return out
}

func (ops Ops) filter(keep func(Op) bool) Ops {
	out := Ops{}
	for _, o := range ops {
		if keep(o) {
			out = append(out, o)
		}
	}
	return out
}
