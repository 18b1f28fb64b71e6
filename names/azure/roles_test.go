package azure

import (
	"strings"
	"testing"
)

// Carries R12.
func TestRoleTable(t *testing.T) {
	seen := map[string]string{}
	for _, name := range RoleNames() {
		id := builtInRoles[name]
		if !IsGUID(id) || id != strings.ToLower(id) {
			t.Errorf("%s: %q is not a GUID in lower case", name, id)
		}
		if other, taken := seen[id]; taken {
			t.Errorf("%s and %s have the same GUID", name, other)
		}
		seen[id] = name
	}
	if len(seen) < 25 {
		t.Errorf("only %d roles", len(seen))
	}
	// Those that the product's documents name, as a check against a slip in the table.
	for name, id := range map[string]string{
		"Owner":                         "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
		"Contributor":                   "b24988ac-6180-42a0-ab88-20f7382dd24c",
		"Reader":                        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
		"User Access Administrator":     "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
		"AcrPull":                       "7f951dda-4ed3-4680-a7ca-43fe172d538d",
		"Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
		"Storage Blob Data Reader":      "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
		"Key Vault Secrets User":        "4633458b-17de-408a-b874-0445c86b69e6",
		"Key Vault Secrets Officer":     "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
	} {
		if got := builtInRoles[name]; got != id {
			t.Errorf("%s = %s, want %s", name, got, id)
		}
	}
}

func TestLookupRole(t *testing.T) {
	const guid = "4633458b-17de-408a-b874-0445c86b69e6"
	known := Role{Name: "Key Vault Secrets User", GUID: guid}
	custom := Role{GUID: "00000000-1111-4222-8333-444444444444"}
	cases := map[string]struct {
		reason, in string
		want       Role
		wantErr    string
	}{
		"Name":          {reason: "a built-in role by name", in: "Key Vault Secrets User", want: known},
		"AnyCase":       {reason: "names have no case", in: "key vault SECRETS user", want: known},
		"Spaces":        {reason: "space around it is a slip", in: " Key Vault Secrets User ", want: known},
		"GUID":          {reason: "a GUID of the table is that role", in: strings.ToUpper(guid), want: known},
		"Custom":        {reason: "any other GUID is a role too", in: custom.GUID, want: custom},
		"Definition":    {reason: "an id of a definition", in: "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/" + guid, want: known},
		"DefinitionAny": {reason: "ids have no case", in: "/providers/microsoft.authorization/ROLEDEFINITIONS/" + custom.GUID, want: custom},
		"Empty":         {reason: "a role is required", wantErr: "required"},
		"Misspelt":      {reason: "the nearest names are suggested, the nearest first", in: "Key Vault Secret User", wantErr: `did you mean "Key Vault Secrets User", `},
		"Shortened":     {reason: "the nearest names are suggested", in: "Storage Blob Contributor", wantErr: `"Storage Blob Data Contributor"`},
		"NoGUID":        {reason: "a definition id ends with a GUID", in: "/providers/Microsoft.Authorization/roleDefinitions/Reader", wantErr: "GUID"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := LookupRole(tc.in)
			if got != tc.want {
				t.Errorf("%s: got %+v, want %+v", tc.reason, got, tc.want)
			}
			if tc.wantErr == "" && err != nil || tc.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tc.wantErr)) {
				t.Errorf("%s: error = %v, want %q", tc.reason, err, tc.wantErr)
			}
		})
	}
}

func TestEveryRoleIsFoundByNameAndGUID(t *testing.T) {
	for _, name := range RoleNames() {
		byName, err := LookupRole(name)
		if err != nil || byName.Name != name {
			t.Errorf("%s: %+v, %v", name, byName, err)
		}
		byGUID, err := LookupRole(byName.GUID)
		if err != nil || byGUID != byName {
			t.Errorf("%s: %+v, %v", byName.GUID, byGUID, err)
		}
		if slug := byName.Slug(); slug != byGUID.Slug() || strings.ContainsAny(slug, " .") {
			t.Errorf("%s has slug %q", name, slug)
		}
	}
}

func TestDefinitionID(t *testing.T) {
	role := Role{GUID: "g"}
	if got, want := role.DefinitionID("s"), "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/g"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := role.DefinitionID(""), "/providers/Microsoft.Authorization/roleDefinitions/g"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := role.Slug(); got != "g" {
		t.Errorf("a role without a name has slug %q, want its GUID", got)
	}
}
