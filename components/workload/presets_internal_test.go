package workload

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

func TestPresetTable(t *testing.T) {
	seen := map[Preset]bool{}
	for _, p := range presets {
		if seen[p.name] || p.does == "" || strings.HasSuffix(p.does, ".") {
			t.Errorf("%+v", p)
		}
		seen[p.name] = true
		if (p.role == "") != (len(p.actions) > 0) {
			t.Errorf("%s: want a role or actions", p.name)
		}
		for _, action := range p.actions {
			if err := azure.ValidateAction(action); err != nil || azure.WildcardAction(action) || azure.GivesRoles(action) {
				t.Errorf("%s: %s: %v", p.name, action, err)
			}
		}
		if p.role == "" {
			continue
		}
		role, err := azure.LookupRole(p.role)
		if err != nil || role.Name != p.role {
			t.Errorf("%s: %q: %v", p.name, p.role, err)
		}
		if role.Privileged() != "" {
			t.Errorf("%s gives a privileged role", p.name)
		}
	}
}

func TestPresetScopes(t *testing.T) {
	resource := func(typ string) azure.Scope { return azure.Scope{Kind: azure.ScopeResource, Type: typ} }
	for reason, tc := range map[string]struct {
		preset Preset
		scope  azure.Scope
		want   string
	}{
		"its type":                     {ReadSecrets, resource("Microsoft.KeyVault/vaults"), ""},
		"types have no case":           {ReadSecrets, resource("microsoft.keyvault/VAULTS"), ""},
		"a child of its type":          {ReadSecrets, resource("Microsoft.KeyVault/vaults/secrets"), ""},
		"a resource group may hold it": {ReadSecrets, azure.Scope{Kind: azure.ScopeResourceGroup}, ""},
		"a subscription may":           {ReadSecrets, azure.Scope{Kind: azure.ScopeSubscription}, ""},
		"another type":                 {ReadSecrets, resource("Microsoft.Storage/storageAccounts"), `preset "readSecrets" is for Microsoft.KeyVault/vaults, not for Microsoft.Storage/storageAccounts`},
		"a type that begins alike":     {ReadSecrets, resource("Microsoft.KeyVault/vaultsX"), "is for"},
		"one for every type":           {ListRoleAssignments, resource("Microsoft.X/y"), ""},
	} {
		p, err := tc.preset.find()
		if err != nil {
			t.Fatal(err)
		}
		err = p.checkScope(tc.scope)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v, want %q", reason, err, tc.want)
		}
	}
}

// The documentation shows the table as it is.
func TestPresetsAreDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString("| preset | the workload … | role | scope |\n|---|---|---|---|\n")
	for _, p := range presets {
		role, types := p.role, strings.Join(p.types, ", ")
		if role == "" {
			role = "custom: `" + strings.Join(p.actions, "`, `") + "`"
		}
		if types == "" {
			types = "any"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", p.name, p.does, role, types)
	}
	text, err := os.ReadFile("../../docs/grants.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), b.String()) {
		t.Errorf("docs/grants.md does not have this table:\n%s", b.String())
	}
}

func TestPresetRoleNameIsUniqueAndLegal(t *testing.T) {
	p, err := ListRoleAssignments.find()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.roleName("shop", "prod", "orders", "vault"), "listRoleAssignments (shop/prod, orders, vault)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	long := strings.Repeat("é", 600)
	a, b := p.roleName("shop", "prod", long, "a"), p.roleName("shop", "prod", long, "b")
	for _, name := range []string{a, b} {
		if err := azure.ValidateRoleName(name); err != nil || utf8.RuneCountInString(name) != azure.MaxRoleName {
			t.Errorf("%q: %v", name, err)
		}
	}
	if a == b {
		t.Errorf("two grants share the role name %q", a)
	}
}

func TestPresetRole(t *testing.T) {
	for preset, want := range map[Preset]string{
		ReadSecrets: "Key Vault Secrets User", ListRoleAssignments: "", "readSecret": "",
	} {
		if got, _ := preset.role(); got.role.Name != want {
			t.Errorf("%s is %q, want %q", preset, got.role.Name, want)
		}
	}
}

func TestEveryPresetIsInTheEnumeration(t *testing.T) {
	var field arguments.Field
	for _, f := range arguments.Fields(reflect.TypeFor[GrantArgs]()) {
		if f.Name == "preset" {
			field = f
		}
	}
	for _, p := range presets {
		if !slices.Contains(field.Enum, string(p.name)) {
			t.Errorf("a grant cannot name %s", p.name)
		}
	}
}
