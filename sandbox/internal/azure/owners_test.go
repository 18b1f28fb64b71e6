package azure_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/graph"
)

const graphHost = "https://graph.microsoft.com"

// directoryClient sends requests to Graph as one principal.
type directoryClient struct {
	w         *world
	id, token string
}

func (d directoryClient) send(method, path string, body any) reply {
	d.w.t.Helper()
	return d.w.send(d.token, method, graphHost+"/v1.0"+path, body)
}

// pipeline returns an application with permissions of Graph, such as a pipeline that deploys.
func (w *world) pipeline(name string, permissions ...string) directoryClient {
	w.t.Helper()
	object, app := w.application(name)
	sp := must(w.t, w.graph("POST", "/servicePrincipals", map[string]any{"appId": app}), 201).path("id")
	resource := must(w.t, w.graph("GET", "/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')", nil), 200)
	for _, r := range resource.body["appRoles"].([]any) {
		role := r.(map[string]any)
		if slices.Contains(permissions, role["value"].(string)) {
			must(w.t, w.graph("POST", "/servicePrincipals/"+sp+"/appRoleAssignments", map[string]any{
				"principalId": sp, "resourceId": resource.path("id"), "appRoleId": role["id"],
			}), 201)
		}
	}
	d := w.azure.Account().Deployer
	must(w.t, w.graph("POST", "/applications/"+object+"/federatedIdentityCredentials", graphFIC("login", d.Issuer, d.Subject, d.Audience)), 201)
	assertion, err := w.azure.DeployerAssertion(time.Hour)
	if err != nil {
		w.t.Fatal(err)
	}
	token := must(w.t, w.exchange(w.azure.Account().TenantID, app, assertion, graphHost+"/.default"), 200).path("access_token")
	return directoryClient{w: w, id: sp, token: token}
}

func (w *world) person(name string, roles ...string) directoryClient {
	w.t.Helper()
	id, token, err := w.azure.UserToken(name, roles, graphHost)
	if err != nil {
		w.t.Fatal(err)
	}
	return directoryClient{w: w, id: id, token: token}
}

// owners returns the object ids of an object's owners.
func (w *world) owners(path string) []string {
	w.t.Helper()
	ids := []string{}
	for _, o := range must(w.t, w.graph("GET", path+"/owners", nil), 200).body["value"].([]any) {
		ids = append(ids, o.(map[string]any)["id"].(string))
	}
	return ids
}

func isDenied(got reply) bool {
	return got.status == 403 && got.code() == "Authorization_RequestDenied" && got.message() == "Insufficient privileges to complete the operation."
}

// TestWhoOwnsWhatItCreates compares the owner of a new application for every kind of caller, and
// what happens to one whose owner is taken away before it is finished, as
// terraform-provider-azuread does with a caller that the program does not name.
func TestWhoOwnsWhatItCreates(t *testing.T) {
	w := newWorld(t, quiet)
	for reason, tc := range map[string]struct {
		client directoryClient
		// owns is true if the caller becomes the owner; powerless, if it needs that.
		owns, powerless bool
	}{
		"a pipeline that manages what it owns":     {w.pipeline("owned", graph.RoleManageOwned), true, true},
		"a pipeline that manages everything":       {w.pipeline("all", graph.RoleManage), false, false},
		"an ordinary user":                         {w.person("ada@example.com"), true, true},
		"a user who is an application developer":   {w.person("dev@example.com", graph.RoleApplicationDeveloper), true, true},
		"a user who administrates applications":    {w.person("admin@example.com", graph.RoleApplicationAdministrator), false, false},
		"a user who administrates everything":      {w.person("root@example.com", graph.RoleGlobalAdministrator), false, false},
		"an administrator of cloud applications":   {w.person("cloud@example.com", graph.RoleCloudApplicationAdministrator), false, false},
		"a pipeline with both of the two rights":   {w.pipeline("both", graph.RoleManageOwned, graph.RoleManage), false, false},
		"an administrator who is a developer, too": {w.person("x@example.com", graph.RoleApplicationDeveloper, graph.RoleGlobalAdministrator), false, false},
	} {
		t.Run(reason, func(t *testing.T) {
			app := must(t, tc.client.send("POST", "/applications", object{"displayName": "shop"}), 201)
			path := "/applications/" + app.path("id")
			want := []string{}
			if tc.owns {
				want = append(want, tc.client.id)
			}
			if diff := cmp.Diff(want, w.owners(path)); diff != "" {
				t.Errorf("owners (-want +got):\n%s", diff)
			}
			if tc.owns {
				must(t, tc.client.send("DELETE", path+"/owners/"+tc.client.id+"/$ref", nil), 204)
			}
			fic := graphFIC("f", "https://example.com/", "s", audience)
			for _, step := range []reply{
				tc.client.send("POST", "/servicePrincipals", object{"appId": app.path("appId")}),
				tc.client.send("POST", path+"/federatedIdentityCredentials", fic),
				tc.client.send("PATCH", path, object{"displayName": "other"}),
				tc.client.send("DELETE", path, nil),
			} {
				if isDenied(step) != tc.powerless {
					t.Errorf("without an owner: %d %s", step.status, step.text)
				}
			}
		})
	}
}

func TestOwnersMayManageWhatTheyOwn(t *testing.T) {
	w := newWorld(t, quiet)
	for reason, client := range map[string]directoryClient{
		"a pipeline": w.pipeline("owned", graph.RoleManageOwned), "an ordinary user": w.person("ada@example.com"),
	} {
		t.Run(reason, func(t *testing.T) {
			app := must(t, client.send("POST", "/applications", object{"displayName": "shop", "owners@odata.bind": []string{graphHost + "/v1.0/t/directoryObjects/" + client.id}}), 201)
			path := "/applications/" + app.path("id")
			sp := must(t, client.send("POST", "/servicePrincipals", object{"appId": app.path("appId")}), 201).path("id")
			fic := must(t, client.send("POST", path+"/federatedIdentityCredentials", graphFIC("f", "https://example.com/", "s", audience)), 201).path("id")
			if diff := cmp.Diff([]string{client.id}, w.owners("/servicePrincipals/"+sp)); diff != "" {
				t.Errorf("owners of the service principal (-want +got):\n%s", diff)
			}
			// Another deployer with the same rights, who is no owner, may read it and no more.
			for _, other := range []directoryClient{w.pipeline("other", graph.RoleManageOwned), w.person("bob@example.com"), w.pipeline("reader", graph.RoleRead)} {
				must(t, other.send("GET", path, nil), 200)
				for _, step := range [][]any{
					{"PATCH", path, object{"displayName": "mine"}}, {"DELETE", path, nil}, {"DELETE", "/servicePrincipals/" + sp, nil},
					{"PATCH", "/servicePrincipals/" + sp, object{"notes": "mine"}}, {"DELETE", path + "/federatedIdentityCredentials/" + fic, nil},
					{"PATCH", path + "/federatedIdentityCredentials/" + fic, object{"subject": "x"}},
					{"POST", path + "/owners/$ref", object{"@odata.id": graphHost + "/v1.0/directoryObjects/" + other.id}},
					{"DELETE", path + "/owners/" + client.id + "/$ref", nil},
				} {
					if got := other.send(step[0].(string), step[1].(string), step[2]); !isDenied(got) {
						t.Errorf("%s %s by somebody else: %d %s", step[0], step[1], got.status, got.text)
					}
				}
			}
			must(t, client.send("DELETE", path+"/federatedIdentityCredentials/"+fic, nil), 204)
			must(t, client.send("DELETE", "/servicePrincipals/"+sp, nil), 204)
			must(t, client.send("DELETE", path, nil), 204)
		})
	}
}

func TestOwnersAreAddedAndRemoved(t *testing.T) {
	w := newWorld(t, quiet)
	owned, user := w.pipeline("owned", graph.RoleManageOwned), w.person("ada@example.com")
	reference := func(id string) object { return object{"@odata.id": graphHost + "/v1.0/directoryObjects/" + id} }
	app := must(t, user.send("POST", "/applications", object{"displayName": "shop"}), 201).path("id")
	path := "/applications/" + app

	must(t, user.send("POST", path+"/owners/$ref", reference(owned.id)), 204)
	if diff := cmp.Diff([]string{user.id, owned.id}, w.owners(path)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := user.send("POST", path+"/owners/$ref", reference(owned.id)); got.status != 400 {
		t.Errorf("an owner twice: %d %s", got.status, got.text)
	}
	if got := user.send("POST", path+"/owners/$ref", reference(app)); got.status != 404 {
		t.Errorf("an application as an owner: %d %s", got.status, got.text)
	}
	// OwnedBy does not suffice for another owner, though it does for a removal.
	if got := owned.send("POST", path+"/owners/$ref", reference(w.azure.Account().Deployer.ObjectID)); !isDenied(got) {
		t.Errorf("an owner added by a pipeline: %d %s", got.status, got.text)
	}
	must(t, owned.send("DELETE", path+"/owners/"+user.id+"/$ref", nil), 204)
	must(t, owned.send("DELETE", path+"/owners/"+user.id+"/$ref", nil), 404)
	refs := must(t, owned.send("GET", path+"/owners/$ref", nil), 200)
	if diff := cmp.Diff([]any{object{"@odata.id": graphHost + "/v1.0/directoryObjects/" + owned.id}}, refs.body["value"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	must(t, owned.send("GET", "/directoryObjects/"+user.id, nil), 200)
	must(t, owned.send("GET", "/directoryObjects/11111111-1111-4111-8111-111111111111", nil), 404)
}

func TestTheTenantMayForbidRegistrations(t *testing.T) {
	w := newWorld(t, quiet)
	user, developer := w.person("ada@example.com"), w.person("dev@example.com", graph.RoleApplicationDeveloper)
	policy := "/policies/authorizationPolicy"
	if got := user.send("PATCH", policy, object{"defaultUserRolePermissions": object{"allowedToCreateApps": false}}); !isDenied(got) {
		t.Errorf("a user changed the policy: %d %s", got.status, got.text)
	}
	must(t, w.graph("PATCH", policy, object{"defaultUserRolePermissions": object{"allowedToCreateApps": false}}), 204)
	if got := must(t, user.send("GET", policy, nil), 200).body["defaultUserRolePermissions"]; !cmp.Equal(got, any(object{"allowedToCreateApps": false})) {
		t.Errorf("policy %v", got)
	}
	if got := user.send("POST", "/applications", object{"displayName": "shop"}); !isDenied(got) {
		t.Errorf("an ordinary user: %d %s", got.status, got.text)
	}
	must(t, developer.send("POST", "/applications", object{"displayName": "shop"}), 201)
	must(t, w.pipeline("owned", graph.RoleManageOwned).send("POST", "/applications", object{"displayName": "shop"}), 201)
}

func TestPermissionsOfApplications(t *testing.T) {
	w := newWorld(t, quiet)
	p := w.pipeline("owned", graph.RoleManageOwned)
	list := "/servicePrincipals/" + p.id + "/appRoleAssignments"
	got := must(t, w.graph("GET", list, nil), 200).body["value"].([]any)
	if len(got) != 1 || got[0].(map[string]any)["appRoleId"] != "18a4783c-866b-4cc7-a460-3d5e5662c884" {
		t.Fatalf("permissions %v", got)
	}
	given := got[0].(map[string]any)
	delete(given, "id")
	if again := w.graph("POST", list, given); again.status != 400 || again.message() != "Permission being assigned already exists on the object" {
		t.Errorf("a permission twice: %d %s", again.status, again.text)
	}
	if own := p.send("POST", list, given); !isDenied(own) {
		t.Errorf("a pipeline gave itself a permission: %d %s", own.status, own.text)
	}
	must(t, w.graph("POST", list, object{"principalId": p.id, "resourceId": p.id, "appRoleId": given["appRoleId"]}), 400)
	id := must(t, w.graph("GET", list, nil), 200).body["value"].([]any)[0].(map[string]any)["id"].(string)
	must(t, w.graph("DELETE", list+"/"+id, nil), 204)
	must(t, w.graph("DELETE", list+"/"+id, nil), 404)
	if n := len(must(t, w.graph("GET", "/servicePrincipals?$filter=appId%20eq%20'00000003-0000-0000-c000-000000000000'", nil), 200).body["value"].([]any)); n != 1 {
		t.Errorf("%d service principals of Graph", n)
	}
}
