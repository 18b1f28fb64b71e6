package azure

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestRoleFactsAreAboutRolesOfTheTable(t *testing.T) {
	for fact, list := range map[string][]string{
		"privileged":    slices.Collect(maps.Keys(privilegedRoles)),
		"vault data":    slices.Collect(maps.Keys(vaultDataRoles)),
		"control plane": slices.Collect(maps.Keys(controlPlaneRoles)),
	} {
		for _, name := range list {
			if _, ok := builtInRoles[name]; !ok {
				t.Errorf("%s: %q is not in the table of roles", fact, name)
			}
		}
	}
}

func TestPrivileged(t *testing.T) {
	for _, name := range RoleNames() {
		want := slices.Contains([]string{"Owner", "Contributor", "User Access Administrator", "Role Based Access Control Administrator"}, name)
		if got := (Role{Name: name}).Privileged() != ""; got != want {
			t.Errorf("%s: privileged = %t", name, got)
		}
	}
	if why := (Role{GUID: "x"}).Privileged(); why != "" {
		t.Errorf("an unknown role is privileged: %s", why)
	}
}

func TestVaultDataRoles(t *testing.T) {
	// All roles of Key Vault but those that manage vaults and assignments.
	for _, name := range RoleNames() {
		want := strings.HasPrefix(name, "Key Vault ") && name != "Key Vault Contributor" && name != "Key Vault Data Access Administrator"
		if got := (Role{Name: name}).VaultData(); got != want {
			t.Errorf("%s: about a vault's data = %t", name, got)
		}
	}
}

func TestConditional(t *testing.T) {
	for name, want := range map[string]bool{
		"Storage Blob Data Reader": true, "Storage Queue Data Reader": true, "Container Registry Repository Reader": true,
		"Owner": true, "User Access Administrator": true, "Role Based Access Control Administrator": true,
		"Key Vault Data Access Administrator": true, "Key Vault Secrets User": true,
		"Reader": false, "Contributor": false, "AcrPull": false, "Key Vault Contributor": false,
	} {
		role, err := LookupRole(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := role.Conditional(); got != want {
			t.Errorf("%s: a condition can have an effect = %t", name, got)
		}
	}
	for _, name := range RoleNames() {
		if strings.Contains(name, " Data ") && name != "Key Vault Data Access Administrator" && !(Role{Name: name}).Conditional() && name != "Reader and Data Access" {
			t.Errorf("%s has data actions", name)
		}
	}
	if !(Role{GUID: "x"}).Conditional() {
		t.Error("an unknown role gets the benefit of the doubt")
	}
}

func TestSecretReadersAreVaultDataRoles(t *testing.T) {
	for name := range secretReaders {
		if role, err := LookupRole(name); err != nil || !role.VaultData() || !role.ReadsSecrets() {
			t.Errorf("%s: %+v, %v", name, role, err)
		}
	}
	if (Role{Name: "Key Vault Reader"}).ReadsSecrets() || !(Role{GUID: "x"}).ReadsSecrets() {
		t.Error("the reader of metadata reads no values; an unknown role may")
	}
}
