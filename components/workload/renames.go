package workload

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// previousID returns the federation's previous name, if RenamedFrom is set and valid.
func (f *federation) previousID() (federationID, bool) {
	if f.noAccount() {
		return federationID{key: f.args.RenamedFrom}, azure.ValidateKey(f.args.RenamedFrom) == nil
	}
	parts := strings.Split(f.args.RenamedFrom, "/")
	if len(parts) == 2 {
		parts = append([]string{f.key}, parts...)
	}
	if len(parts) != 3 {
		return federationID{}, false
	}
	id := federationID{key: parts[0], namespace: parts[1], serviceAccount: parts[2]}
	legal := azure.ValidateKey(id.key) == nil && kube.ValidateNamespace(id.namespace) == nil && kube.ValidateServiceAccount(id.serviceAccount) == nil
	return id, legal
}

// checkRenames records previous names that are malformed, and those that two resources would have
// as an alias, which the engine refuses in the middle of an update.
func checkRenames(l *problem.List, list []federation) {
	current, claimed := map[federationID]*federation{}, map[federationID]*federation{}
	for i := range list {
		current[list[i].federationID] = &list[i]
	}
	for i := range list {
		f := &list[i]
		path, from := f.path.Field("renamedFrom"), f.args.RenamedFrom
		if from == "" || l.Has(path) {
			continue
		}
		previous, legal := f.previousID()
		holder, taken := current[previous]
		claimer, again := claimed[previous]
		switch {
		case !legal && f.noAccount():
			l.Add(path, fmt.Sprintf("%q is not a key", from), "write the former key")
		case !legal:
			l.Add(path, fmt.Sprintf("%q is not the former name of a federation", from), "write namespace/serviceAccount, or key/namespace/serviceAccount if the key was another one")
		case taken && holder.path == f.path:
			l.Add(path, fmt.Sprintf("%q is the federation's name now", from), "leave it out")
		case taken:
			l.Add(path, fmt.Sprintf("%s is called %q now", holder.path, from), "one of the two has that name; rename in two updates if they swap names")
		case again && claimer.path == f.path:
			l.Add(path, fmt.Sprintf("only one of the federation's targets can have been %q", from), "write namespace/serviceAccount, or a federation for each target")
		case again:
			l.Add(path, fmt.Sprintf("%s was %q already", claimer.path, from), "only one can take its place")
		default:
			claimed[previous] = f
		}
	}
}

// aliases returns the aliases of a child "<prefix><id>" of the federation: its previous name, and
// each of the types that it may have had. An alias that matches nothing in the state has no effect.
func (f *federation) aliases(prefix string, formerTypes ...string) pulumi.ResourceOption {
	var list []pulumi.Alias
	for _, typ := range formerTypes {
		list = append(list, pulumi.Alias{Type: pulumi.String(typ)})
	}
	if previous, ok := f.previousID(); ok {
		name := pulumi.String(prefix + previous.child())
		list = append(list, pulumi.Alias{Name: name})
		for _, typ := range formerTypes {
			list = append(list, pulumi.Alias{Name: name, Type: pulumi.String(typ)})
		}
	}
	return pulumi.Aliases(list)
}

// previousNamespace returns the child name that a federation's namespace had before, if only the
// key has changed. It is the same namespace in the cluster then, and deleting it under its old name
// would delete everything in it.
func (r *registration) previousNamespace(f *federation) (string, bool) {
	for i := range r.federations {
		other := &r.federations[i]
		previous, ok := other.previousID()
		if !ok || other.namespaceChild() != f.namespaceChild() || previous.namespace != f.namespace || previous.key == f.key {
			continue
		}
		if !r.createsNamespace(previous.namespaceChild()) && r.firstFrom(previous.namespaceChild()) == i {
			return previous.namespaceChild(), true
		}
	}
	return "", false
}

// createsNamespace reports whether a federation creates a namespace with that child name now, so
// that the name cannot be an alias.
func (r *registration) createsNamespace(child string) bool {
	for i := range r.federations {
		if f := &r.federations[i]; f.createNamespace && f.namespaceChild() == child {
			return true
		}
	}
	return false
}

// firstFrom returns the index of the first federation that was in that namespace: only one resource
// may have the alias.
func (r *registration) firstFrom(child string) int {
	for i := range r.federations {
		if previous, ok := r.federations[i].previousID(); ok && previous.namespaceChild() == child {
			return i
		}
	}
	return -1
}
