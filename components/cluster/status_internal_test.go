package cluster

import (
	"testing"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
)

func TestIdentityOfTheControlPlane(t *testing.T) {
	user := map[string]containerservice.ManagedClusterIdentityResponseUserAssignedIdentities{testIdentity: {ClientId: "c", PrincipalId: "user"}}
	for reason, tc := range map[string]struct {
		identity      *controlPlaneIdentity
		id, principal string
	}{
		"system-assigned":             {&controlPlaneIdentity{PrincipalId: "system", TenantId: "t"}, "", "system"},
		"user-assigned":               {&controlPlaneIdentity{UserAssignedIdentities: user}, testIdentity, "user"},
		"the user-assigned one is it": {&controlPlaneIdentity{PrincipalId: "system", UserAssignedIdentities: user}, testIdentity, "user"},
		"a service principal":         {nil, "", ""},
	} {
		id := userAssignedID(tc.identity)
		if principal := principalOf(tc.identity); id != tc.id || principal != tc.principal {
			t.Errorf("%s: %q, %q", reason, id, principal)
		}
	}
}

func TestTenantOf(t *testing.T) {
	reported := &controlPlaneIdentity{TenantId: "reported"}
	for reason, tc := range map[string]struct {
		identity     *controlPlaneIdentity
		issuer, want string
	}{
		"as reported":                      {reported, "https://westeurope.oic.prod-aks.azure.com/" + testGUID + "/x/", "reported"},
		"from the issuer":                  {nil, "https://westeurope.oic.prod-aks.azure.com/" + testGUID + "/x/", testGUID},
		"a user-assigned one reports none": {&controlPlaneIdentity{}, "https://westeurope.oic.prod-aks.azure.com/" + testGUID + "/x/", testGUID},
		"the older issuer has none":        {nil, "https://oidc.prod-aks.azure.com/" + testGUID + "/", ""},
		"no GUID, no tenant":               {nil, "https://example.com/a/b/", ""},
		"nothing is known":                 {nil, "", ""},
	} {
		if got := tenantOf(tc.identity, tc.issuer); got != tc.want {
			t.Errorf("%s: %q, want %q", reason, got, tc.want)
		}
	}
}
