package azure

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRoleDefinitionName(t *testing.T) {
	const scope = "/subscriptions/s/resourceGroups/g"
	// Part of the contract: another value replaces every custom role.
	if got, want := RoleDefinitionName(scope, "List things"), "bfefeb25-586c-579e-9ad2-f542d8dcf8bb"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	same := RoleDefinitionName(scope, "List things")
	for reason, other := range map[string]string{
		"names have no case":              RoleDefinitionName(scope, "LIST things"),
		"ids have no case":                RoleDefinitionName(strings.ToUpper(scope), "List things"),
		"a trailing slash does not count": RoleDefinitionName(scope+"/", "List things"),
	} {
		if other != same {
			t.Errorf("%s: %s and %s", reason, other, same)
		}
	}
	for reason, other := range map[string]string{
		"another name":  RoleDefinitionName(scope, "List thing"),
		"another scope": RoleDefinitionName(scope+"2", "List things"),
	} {
		if other == same {
			t.Errorf("%s has the same GUID", reason)
		}
	}
}

func TestValidateRoleName(t *testing.T) {
	for reason, tc := range map[string]struct{ name, want string }{
		"letters, spaces and signs":      {name: "Orders: list (prod) – v2"},
		"512 characters":                 {name: strings.Repeat("é", MaxRoleName)},
		"no name":                        {name: " ", want: "a name is required"},
		"513 characters":                 {name: strings.Repeat("é", MaxRoleName+1), want: "513 characters: Azure allows at most 512"},
		"space around it":                {name: "x ", want: "white space"},
		"a line break":                   {name: "a\nb", want: "control character"},
		"a built-in role's, in any case": {name: "reader", want: `"Reader" is a built-in role`},
	} {
		checkError(t, reason, ValidateRoleName(tc.name), tc.want)
	}
}

func TestValidateAction(t *testing.T) {
	for reason, tc := range map[string]struct{ action, want string }{
		"a read":                          {action: "Microsoft.Authorization/roleAssignments/read"},
		"an operation":                    {action: "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"},
		"any case":                        {action: "MICROSOFT.storage/storageAccounts/READ"},
		"a provider of three parts":       {action: "Microsoft.A.B/c/write"},
		"every operation of a type":       {action: "Microsoft.Storage/storageAccounts/*"},
		"every type":                      {action: "Microsoft.Storage/*/read"},
		"several wildcards":               {action: "Microsoft.CostManagement/*/query/*"},
		"every provider":                  {action: "*/read"},
		"everything":                      {action: "*", want: "allow everything"},
		"everything in two parts":         {action: "*/*", want: "allow everything"},
		"nothing":                         {action: "", want: "required"},
		"no provider":                     {action: "storageAccounts/read", want: "Company.Provider/type/read"},
		"no verb at the end":              {action: "Microsoft.Storage/storageAccounts", want: "ends with read"},
		"a verb that Azure does not have": {action: "Microsoft.Storage/storageAccounts/list", want: "ends with read"},
		"a space":                         {action: "Microsoft.Storage/storage accounts/read", want: "is not an action"},
		"a leading slash":                 {action: "/Microsoft.Storage/storageAccounts/read", want: "is not an action"},
		"an empty part":                   {action: "Microsoft.Storage//read", want: "is not an action"},
		"a scope":                         {action: "/subscriptions/s", want: "is not an action"},
	} {
		checkError(t, reason, ValidateAction(tc.action), tc.want)
	}
}

func TestGivesRoles(t *testing.T) {
	for action, want := range map[string]bool{
		"Microsoft.Authorization/roleAssignments/write": true,
		"microsoft.authorization/ROLEDEFINITIONS/write": true,
		"Microsoft.Authorization/*":                     true,
		"Microsoft.Authorization/*/write":               true,
		"*/write":                                       true,
		"Microsoft.Authorization/elevateAccess/action":  true,
		"*/action":                      true,
		"Microsoft.*/roleAssignments/*": true,
		"Microsoft.Authorization/roleAssignments/read":   false,
		"Microsoft.Authorization/roleAssignments/delete": false,
		"*/read":                              false,
		"Microsoft.Storage/*":                 false,
		"Microsoft.Authorization/locks/write": false,
		"MicrosoftxAuthorization/roleAssignments/write": false,
	} {
		if got := GivesRoles(action); got != want {
			t.Errorf("%s: %t", action, got)
		}
	}
}

func TestRoleSlug(t *testing.T) {
	for reason, tc := range map[string]struct{ name, want string }{
		"as of a built-in role":          {"Orders reader", "orders-reader"},
		"names have no case":             {"ORDERS reader", "orders-reader"},
		"a hyphen is not a space":        {"Orders-reader", "orders-reader-34bd383a"},
		"other characters":               {"Orders: läse", "orders--l-se-"},
		"no letter that a slug may have": {"読者", "role-"},
	} {
		got := RoleSlug(tc.name)
		if got != tc.want && !(strings.HasSuffix(tc.want, "-") && strings.HasPrefix(got, tc.want) && len(got) == len(tc.want)+8) {
			t.Errorf("%s: RoleSlug(%q) = %q, want %q", reason, tc.name, got, tc.want)
		}
	}
}

func TestRoleSlugsAreLegalAndDifferent(t *testing.T) {
	name := rapid.OneOf(rapid.String(), rapid.StringMatching(`[aA -]{0,4}`), rapid.StringMatching(`[a-z .]{55,70}`))
	rapid.Check(t, func(t *rapid.T) {
		a, b := name.Draw(t, "a"), name.Draw(t, "b")
		slug := RoleSlug(a)
		if len(slug) > maxSlug+9 || strings.Trim(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Fatalf("RoleSlug(%q) = %q", a, slug)
		}
		//lint:ignore SA6005 RoleSlug goes by lower case; EqualFold takes more for equal
		if strings.ToLower(a) != strings.ToLower(b) && slug == RoleSlug(b) {
			t.Fatalf("%q and %q have the slug %q", a, b, slug)
		}
	})
}

// checkError compares an error with a part of its text; none stands for no error.
func checkError(t *testing.T, reason string, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("%s: error = %v, want %q", reason, err, want)
	}
}

func TestActionAllows(t *testing.T) {
	for reason, tc := range map[string]struct {
		action string
		want   bool
	}{
		"the operation itself":        {ActionReadSecret, true},
		"any case":                    {strings.ToUpper(ActionReadSecret), true},
		"a wildcard over slashes":     {"Microsoft.KeyVault/*", true},
		"a wildcard in a part":        {"Microsoft.KeyVault/vaults/secrets/get*/action", true},
		"another operation":           {"Microsoft.KeyVault/vaults/secrets/setSecret/action", false},
		"an operation that is longer": {ActionReadSecret + "/more", false},
		"a full stop is no wildcard":  {"MicrosoftxKeyVault/*", false},
	} {
		if got := ActionAllows(tc.action, ActionReadSecret); got != tc.want {
			t.Errorf("%s: %v", reason, got)
		}
	}
}
