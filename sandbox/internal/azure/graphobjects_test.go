package azure_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPrincipalsAreFoundAsAzFindsThem holds the queries with which az resolves an assignee and
// shows the names of principals.
func TestPrincipalsAreFoundAsAzFindsThem(t *testing.T) {
	w := newWorld(t, quiet)
	w.group("rg")
	const identity = "/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1"
	made := must(t, w.arm("PUT", identity, vIdentity, object{"location": "westeurope"}), 201)
	clientID, principal := made.path("properties", "clientId"), made.path("properties", "principalId")
	group := must(t, w.graph("POST", "/groups", object{"displayName": "ops", "mailEnabled": false, "mailNickname": "ops", "securityEnabled": true}), 201).path("id")
	objectID, _ := w.application("web")
	for reason, c := range map[string]struct {
		filter string
		want   int
	}{
		"by a name of the principal":       {"servicePrincipalNames/any(c:c eq '" + clientID + "')", 1},
		"by the name of none":              {"servicePrincipalNames/any(c:c eq 'https://none')", 0},
		"by the resource of an identity":   {"alternativeNames/any(x:x eq '" + w.sub() + identity + "')", 1},
		"by the beginning of its name":     {"startswith(displayName,'id')", 1},
		"by kind and beginning, two terms": {"servicePrincipalType eq 'ManagedIdentity' and startswith(displayName,'sandbox')", 0},
	} {
		got := must(t, w.graph("GET", "/servicePrincipals?$filter="+url.QueryEscape(c.filter), nil), 200)
		if n := len(got.body["value"].([]any)); n != c.want {
			t.Errorf("%s: %d principals, want %d: %s", reason, n, c.want, got.text)
		}
	}
	byIDs := func(types ...string) map[string]string {
		body := object{"ids": []string{principal, group, objectID, "11111111-1111-1111-1111-111111111111"}}
		if types != nil {
			body["types"] = types
		}
		found := map[string]string{}
		for _, item := range must(t, w.graph("POST", "/directoryObjects/getByIds", body), 200).body["value"].([]any) {
			o := item.(map[string]any)
			found[o["id"].(string)], _ = o["@odata.type"].(string)
		}
		return found
	}
	all := map[string]string{principal: "#microsoft.graph.servicePrincipal", group: "#microsoft.graph.group", objectID: "#microsoft.graph.application"}
	if diff := cmp.Diff(all, byIDs()); diff != "" {
		t.Errorf("objects of all types (-want +got)\n%s", diff)
	}
	one := map[string]string{principal: "#microsoft.graph.servicePrincipal"}
	if diff := cmp.Diff(one, byIDs("user", "servicePrincipal")); diff != "" {
		t.Errorf("objects of one type (-want +got)\n%s", diff)
	}
	must(t, w.graph("POST", "/directoryObjects/getByIds", object{"ids": []string{}}), 400)
	must(t, w.graph("GET", "/directoryObjects/getByIds", nil), 405)
	must(t, w.graph("GET", "/directoryObjects/"+principal, nil), 200)
	must(t, w.graph("GET", "/directoryObjects/11111111-1111-4111-8111-111111111111", nil), 404)
}
