package integration

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/auth"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/azrequest"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/entra"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/graph"
)

// pipeline returns an azuread provider that is logged in as an application with one permission of
// Graph, and the object id of its service principal.
func (f *fixture) pipeline(name, permission string) (p plugin.Provider, objectID string) {
	f.t.Helper()
	account, err := auth.New(auth.Options{Provider: "test", Getenv: f.getenv, Transport: f.transport})
	if err != nil {
		f.t.Fatal(err)
	}
	client := graph.New(account.Credential, azrequest.Options{Transport: f.transport})
	do := func(method, path string, body object) object {
		f.t.Helper()
		answer, err := client.Do(f.t.Context(), method, path, nil, body)
		if err != nil {
			f.t.Fatal(err)
		}
		return answer
	}
	app := do(http.MethodPost, "/applications", object{"displayName": name})
	id := do(http.MethodPost, "/servicePrincipals", object{"appId": app["appId"]})["id"]
	offers := do(http.MethodGet, "/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')", nil)
	roles := offers["appRoles"].([]any)
	role := roles[slices.IndexFunc(roles, func(r any) bool { return r.(object)["value"] == permission })].(object)
	do(http.MethodPost, "/servicePrincipals/"+id.(string)+"/appRoleAssignments", object{"principalId": id, "resourceId": offers["id"], "appRoleId": role["id"]})
	d := f.account.Deployer
	do(http.MethodPost, "/applications/"+app["id"].(string)+"/federatedIdentityCredentials", object{
		"name": "login", "issuer": d.Issuer, "subject": d.Subject, "audiences": []any{d.Audience},
	})
	e, err := entra.New(bridge.Options{Transport: f.transport, Getenv: func(name string) string {
		if name == "ARM_CLIENT_ID" {
			return app["appId"].(string)
		}
		return f.getenv(name)
	}})
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := e.Configure(f.t.Context(), plugin.ConfigureRequest{}); err != nil {
		f.t.Fatal(err)
	}
	return e, id.(string)
}

// workload creates an application, its service principal and a credential with the given owners. It
// returns the name of the first that failed.
func (f *fixture) workload(p plugin.Provider, owners []any) (failed string, err error) {
	f.t.Helper()
	create := func(token string, in resource.PropertyMap) (plugin.CreateResponse, error) {
		if owners != nil && !strings.HasSuffix(token, "Credential") {
			in["owners"] = resource.NewPropertyValue(owners)
		}
		req := plugin.CreateRequest{Properties: in, URN: resource.URN("urn:pulumi:local::proj::" + token + "::x"), Name: "x", Type: tokens.Type(token)}
		return p.Create(f.t.Context(), req)
	}
	app, err := create("azuread:index/application:Application", props("displayName", "shop"))
	if err != nil {
		return "application", err
	}
	if _, err = create("azuread:index/servicePrincipal:ServicePrincipal", props("clientId", app.Properties["clientId"].StringValue())); err != nil {
		return "service principal", err
	}
	_, err = create("azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential", props(
		"applicationId", string(app.ID), "displayName", "f", "issuer", "https://example.com/", "subject", "s", "audiences", []any{audience},
	))
	if err != nil {
		return "credential", err
	}
	return "", nil
}

// TestADeployerWithoutOwnershipFails plays both ways of making an application with all rights that
// a deployer can have: without owners, where the provider takes the deployer's ownership away, and
// with the deployer as the owner.
func TestADeployerWithoutOwnershipFails(t *testing.T) {
	f := newFixture(t)
	owned, itself := f.pipeline("owned", "Application.ReadWrite.OwnedBy")
	all, _ := f.pipeline("all", "Application.ReadWrite.All")
	reader, _ := f.pipeline("reader", "Application.Read.All")
	for reason, tc := range map[string]struct {
		p      plugin.Provider
		owners []any
		want   string
	}{
		"OwnedBy, and nobody named":        {owned, nil, "service principal"},
		"OwnedBy, and somebody else named": {owned, []any{f.account.Deployer.ObjectID}, "service principal"},
		"OwnedBy, and itself named":        {owned, []any{itself}, ""},
		"every application, nobody named":  {all, nil, ""},
		"no right to write":                {reader, nil, "application"},
	} {
		t.Run(reason, func(t *testing.T) {
			failed, err := f.workload(tc.p, tc.owners)
			if failed != tc.want {
				t.Fatalf("failed at %q: %v, want %q", failed, err, tc.want)
			}
			if tc.want != "" && (!strings.Contains(err.Error(), "Authorization_RequestDenied") || !strings.Contains(err.Error(), "Insufficient privileges to complete the operation.")) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestOwnersAreReadChangedAndImported(t *testing.T) {
	f := newFixture(t)
	_, somebody := f.pipeline("somebody", "Application.Read.All")
	me := f.account.Deployer.ObjectID
	app := f.create(scenario{
		p: f.entra, token: "azuread:index/application:Application", name: "owned",
		inputs: props("displayName", "owned", "owners", []any{me}), later: props("displayName", "owned", "owners", []any{me, somebody}),
	})
	want := []any{me, somebody}
	slices.SortFunc(want, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	if diff := cmp.Diff(want, app.outputs["owners"].Mappable()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	f.remove(app)
}
