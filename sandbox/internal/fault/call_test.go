package fault

import (
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const group = "/subscriptions/s/resourceGroups/rg"

func TestCallOf(t *testing.T) {
	for reason, tc := range map[string]struct {
		host, method, path string
		want               Call
	}{
		"a resource of ARM": {"management.azure.com", "PUT", group + "/providers/Microsoft.KeyVault/vaults/v",
			Call{Service: ARM, Type: "Microsoft.KeyVault/vaults", Name: "v", Scope: "rg"}},
		"a resource group": {"management.azure.com", "PUT", group,
			Call{Service: ARM, Type: "Microsoft.Resources/resourceGroups", Name: "rg", Scope: "rg"}},
		"an action of ARM": {"management.azure.com", "POST", group + "/providers/Microsoft.ContainerService/managedClusters/c/listClusterUserCredential",
			Call{Service: ARM, Type: "Microsoft.ContainerService/managedClusters/listClusterUserCredential", Name: "c", Scope: "rg"}},
		"a role assignment at a resource": {"management.azure.com", "PUT", group + "/providers/Microsoft.KeyVault/vaults/v/providers/Microsoft.Authorization/roleAssignments/a",
			Call{Service: ARM, Type: "Microsoft.Authorization/roleAssignments", Name: "a", Scope: "rg"}},
		"a credential of an application": {"graph.microsoft.com", "DELETE", "/v1.0/applications/a/federatedIdentityCredentials/c",
			Call{Service: Graph, Type: "applications/federatedIdentityCredentials", Name: "c", Scope: "a"}},
		"a new application": {"graph.microsoft.com", "POST", "/v1.0/applications", Call{Service: Graph, Type: "applications"}},
		"a secret":          {"kv.vault.azure.net", "GET", "/secrets/greeting/1", Call{Service: Vault, Type: "secrets", Name: "greeting", Scope: "kv.vault.azure.net"}},
		"a token":           {"login.microsoftonline.com", "POST", "/t/oauth2/v2.0/token", Call{Service: Entra, Type: "t", Name: "token", Scope: "login.microsoftonline.com"}},
	} {
		tc.want.Method, tc.want.Resource = tc.method, tc.path
		if diff := cmp.Diff(tc.want, callOf(tc.host, httptest.NewRequest(tc.method, "https://"+tc.host+tc.path, nil))); diff != "" {
			t.Errorf("%s: -want +got:\n%s", reason, diff)
		}
	}
}

func TestMatches(t *testing.T) {
	put := Call{Service: ARM, Method: "PUT", Type: "Microsoft.KeyVault/vaults", Name: "kv-Letters"}
	for reason, tc := range map[string]struct {
		match Match
		call  Call
		want  bool
	}{
		"nothing is asked":                      {Match{}, put, true},
		"upper and lower case are the same":     {Match{Type: "microsoft.keyvault/VAULTS", Name: "KV-*"}, put, true},
		"one of several methods":                {Match{Method: "GET,PUT"}, put, true},
		"another method":                        {Match{Method: "DELETE"}, put, false},
		"another service":                       {Match{Service: Graph}, put, false},
		"a name that does not match":            {Match{Name: "other*"}, put, false},
		"a change":                              {Match{Mutating: true}, put, true},
		"a read is no change":                   {Match{Mutating: true}, Call{Service: ARM, Method: "GET"}, false},
		"an action of ARM lists something":      {Match{Mutating: true}, Call{Service: ARM, Method: "POST"}, false},
		"a sign-in is no change":                {Match{Mutating: true}, Call{Service: Entra, Method: "POST"}, false},
		"a new object of the directory is one":  {Match{Mutating: true}, Call{Service: Graph, Method: "POST"}, true},
		"a new object of a cluster is one, too": {Match{Mutating: true}, Call{Service: Kubernetes, Method: "POST"}, true},
	} {
		if got := tc.match.Matches(tc.call); got != tc.want {
			t.Errorf("%s: %t", reason, got)
		}
	}
}
