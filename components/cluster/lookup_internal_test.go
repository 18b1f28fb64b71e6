package cluster

import (
	"strings"
	"testing"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
)

func TestCheckAccess(t *testing.T) {
	entra := func(noLocal bool) *containerservice.LookupManagedClusterResult {
		return &containerservice.LookupManagedClusterResult{AadProfile: &containerservice.ManagedClusterAADProfileResponse{}, DisableLocalAccounts: &noLocal}
	}
	plain := &containerservice.LookupManagedClusterResult{}
	for reason, tc := range map[string]struct {
		cluster *containerservice.LookupManagedClusterResult
		mode    CredentialMode
		want    string
	}{
		"a plain cluster and its user":        {plain, CredentialsUser, ""},
		"a plain cluster and its admin":       {plain, CredentialsAdmin, ""},
		"a plain cluster takes no Entra":      {plain, CredentialsKubelogin, "not integrated with Entra"},
		"Entra and its user":                  {entra(false), CredentialsUser, "device code"},
		"Entra and its admin":                 {entra(false), CredentialsAdmin, ""},
		"Entra by kubelogin":                  {entra(true), CredentialsKubelogin, ""},
		"Entra alone has no admin":            {entra(true), CredentialsAdmin, "no local accounts"},
		"Entra alone and its user have a way": {entra(true), CredentialsUser, "give kubelogin.login"},
	} {
		err := checkAccess(tc.cluster, tc.mode)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v, want %q", reason, err, tc.want)
		}
	}
	if err := checkAccess(entra(true), CredentialsUser); strings.Contains(err.Error(), string(CredentialsAdmin)) {
		t.Errorf("admin credentials are recommended where there are none: %v", err)
	}
}

func TestHasAddon(t *testing.T) {
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
		if got := hasAddon(tc.profile); got != tc.want {
			t.Errorf("%s: %t", reason, got)
		}
	}
}
