package cluster

import (
	"testing"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
)

func TestIdentityOfTheControlPlane(t *testing.T) {
	user := map[string]containerservice.ManagedClusterIdentityResponseUserAssignedIdentities{testIdentity: {ClientId: "c", PrincipalId: "user"}}
	for reason, tc := range map[string]struct {
		identity      *identityResponse
		id, principal string
	}{
		"system-assigned":             {&identityResponse{PrincipalId: "system", TenantId: "t"}, "", "system"},
		"user-assigned":               {&identityResponse{UserAssignedIdentities: user}, testIdentity, "user"},
		"the user-assigned one is it": {&identityResponse{PrincipalId: "system", UserAssignedIdentities: user}, testIdentity, "user"},
		"a service principal":         {nil, "", ""},
	} {
		id, _ := assigned(tc.identity)
		if principal := principalOf(tc.identity); id != tc.id || principal != tc.principal {
			t.Errorf("%s: %q, %q", reason, id, principal)
		}
	}
}

func TestTenantOf(t *testing.T) {
	reported := &identityResponse{TenantId: "reported"}
	for reason, tc := range map[string]struct {
		identity     *identityResponse
		issuer, want string
	}{
		"as reported":                      {reported, "https://westeurope.oic.prod-aks.azure.com/" + testGUID + "/x/", "reported"},
		"from the issuer":                  {nil, "https://westeurope.oic.prod-aks.azure.com/" + testGUID + "/x/", testGUID},
		"a user-assigned one reports none": {&identityResponse{}, "https://westeurope.oic.prod-aks.azure.com/" + testGUID + "/x/", testGUID},
		"the older issuer has none":        {nil, "https://oidc.prod-aks.azure.com/" + testGUID + "/", ""},
		"no GUID, no tenant":               {nil, "https://example.com/a/b/", ""},
		"nothing is known":                 {nil, "", ""},
	} {
		if got := tenantOf(tc.identity, tc.issuer); got != tc.want {
			t.Errorf("%s: %q, want %q", reason, got, tc.want)
		}
	}
}

func TestAddonOf(t *testing.T) {
	on, off := true, false
	profile := func(enabled *bool) *containerservice.ManagedClusterSecurityProfileResponse {
		return &containerservice.ManagedClusterSecurityProfileResponse{
			WorkloadIdentity: &containerservice.ManagedClusterSecurityProfileWorkloadIdentityResponse{Enabled: enabled},
		}
	}
	for reason, tc := range map[string]struct {
		profile *containerservice.ManagedClusterSecurityProfileResponse
		want    bool
	}{
		"on": {profile(&on), true}, "off": {profile(&off), false}, "not said": {profile(nil), false}, "no profile": {nil, false},
		"another profile": {&containerservice.ManagedClusterSecurityProfileResponse{}, false},
	} {
		if got := addonOf(tc.profile); got != tc.want {
			t.Errorf("%s: %t", reason, got)
		}
	}
}
