package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestProgram(t *testing.T) {
	o := pulumitest.Options{RootTypes: []string{
		"azure-native:resources:ResourceGroup", "azure-native:managedidentity:UserAssignedIdentity",
	}}
	up := pulumitest.Run(t, Program, o)
	o.DryRun = true
	preview := pulumitest.Run(t, Program, o)
	if diff := cmp.Diff(up.Names(), preview.Names()); diff != "" {
		t.Errorf("a preview registers something else (-update +preview):\n%s", diff)
	}
	counts := map[string]int{}
	for _, r := range up.Resources {
		counts[r.Type]++
	}
	for typ, want := range map[string]int{
		"azure-native:containerservice/v20250101:ManagedCluster":                                      2,
		"azure-native:managedidentity:FederatedIdentityCredential":                                    17,
		"azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": 8,
		"kubernetes:core/v1:ServiceAccount":                                                           25,
	} {
		if counts[typ] != want {
			t.Errorf("%d of type %s, want %d", counts[typ], typ, want)
		}
	}
	if found := up.Plain(pulumitest.KubeconfigMarker); len(found) > 0 {
		t.Errorf("a kubeconfig can be read in %v", found)
	}
}
