package bridge

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// TestIgnoredPropertiesHaveTheValuesOfTheState covers a stack whose inputs do not have a property
// that its state has: an application of an earlier version, whose owners the refresh has read.
func TestIgnoredPropertiesHaveTheValuesOfTheState(t *testing.T) {
	inputs := resource.NewPropertyMapFromMap(map[string]any{"displayName": "app"})
	state := resource.NewPropertyMapFromMap(map[string]any{"displayName": "old", "owners": []any{"me"}})
	got := keepIgnored(inputs, state, []string{"owners", "tags"})
	want := map[string]any{"displayName": "app", "owners": []any{"me"}}
	if diff := cmp.Diff(want, got.Mappable()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, changed := inputs["owners"]; changed {
		t.Error("the caller's inputs are changed")
	}
}
