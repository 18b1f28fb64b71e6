package azure_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
)

const (
	aksServer   = "6dae42f8-4368-4678-94ff-3960e28e3630"
	rbacReader  = "7f6c6a51-bcf8-42ba-9220-52d62157d7db"
	rbacAdmin   = "3498e952-d568-435e-9b2c-8d77e338d7f7"
	rbacCluster = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"
)

// entraCluster creates a cluster whose users sign in with Entra ID, and returns its spec for the
// runtime.
func (w *world) entraCluster(path string, aad object) azure.ClusterSpec {
	w.t.Helper()
	w.poll(must(w.t, w.arm("PUT", path, vCluster2025, newCluster(func(_, p object) { p["aadProfile"], p["disableLocalAccounts"] = aad, true })), 201))
	spec := w.runtime.only(w.t)
	if spec.Entra == nil {
		w.t.Fatal("the spec for the runtime does not contain the settings of Entra ID")
	}
	return spec
}

func TestUsersOfACluster(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	group := must(t, w.graph("POST", "/groups", object{"displayName": "admins", "mailEnabled": false, "mailNickname": "admins", "securityEnabled": true}), 201).path("id")
	spec := w.entraCluster(clusterPath(rg, "aks1"), object{"managed": true, "adminGroupObjectIDs": []string{group}})
	if diff := cmp.Diff([]string{group}, spec.Entra.AdminGroups); diff != "" || spec.Entra.AzureRBAC {
		t.Errorf("Azure RBAC %t, admin groups (-want +got):\n%s", spec.Entra.AzureRBAC, diff)
	}
	deployer := w.azure.Account().Deployer.ObjectID
	token := w.token(aksServer)
	user, err := spec.Entra.Access.Authenticate(t.Context(), token)
	if err != nil || user == nil || user.Name != deployer || len(user.Groups) != 0 {
		t.Fatalf("the deployer is %+v, %v", user, err)
	}
	must(t, w.graph("POST", "/groups/"+group+"/members/$ref", object{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + deployer}), 204)
	if user, err = spec.Entra.Access.Authenticate(t.Context(), token); err != nil || !cmp.Equal(user.Groups, []string{group}) {
		t.Errorf("in the group the deployer is %+v, %v", user, err)
	}
	for reason, bad := range map[string]string{
		"a token for Resource Manager": w.token("https://management.azure.com"), "no token": "", "not a token": "x.y.z",
		"a service account token": w.newIssuer("https://westeurope.oic.prod-aks.azure.com/t/u/").sign(t, w.clock.now(), webSubject, nil),
	} {
		if user, err := spec.Entra.Access.Authenticate(t.Context(), bad); user != nil || err != nil {
			t.Errorf("%s: %+v, %v", reason, user, err)
		}
	}
	// Without Azure RBAC, Azure's roles neither allow nor refuse.
	if ok, reason, err := spec.Entra.Access.Authorize(t.Context(), azure.ClusterAttempt{User: deployer, Verb: "get", Resource: "pods"}); ok || reason != "" || err != nil {
		t.Errorf("without Azure RBAC: %t %q %v", ok, reason, err)
	}
	w.clock.advance(2 * time.Hour)
	if user, err := spec.Entra.Access.Authenticate(t.Context(), token); user != nil || err != nil {
		t.Errorf("a token that has expired: %+v, %v", user, err)
	}
}

func TestUsersOfAnotherTenantAreRefused(t *testing.T) {
	w := newWorld(t, quiet)
	spec := w.entraCluster(clusterPath(w.group("rg"), "aks1"), object{"managed": true, "tenantID": "11111111-1111-1111-1111-111111111111"})
	if user, err := spec.Entra.Access.Authenticate(t.Context(), w.token(aksServer)); user != nil || err != nil {
		t.Errorf("%+v, %v", user, err)
	}
}

func TestAzureRolesAuthoriseInACluster(t *testing.T) {
	w := newWorld(t, quiet)
	rg := w.group("rg")
	path := clusterPath(rg, "aks1")
	spec := w.entraCluster(path, object{"managed": true, "enableAzureRBAC": true})
	_, reader := w.actAs(rg, "reader", aksServer)
	_, admin := w.actAs(rg, "admin", aksServer)
	group := must(t, w.graph("POST", "/groups", object{"displayName": "ops", "mailEnabled": false, "mailNickname": "ops", "securityEnabled": true}), 201).path("id")
	for i, role := range []string{rbacReader, rbacAdmin, rbacCluster} {
		name := "3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a2" + string(rune('0'+i))
		body := assignment(w.sub(), role, []string{reader, admin, group}[i])
		if i == 2 {
			body["properties"].(object)["principalType"] = "Group"
		}
		must(t, w.arm("PUT", path+"/providers/Microsoft.Authorization/roleAssignments/"+name, vAssignment, body), 201)
	}
	_, local := w.actAs(rg, "local", aksServer)
	const local1 = "/namespaces/shop/providers/Microsoft.Authorization/roleAssignments/3f1c9d1e-2b7a-4a57-9f0e-0d6a5c2b1a23"
	must(t, w.arm("PUT", path+local1, vAssignment, assignment(w.sub(), rbacReader, local)), 201)
	must(t, w.arm("PUT", clusterPath(rg, "none")+local1, vAssignment, assignment(w.sub(), rbacReader, local)), 404)
	must(t, w.arm("GET", path+"/namespaces/shop", vCluster2025, nil), 404)
	deployer := w.azure.Account().Deployer.ObjectID
	for reason, c := range map[string]struct {
		attempt azure.ClusterAttempt
		want    bool
	}{
		"the Owner of the subscription has no data action in the cluster":       {azure.ClusterAttempt{User: deployer, Verb: "get", Resource: "pods", Namespace: "a"}, false},
		"a reader lists pods in a namespace":                                    {azure.ClusterAttempt{User: reader, Verb: "list", Resource: "pods", Namespace: "a"}, true},
		"a reader watches pods in all namespaces":                               {azure.ClusterAttempt{User: reader, Verb: "watch", Resource: "pods"}, true},
		"a reader gets resources of an API group":                               {azure.ClusterAttempt{User: reader, Verb: "get", Group: "apps", Resource: "deployments", Namespace: "a"}, true},
		"a reader does not get secrets":                                         {azure.ClusterAttempt{User: reader, Verb: "get", Resource: "secrets", Namespace: "a"}, false},
		"a reader does not patch":                                               {azure.ClusterAttempt{User: reader, Verb: "patch", Group: "apps", Resource: "deployments", Namespace: "a"}, false},
		"a reader does not exec in a pod":                                       {azure.ClusterAttempt{User: reader, Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "a"}, false},
		"an admin execs in a pod":                                               {azure.ClusterAttempt{User: admin, Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "a"}, true},
		"a reader of one namespace lists pods in it":                            {azure.ClusterAttempt{User: local, Verb: "list", Resource: "pods", Namespace: "shop"}, true},
		"a reader of one namespace does not list pods in another":               {azure.ClusterAttempt{User: local, Verb: "list", Resource: "pods", Namespace: "other"}, false},
		"a reader of one namespace does not list pods in all":                   {azure.ClusterAttempt{User: local, Verb: "list", Resource: "pods"}, false},
		"an admin does not create namespaces":                                   {azure.ClusterAttempt{User: admin, Verb: "create", Resource: "namespaces"}, false},
		"an admin binds roles":                                                  {azure.ClusterAttempt{User: admin, Verb: "bind", Group: "rbac.authorization.k8s.io", Resource: "clusterroles"}, true},
		"a member of the cluster admins' group deletes namespaces":              {azure.ClusterAttempt{User: deployer, Groups: []string{group}, Verb: "delete", Resource: "namespaces"}, true},
		"a member of the cluster admins' group gets a path that is no resource": {azure.ClusterAttempt{User: deployer, Groups: []string{group}, Verb: "get", Path: "/metrics"}, true},
		"a service account is not a user of Entra ID":                           {azure.ClusterAttempt{User: "system:serviceaccount:a:b", Verb: "get", Resource: "pods"}, false},
	} {
		ok, message, err := spec.Entra.Access.Authorize(t.Context(), c.attempt)
		if err != nil || ok != c.want {
			t.Errorf("%s: %t %v, want %t", reason, ok, err, c.want)
		}
		if account := strings.HasPrefix(c.attempt.User, "system:"); !ok && account != (message == "") {
			t.Errorf("%s: the reason is %q", reason, message)
		}
	}
	w.poll(must(t, w.arm("DELETE", path, vCluster2025, nil), 202))
	if ok, _, err := spec.Entra.Access.Authorize(t.Context(), azure.ClusterAttempt{User: reader, Verb: "list", Resource: "pods"}); ok || err != nil {
		t.Errorf("a deleted cluster: %t %v", ok, err)
	}
}

func TestGroups(t *testing.T) {
	w := newWorld(t, quiet)
	body := func(change func(object)) object {
		b := object{"displayName": "ops", "mailEnabled": false, "mailNickname": "ops", "securityEnabled": true}
		if change != nil {
			change(b)
		}
		return b
	}
	for reason, b := range map[string]object{
		"a group without a nickname":           body(func(b object) { delete(b, "mailNickname") }),
		"a group with a mailbox":               body(func(b object) { b["mailEnabled"] = true }),
		"a property that groups do not have":   body(func(b object) { b["colour"] = "red" }),
		"a group that is not a security group": body(func(b object) { b["securityEnabled"] = false }),
		"a group without a name":               body(func(b object) { delete(b, "displayName") }),
	} {
		if got := w.graph("POST", "/groups", b); got.status != 400 {
			t.Errorf("%s: %d %s", reason, got.status, got.text)
		}
	}
	group := "/groups/" + must(t, w.graph("POST", "/groups", body(nil)), 201).path("id")
	deployer := w.azure.Account().Deployer.ObjectID
	reference := object{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + deployer}
	must(t, w.graph("POST", group+"/members/$ref", reference), 204)
	must(t, w.graph("POST", group+"/members/$ref", reference), 400)
	must(t, w.graph("POST", group+"/members/$ref", object{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/11111111-1111-1111-1111-111111111111"}), 404)
	if got := must(t, w.graph("GET", group+"/members", nil), 200); !strings.Contains(got.text, deployer) {
		t.Errorf("members: %s", got.text)
	}
	if got := must(t, w.graph("GET", "/groups?$filter=displayName%20eq%20'ops'", nil), 200); len(got.body["value"].([]any)) != 1 {
		t.Errorf("groups: %s", got.text)
	}
	must(t, w.graph("DELETE", group+"/members/"+deployer+"/$ref", nil), 204)
	must(t, w.graph("DELETE", group+"/members/"+deployer+"/$ref", nil), 404)
	must(t, w.graph("DELETE", group, nil), 204)
	must(t, w.graph("GET", group, nil), 404)
}
