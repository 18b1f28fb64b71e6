package workload

import (
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/azurebinding"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// repeats finds values that occur more than once in a list. Its zero value is ready, and may be
// used by outputs that resolve at the same time.
type repeats struct {
	mu    sync.Mutex
	first map[string]int
}

// earlier returns the index at which a value occurred before; otherwise it records that the value
// occurs at i.
func (r *repeats) earlier(value string, i int) (index int, repeated bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if j, ok := r.first[value]; ok {
		return j, true
	}
	if r.first == nil {
		r.first = map[string]int{}
	}
	r.first[value] = i
	return 0, false
}

// checkKey records what is wrong with a key that names a child or an output.
func checkKey(l *problem.List, path problem.Path, noun, key string) {
	if key == "" {
		l.Add(path, fmt.Sprintf("a short name of the %s is required", noun), "it stands for it in the stack")
		return
	}
	l.AddError(path, azure.ValidateKey(key))
}

// requireName checks the name of an existing resource, and returns it if it is known and right.
func requireName(l *problem.List, path problem.Path, kind azurebinding.Kind, in pulumi.StringInput) (string, bool) {
	if in == nil {
		l.AddError(path, kind.ValidateName(""))
		return "", false
	}
	name, ok := known.String(in)
	if !ok {
		return "", false
	}
	if err := kind.ValidateName(name); err != nil {
		l.AddError(path, err)
		return "", false
	}
	return name, true
}

// requireGroup checks the resource group of an existing resource, and returns it if it is known and
// right.
func requireGroup(l *problem.List, path problem.Path, in pulumi.StringInput) (string, bool) {
	if in == nil {
		l.Add(path, "a resource group is required", "the one that the resource lies in")
		return "", false
	}
	return requireName(l, path, azurebinding.ResourceGroup, in)
}

// knownStrings returns the elements of a list that is known in full.
func knownStrings(in pulumi.StringArrayInput) ([]string, bool) {
	array, ok := known.As[pulumi.StringArray](in)
	if !ok {
		return nil, false
	}
	list := make([]string, len(array))
	for i, element := range array {
		s, ok := known.String(element)
		if !ok {
			return nil, false
		}
		list[i] = s
	}
	return list, true
}

// filter returns the elements of a list that keep accepts.
func filter[T any](list []T, keep func(T) bool) []T {
	var kept []T
	for _, element := range list {
		if keep(element) {
			kept = append(kept, element)
		}
	}
	return kept
}

// texts returns the values of an enumeration as strings.
func texts[T ~string](list []T) []string {
	all := make([]string, len(list))
	for i, word := range list {
		all[i] = string(word)
	}
	return all
}
