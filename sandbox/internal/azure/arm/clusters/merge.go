package clusters

import "reflect"

// merge copies every member of want that is set to have. AKS keeps the values that a PUT omits for
// an existing cluster or pool, so that a client need not repeat the defaults. Libraries for merging
// also merge nested blocks and maps, which AKS replaces.
func merge[T any](have *T, want T) {
	to, from := reflect.ValueOf(have).Elem(), reflect.ValueOf(want)
	for i := range to.NumField() {
		if !from.Field(i).IsZero() {
			to.Field(i).Set(from.Field(i))
		}
	}
}

// mergeInto merges an optional block: one that is omitted keeps its values, one that is given is
// merged member by member.
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
