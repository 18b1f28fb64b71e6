package metadata

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
)

// Merge returns the entries of both maps; where both have a key, that of above wins. Either may be
// nil. The values stay separate if both sets of keys are known, so that a preview shows those that
// it knows; otherwise they all wait for the keys.
func Merge(below, above pulumi.StringMapInput) pulumi.StringMapInput {
	if below == nil {
		return above
	}
	if above == nil {
		return below
	}
	under, underKnown := known.As[pulumi.StringMap](below)
	over, overKnown := known.As[pulumi.StringMap](above)
	if underKnown && overKnown {
		merged := maps.Clone(under)
		maps.Copy(merged, over)
		return merged
	}
	return pulumi.All(below, above).ApplyT(func(values []any) map[string]string {
		merged := map[string]string{}
		for _, value := range values {
			entries, _ := value.(map[string]string) // nil for a pointer to no map
			maps.Copy(merged, entries)
		}
		return merged
	}).(pulumi.StringMapOutput)
}
