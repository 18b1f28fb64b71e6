package azure

import (
	"strings"
	"testing"
)

func TestSubscriptionOf(t *testing.T) {
	for id, want := range map[string]string{
		"/subscriptions/s":                                   "s",
		"/SUBSCRIPTIONS/s/resourceGroups/g":                  "s",
		"/providers/Microsoft.Management/managementGroups/g": "",
		"subscriptions/s":                                    "",
		"":                                                   "",
	} {
		if got := SubscriptionOf(id); got != want {
			t.Errorf("SubscriptionOf(%q) = %q, want %q", id, got, want)
		}
	}
}

func TestValidateResourceID(t *testing.T) {
	const registry = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r"
	for reason, tc := range map[string]struct{ id, typ, want string }{
		"the type's own id":            {registry, TypeContainerRegistry, ""},
		"case does not count":          {strings.ToUpper(registry), TypeContainerRegistry, ""},
		"a nested type":                {"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/n", TypeSubnet, ""},
		"another type":                 {registry, TypeWorkspace, "Microsoft.OperationalInsights/workspaces/{name}"},
		"the parent of a nested type":  {"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v", TypeSubnet, "subnets/{name}"},
		"something below the resource": {registry + "/webhooks/w", TypeContainerRegistry, "is not the id"},
		"a name":                       {"r", TypeContainerRegistry, "starts with /subscriptions/"},
		"nothing":                      {"", TypeContainerRegistry, "required"},
		"an empty segment":             {strings.Replace(registry, "/s/", "//", 1), TypeContainerRegistry, "empty segment"},
	} {
		err := ValidateResourceID(tc.id, tc.typ)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v, want %q", reason, err, tc.want)
		}
	}
}

func TestParentID(t *testing.T) {
	for id, want := range map[string]string{"/a/b/c/d": "/a/b", "b/c": "", "": ""} {
		if got := ParentID(id); got != want {
			t.Errorf("ParentID(%q) = %q, want %q", id, got, want)
		}
	}
}
