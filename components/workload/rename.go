package workload

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// formerly is what the federation was called before, if it says so; validate has
// refused what is malformed.
func (f *FederationArgs) formerly() (FederationArgs, bool) {
	parts := strings.Split(f.RenamedFrom, "/")
	if len(parts) != 3 {
		return FederationArgs{}, false
	}
	return FederationArgs{Key: parts[0], Namespace: parts[1], ServiceAccount: parts[2]}, true
}

// aliases of a child "<prefix><id>" of the federation: under its former name, and
// under each of the types that it may have had. An alias that names nothing in
// the state has no effect.
func (f *FederationArgs) aliases(prefix string, formerTypes ...string) pulumi.ResourceOption {
	var list []pulumi.Alias
	for _, typ := range formerTypes {
		list = append(list, pulumi.Alias{Type: pulumi.String(typ)})
	}
	if before, ok := f.formerly(); ok {
		name := pulumi.String(prefix + before.id())
		list = append(list, pulumi.Alias{Name: name})
		for _, typ := range formerTypes {
			list = append(list, pulumi.Alias{Name: name, Type: pulumi.String(typ)})
		}
	}
	return pulumi.Aliases(list)
}

// namespaceAlias is the name that the federation's namespace had as a child, if
// only the key has changed: it is then the same namespace, and must not be
// deleted under its old name with all that is in it.
func (args *FederatedWorkloadArgs) namespaceAlias(f *FederationArgs) (string, bool) {
	for i := range args.Federations {
		other := &args.Federations[i]
		before, ok := other.formerly()
		if !ok || other.namespaceID() != f.namespaceID() || before.Namespace != f.Namespace || before.Key == f.Key {
			continue
		}
		if !args.createsNamespace(before.namespaceID()) && args.firstAfter(before.namespaceID()) == i {
			return before.namespaceID(), true
		}
	}
	return "", false
}

// createsNamespace reports whether a federation creates that namespace now: its
// name is then taken.
func (args *FederatedWorkloadArgs) createsNamespace(id string) bool {
	for i := range args.Federations {
		if f := &args.Federations[i]; f.CreateNamespace && f.namespaceID() == id {
			return true
		}
	}
	return false
}

// firstAfter is the first federation that was in that namespace: only one
// resource may claim an old name.
func (args *FederatedWorkloadArgs) firstAfter(id string) int {
	for i := range args.Federations {
		if before, ok := args.Federations[i].formerly(); ok && before.namespaceID() == id {
			return i
		}
	}
	return -1
}

// validateRenames finds former names that are malformed, or that two resources
// would claim, which the engine refuses in the middle of an update.
func (args *FederatedWorkloadArgs) validateRenames(l *problem.List) {
	now := map[string]int{}
	for i := range args.Federations {
		now[args.Federations[i].id()] = i
	}
	claimed := map[string]int{}
	for i := range args.Federations {
		f, path := &args.Federations[i], problem.Path("federations").Index(i)+".renamedFrom"
		if f.RenamedFrom == "" {
			continue
		}
		before, ok := f.formerly()
		if !ok || azure.ValidateKey(before.Key) != nil || kube.ValidateNamespace(before.Namespace) != nil || kube.ValidateServiceAccount(before.ServiceAccount) != nil {
			l.Add(path, fmt.Sprintf("%q is not the former name of a federation", f.RenamedFrom), "write key/namespace/serviceAccount")
			continue
		}
		j, taken := now[before.id()]
		k, again := claimed[before.id()]
		switch {
		case taken && i == j:
			l.Add(path, fmt.Sprintf("%q is the federation's name now", f.RenamedFrom), "leave it out")
		case taken:
			l.Add(path, fmt.Sprintf("federations[%d] is called %q now", j, f.RenamedFrom), "one of the two has that name; rename in two updates if they swap names")
		case again:
			l.Add(path, fmt.Sprintf("federations[%d] was %q already", k, f.RenamedFrom), "only one can take its place")
		default:
			claimed[before.id()] = i
		}
	}
}
