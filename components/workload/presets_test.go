package workload_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
)

func TestPresetsGiveTheirRoles(t *testing.T) {
	for preset, tc := range map[workload.Preset]struct{ role, guid string }{
		workload.ReadSecrets: {"key-vault-secrets-user", "4633458b-17de-408a-b874-0445c86b69e6"},
		workload.WriteBlobs:  {"storage-blob-data-contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"},
		workload.PullImages:  {"acrpull", "7f951dda-4ed3-4680-a7ca-43fe172d538d"},
		workload.ReadCluster: {"reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7"},
	} {
		r := try(t, options(), func(a *workload.FederatedWorkloadArgs) {
			a.Grants = []workload.GrantArgs{{Preset: preset, Scope: pulumi.String(groupID), ScopeKey: "data"}}
		})
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		// The name is that which the role by name gives: changing over replaces nothing.
		got := r.Get(t, grantType, "shop-grant-data."+tc.role).Inputs["roleDefinitionId"].StringValue()
		if !strings.HasSuffix(got, "/roleDefinitions/"+tc.guid) {
			t.Errorf("%s gives %s", preset, got)
		}
	}
}

func TestEveryPresetWorks(t *testing.T) {
	presets := enum(t, workload.GrantArgs{}, "preset")
	r := try(t, options(), func(a *workload.FederatedWorkloadArgs) {
		for _, preset := range presets {
			a.Grants = append(a.Grants, workload.GrantArgs{Preset: workload.Preset(preset), Scope: pulumi.String(groupID), ScopeKey: "data"})
		}
	})
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	if got, want := len(r.ByType(grantType)), len(presets); got != want {
		t.Errorf("%d role assignments for %d presets", got, want)
	}
}
