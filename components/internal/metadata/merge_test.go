package metadata_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/metadata"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestMerge(t *testing.T) {
	of := func(key, value string) pulumi.StringMap {
		return pulumi.StringMap{key: pulumi.String(value), "both": pulumi.String(value)}
	}
	below, above := of("below", "b"), of("above", "a")
	want := map[string]string{"below": "b", "above": "a", "both": "a"}
	for reason, tc := range map[string]struct {
		below, above pulumi.StringMapInput
		want         map[string]string
		known        bool
	}{
		"two maps":           {below, above, want, true},
		"pointers to maps":   {&below, &above, want, true},
		"an output below":    {below.ToStringMapOutput(), above, want, false},
		"an output above":    {below, above.ToStringMapOutput(), want, false},
		"an output of none":  {pulumi.StringMap(nil).ToStringMapOutput(), above, map[string]string{"above": "a", "both": "a"}, false},
		"nothing below":      {nil, above, map[string]string{"above": "a", "both": "a"}, true},
		"nothing above":      {below, nil, map[string]string{"below": "b", "both": "b"}, true},
		"a pointer to a nil": {(*pulumi.StringMap)(nil), above, map[string]string{"above": "a", "both": "a"}, false},
	} {
		t.Run(reason, func(t *testing.T) {
			var merged pulumi.StringMapInput
			r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
				merged = metadata.Merge(tc.below, tc.above)
				ctx.Export("merged", merged.ToStringMapOutput())
				return nil
			}, pulumitest.Options{})
			if diff := cmp.Diff(tc.want, r.Exports["merged"].Value); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if _, known := merged.(pulumi.StringMap); known != tc.known {
				t.Errorf("the keys are known: %t, want %t", known, tc.known)
			}
		})
	}
	if len(below) != 2 || len(above) != 2 {
		t.Errorf("the arguments were changed: %v, %v", below, above)
	}
}
