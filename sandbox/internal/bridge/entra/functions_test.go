package entra

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
)

const (
	getApplication = "azuread:index/getApplication:getApplication"
	getPrincipal   = "azuread:index/getServicePrincipal:getServicePrincipal"
)

func invoke(t *testing.T, p *bridge.Provider, token string, args resource.PropertyMap) (map[string]any, error) {
	t.Helper()
	res, err := p.Invoke(t.Context(), plugin.InvokeRequest{Tok: tokens.ModuleMember(token), Args: args})
	if err == nil && len(res.Failures) > 0 {
		t.Fatalf("%s: %v", token, res.Failures)
	}
	return res.Properties.Mappable(), err
}

func TestLookups(t *testing.T) {
	fake := newGraph()
	p := provider(t, fake, "")
	app := create(t, p, applicationToken, inputs("displayName", "web and 'shop'", "notes", "n", "tags", []any{"HideApp"}))
	client, object := app.Properties["clientId"].StringValue(), app.Properties["objectId"].StringValue()
	sp := create(t, p, principalToken, inputs("clientId", client))
	fake.objects["/servicePrincipals/"+string(sp.ID)]["displayName"] = "web"
	fake.objects["/servicePrincipals/"+string(sp.ID)]["servicePrincipalNames"] = []any{client, "api://web"}

	for reason, args := range map[string]resource.PropertyMap{
		"by client ID":                      inputs("clientId", client),
		"by client ID under its older name": inputs("applicationId", client),
		"by object ID":                      inputs("objectId", object),
		"by a name that has to be quoted":   inputs("displayName", "web and 'shop'"),
	} {
		found, err := invoke(t, p, getApplication, args)
		if err != nil {
			t.Fatalf("an application %s: %v", reason, err)
		}
		got := map[string]any{}
		for _, name := range []string{"id", "objectId", "clientId", "applicationId", "displayName", "notes", "description", "disabledByMicrosoft", "featureTags", "owners", "publicClients"} {
			got[name] = found[name]
		}
		want := map[string]any{
			"id": "/applications/" + object, "objectId": object, "clientId": client, "applicationId": client, "displayName": "web and 'shop'", "notes": "n",
			"description": "", "disabledByMicrosoft": "<nil>", "owners": []any{}, "publicClients": []any{map[string]any{"redirectUris": []any{}}},
			"featureTags": []any{map[string]any{"customSingleSignOn": false, "enterprise": false, "gallery": false, "hide": true}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("an application %s (-want +got)\n%s", reason, diff)
		}
	}
	for reason, args := range map[string]resource.PropertyMap{
		"by client ID": inputs("clientId", client), "by object ID": inputs("objectId", string(sp.ID)), "by name": inputs("displayName", "web"),
	} {
		found, err := invoke(t, p, getPrincipal, args)
		if err != nil || found["id"] != string(sp.ID) || found["objectId"] != string(sp.ID) || found["clientId"] != client {
			t.Errorf("a service principal %s: %v %v", reason, found, err)
		}
		if diff := cmp.Diff([]any{"api://web"}, found["servicePrincipalNames"]); diff != "" {
			t.Errorf("its names without its client ID (-want +got)\n%s", diff)
		}
	}
}

func TestLookupsThatFindNothing(t *testing.T) {
	p := provider(t, newGraph(), "")
	for range 2 {
		create(t, p, applicationToken, inputs("displayName", "twin"))
	}
	const none = "11111111-2222-4333-8444-555555555555"
	for reason, tc := range map[string]struct {
		token string
		args  resource.PropertyMap
		want  string
	}{
		"no application of that client ID":          {getApplication, inputs("clientId", none), `Application not found: No applications found matching filter: "appId eq '` + none + `'"`},
		"no application of that object ID":          {getApplication, inputs("objectId", none), `Application with object ID "` + none + `" was not found`},
		"no application of that name":               {getApplication, inputs("displayName", "it's"), `Application not found: No applications found matching filter: "displayName eq 'it''s'"`},
		"two applications of that name":             {getApplication, inputs("displayName", "twin"), `Multiple applications found: Found multiple applications matching filter: "displayName eq 'twin'"`},
		"no argument":                               {getApplication, inputs(), "one of `applicationId,clientId,displayName,identifierUri,objectId` must be specified"},
		"two arguments":                             {getApplication, inputs("clientId", none, "objectId", none), "only one of"},
		"a resource ID in place of an object ID":    {getApplication, inputs("objectId", "/applications/"+none), `expected "objectId" to be a valid UUID`},
		"a URI, which the sandbox does not support": {getApplication, inputs("identifierUri", "api://x"), "does not support 'identifierUri'"},
		"no principal of that client ID":            {getPrincipal, inputs("clientId", none), `No service principal found for application ID: "` + none + `"`},
		"no principal of that object ID":            {getPrincipal, inputs("objectId", none), `Service principal with object ID "` + none + `" was not found`},
		"no principal of that name":                 {getPrincipal, inputs("displayName", "x"), `Service principal not found: No service principals found matching filter: "displayName eq 'x'"`},
	} {
		t.Run(reason, func(t *testing.T) {
			got, err := invoke(t, p, tc.token, tc.args)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v %v, want …%s…", got, err, tc.want)
			}
		})
	}
}
