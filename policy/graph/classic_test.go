package graph

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func TestPathOfNamesTheClassicProvidersProperty(t *testing.T) {
	r := &Resource{
		Type: "azure:containerservice:KubernetesCluster", Name: "aks",
		Inputs: resource.NewPropertyMapFromMap(map[string]any{
			"oidcIssuerEnabled": false,
			"defaultNodePool":   map[string]any{"name": "system", "maxPods": 20},
			"networkProfile":    map[string]any{"networkDataPlane": "azure"},
		}),
	}
	Adapt(r)
	if r.Type != TypeManagedCluster || r.Label() != `KubernetesCluster "aks"` {
		t.Errorf("type %s, label %s", r.Type, r.Label())
	}
	for want, v := range map[string]Value{
		"oidcIssuerEnabled":                  r.Get("oidcIssuerProfile", "enabled"),
		"networkProfile.networkDataPlane":    r.Get("networkProfile", "networkDataplane"),
		"defaultNodePool.maxPods":            NewValue(r.Inputs).At("agentPoolProfiles", "*", "maxPods")[0],
		"securityProfile.azureDefender.name": r.Get("securityProfile", "azureDefender", "name"),
	} {
		if got := r.PathOf(v); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestAdaptKeepsWhatIsUnknown checks that what a preview does not know stays unknown, and is not
// taken for what the program leaves out.
func TestAdaptKeepsWhatIsUnknown(t *testing.T) {
	unknown := resource.MakeComputed(resource.NewProperty(""))
	r := &Resource{
		Type: "azure:armmsi:FederatedIdentityCredential",
		Inputs: resource.PropertyMap{
			"parentId": unknown, "audience": unknown, "issuer": resource.MakeSecret(unknown),
		},
		PropertyDependencies: map[string][]string{"parentId": {"identity"}, "issuer": {"aks"}},
	}
	Adapt(r)
	if list, _, state := Audiences(r); state != Unknown && !list.IsUnknown() {
		if _, elements, _ := Audiences(r); len(elements) != 1 || !elements[0].IsUnknown() {
			t.Errorf("audiences %v", list.Show())
		}
	}
	for _, property := range []string{"resourceName", "issuer"} {
		if !r.Get(property).IsUnknown() {
			t.Errorf("%s is %s", property, r.Get(property).Show())
		}
	}
	if got := r.PropertyDependencies["resourceName"]; len(got) != 1 || got[0] != "identity" {
		t.Errorf("resourceName depends on %v", got)
	}
}
