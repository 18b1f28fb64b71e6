package rbac

import (
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// TestBuiltinsAgreeWithNames checks that the sandbox has every role that programs can name, under
// the same GUID.
func TestBuiltinsAgreeWithNames(t *testing.T) {
	for _, name := range azure.RoleNames() {
		want, err := azure.LookupRole(name)
		if err != nil {
			t.Fatalf("LookupRole(%q): %v", name, err)
		}
		got, ok := Builtin(want.GUID)
		if !ok || got.Name != name {
			t.Errorf("role %q (%s): the sandbox has %q", name, want.GUID, got.Name)
		}
	}
}

func TestBuiltinsAreWellFormed(t *testing.T) {
	ids, byName := map[string]bool{}, map[string]bool{}
	for _, d := range Builtins() {
		if !azure.IsGUID(d.ID) || d.ID != strings.ToLower(d.ID) {
			t.Errorf("%s: ID %q is not a lower-case GUID", d.Name, d.ID)
		}
		if ids[d.ID] || byName[d.Name] {
			t.Errorf("%s (%s) is defined twice", d.Name, d.ID)
		}
		ids[d.ID], byName[d.Name] = true, true
		if len(d.Actions)+len(d.DataActions) == 0 || d.Description == "" {
			t.Errorf("%s has no actions or no description", d.Name)
		}
	}
}

func TestRoleDecisions(t *testing.T) {
	cases := map[string]struct {
		role, action string
		data, want   bool
	}{
		"Owner manages everything":                          {"Owner", "Microsoft.Authorization/roleAssignments/write", false, true},
		"Owner has no data access":                          {"Owner", "Microsoft.KeyVault/vaults/secrets/getSecret/action", true, false},
		"Contributor cannot assign roles":                   {"Contributor", "Microsoft.Authorization/roleAssignments/write", false, false},
		"Contributor can create a cluster":                  {"Contributor", "Microsoft.ContainerService/managedClusters/write", false, true},
		"Reader reads":                                      {"Reader", "Microsoft.KeyVault/vaults/read", false, true},
		"Reader does not list credentials":                  {"Reader", "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action", false, false},
		"Secrets User reads a secret":                       {"Key Vault Secrets User", "Microsoft.KeyVault/vaults/secrets/getSecret/action", true, true},
		"Secrets User does not write one":                   {"Key Vault Secrets User", "Microsoft.KeyVault/vaults/secrets/setSecret/action", true, false},
		"Key Vault Reader sees names":                       {"Key Vault Reader", "Microsoft.KeyVault/vaults/secrets/readMetadata/action", true, true},
		"Key Vault Reader sees no values":                   {"Key Vault Reader", "Microsoft.KeyVault/vaults/secrets/getSecret/action", true, false},
		"RBAC Admin does not delete namespaces":             {"Azure Kubernetes Service RBAC Admin", "Microsoft.ContainerService/managedClusters/namespaces/delete", true, false},
		"RBAC Reader sees no Secrets":                       {"Azure Kubernetes Service RBAC Reader", "Microsoft.ContainerService/managedClusters/secrets/read", true, false},
		"the case of an action does not matter":             {"Reader", "microsoft.keyvault/VAULTS/READ", false, true},
		"Managed Identity Operator assigns but cannot edit": {"Managed Identity Operator", "Microsoft.ManagedIdentity/userAssignedIdentities/write", false, false},
	}
	for reason, c := range cases {
		t.Run(reason, func(t *testing.T) {
			role, err := azure.LookupRole(c.role)
			if err != nil {
				t.Fatalf("LookupRole: %v", err)
			}
			d, _ := Builtin(role.GUID)
			got := d.Allows(c.action)
			if c.data {
				got = d.AllowsData(c.action)
			}
			if got != c.want {
				t.Errorf("%s on %s: %v, want %v", c.role, c.action, got, c.want)
			}
		})
	}
}
