package graph

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// maxWalkDepth bounds a walk, since a defective engine might send a value of any depth.
const maxWalkDepth = 24

// At returns the values at a path below a value. An element "*" stands for every element of a list,
// or every value of an object.
func (v Value) At(path ...string) []Value {
	if len(path) == 0 {
		return []Value{v}
	}
	if path[0] != "*" {
		return v.child(path[0]).At(path[1:]...)
	}
	var found []Value
	for _, child := range v.children() {
		found = append(found, child.At(path[1:]...)...)
	}
	return found
}

// Walk calls visit for a value and everything below it: with the keys that lead to it, without the
// indices of lists.
func (v Value) Walk(visit func(keys []string, v Value)) { v.walk(nil, visit) }

func (v Value) walk(keys []string, visit func(keys []string, v Value)) {
	visit(keys, v)
	if len(v.path) > maxWalkDepth {
		return
	}
	for _, child := range v.children() {
		if key, ok := child.path[len(child.path)-1].(string); ok {
			child.walk(append(slices.Clone(keys), key), visit)
			continue
		}
		child.walk(keys, visit)
	}
}

// children returns the elements of a list, or the values of an object by their sorted keys.
func (v Value) children() []Value {
	if list, state := v.List(); state == Known {
		return list
	}
	object, ok := v.value.V.(resource.PropertyMap)
	if v.state != Known || !ok {
		return nil
	}
	children := make([]Value, 0, len(object))
	for _, key := range object.StableKeys() {
		children = append(children, v.child(string(key)))
	}
	return children
}
