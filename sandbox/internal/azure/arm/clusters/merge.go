package clusters

import "reflect"

// merge writes every member of want that is set over the member of have. AKS treats what a PUT leaves out of an
// existing cluster or pool as "keep", so that what it filled in itself does not have to be repeated.
func merge[T any](have *T, want T) {
	to, from := reflect.ValueOf(have).Elem(), reflect.ValueOf(want)
	for i := range to.NumField() {
		if !from.Field(i).IsZero() {
			to.Field(i).Set(from.Field(i))
		}
	}
}

// mergeInto is merge for optional blocks: a block that is left out stays, one that is given is merged member by member.
func mergeInto[T any](have **T, want *T) {
	switch {
	case want == nil:
	case *have == nil:
		*have = want
	default:
		merged := **have
		merge(&merged, *want)
		*have = &merged
	}
}
