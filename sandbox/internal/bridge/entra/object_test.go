package entra

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/bridgetest"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

const (
	applicationToken = "azuread:index/application:Application"
	principalToken   = "azuread:index/servicePrincipal:ServicePrincipal"
	credentialToken  = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
)

func provider(t *testing.T, fake *fakeGraph, journal string) *bridge.Provider {
	t.Helper()
	p, err := New(bridge.Options{
		Getenv:     bridgetest.Environment(t),
		Transport:  bridgetest.Hosts(map[string]http.Handler{"graph.microsoft.com": fake, "login.microsoftonline.com": bridgetest.Login(t)}),
		Retry:      policy.RetryOptions{MaxRetries: 1, RetryDelay: time.Millisecond},
		JournalDir: journal,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Configure(t.Context(), plugin.ConfigureRequest{}); err != nil {
		t.Fatal(err)
	}
	return p
}

func inputs(pairs ...any) resource.PropertyMap {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return value.FromMap(m)
}

func urnOf(token string) (resource.URN, string, tokens.Type) {
	return resource.URN("urn:pulumi:local::proj::" + token + "::x"), "x", tokens.Type(token)
}

func create(t *testing.T, p plugin.Provider, token string, in resource.PropertyMap) plugin.CreateResponse {
	t.Helper()
	res, err := tryCreate(t, p, token, in)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func tryCreate(t *testing.T, p plugin.Provider, token string, in resource.PropertyMap) (plugin.CreateResponse, error) {
	t.Helper()
	req := plugin.CreateRequest{Properties: in}
	req.URN, req.Name, req.Type = urnOf(token)
	return p.Create(t.Context(), req)
}

func TestTypesAreAsReviewed(t *testing.T) {
	p, err := New(bridge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	bridgetest.Golden(t, filepath.Join("testdata", "types.golden"), bridgetest.Describe(p.Package(), nil))
}

func TestTheThreeObjectsAndTheirIDs(t *testing.T) {
	fake := newGraph()
	fake.invisible = 2
	p := provider(t, fake, "")
	app := create(t, p, applicationToken, inputs("displayName", "app", "notes", "n"))
	object, client := app.Properties["objectId"].StringValue(), app.Properties["clientId"].StringValue()
	if string(app.ID) != "/applications/"+object || client == object {
		t.Errorf("application %s, object %s, client %s", app.ID, object, client)
	}
	principal := create(t, p, principalToken, inputs("clientId", client))
	if string(principal.ID) != principal.Properties["objectId"].StringValue() || principal.Properties["clientId"].V != client {
		t.Errorf("service principal: %v", principal)
	}
	fic := create(t, p, credentialToken, inputs("applicationId", string(app.ID), "displayName", "fic", "issuer", "https://i/",
		"subject", "system:serviceaccount:n:s", "audiences", []any{"api://AzureADTokenExchange"}))
	want := object + "/federatedIdentityCredential/" + fic.Properties["credentialId"].StringValue()
	if string(fic.ID) != want || fic.Properties["applicationId"].V != string(app.ID) || fic.Properties["displayName"].V != "fic" {
		t.Errorf("credential %s, want %s: %v", fic.ID, want, fic.Properties)
	}

	update := plugin.UpdateRequest{ID: app.ID, OldInputs: inputs("displayName", "app", "notes", "n"), NewInputs: inputs("displayName", "other")}
	update.URN, update.Name, update.Type = urnOf(applicationToken)
	changed, err := p.Update(t.Context(), update)
	if err != nil || changed.Properties["displayName"].V != "other" || changed.Properties["notes"].V != "" {
		t.Errorf("after an update that removes the notes: %v %v", changed.Properties, err)
	}
	read := plugin.ReadRequest{ID: fic.ID}
	read.URN, read.Name, read.Type = urnOf(credentialToken)
	imported, err := p.Read(t.Context(), read)
	if err != nil || imported.Inputs["issuer"].V != "https://i/" || imported.Inputs["applicationId"].V != string(app.ID) {
		t.Errorf("import: %v %v", imported.Inputs, err)
	}
	for _, made := range []struct {
		token string
		id    resource.ID
	}{{credentialToken, fic.ID}, {principalToken, principal.ID}, {applicationToken, app.ID}} {
		id := made.id
		req := plugin.DeleteRequest{ID: id}
		req.URN, req.Name, req.Type = urnOf(made.token)
		if _, err := p.Delete(t.Context(), req); err != nil {
			t.Errorf("deleting %s: %v", id, err)
		}
		if _, err := p.Delete(t.Context(), req); err == nil {
			t.Errorf("%s was deleted twice; the real provider fails if it is gone", id)
		}
	}
	if len(fake.objects) != 0 {
		t.Errorf("left over: %v", fake.objects)
	}
}

func TestPreviewOfAnUpdateKnowsTheIDs(t *testing.T) {
	p := provider(t, newGraph(), "")
	app := create(t, p, applicationToken, inputs("displayName", "app"))
	principal := create(t, p, principalToken, inputs("clientId", app.Properties["clientId"].StringValue()))
	fic := create(t, p, credentialToken, inputs("applicationId", string(app.ID), "displayName", "fic", "issuer", "https://i/",
		"subject", "system:serviceaccount:n:s", "audiences", []any{"api://AzureADTokenExchange"}))
	for reason, tc := range map[string]struct {
		token  string
		old    plugin.CreateResponse
		news   resource.PropertyMap
		keeps  []resource.PropertyKey
		change resource.PropertyKey
	}{
		"the principal of a renamed application is not replaced": {
			applicationToken, app, inputs("displayName", "other"),
			[]resource.PropertyKey{"applicationId", "clientId", "objectId"}, "displayName",
		},
		"the grants of a principal with notes are not replaced": {
			principalToken, principal, inputs("clientId", app.Properties["clientId"].StringValue(), "notes", "n"),
			[]resource.PropertyKey{"applicationId", "applicationTenantId", "clientId", "objectId"}, "notes",
		},
		"a credential with a description is the same one": {
			credentialToken, fic, inputs("applicationId", string(app.ID), "displayName", "fic", "issuer", "https://i/",
				"subject", "system:serviceaccount:n:s", "audiences", []any{"api://AzureADTokenExchange"}, "description", "d"),
			[]resource.PropertyKey{"applicationId", "applicationObjectId", "credentialId"}, "description",
		},
	} {
		t.Run(reason, func(t *testing.T) {
			req := plugin.UpdateRequest{ID: tc.old.ID, OldOutputs: tc.old.Properties, NewInputs: tc.news, Preview: true}
			req.URN, req.Name, req.Type = urnOf(tc.token)
			got, err := p.Update(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range tc.keeps {
				if want := tc.old.Properties[key]; !want.IsString() || !got.Properties[key].DeepEquals(want) {
					t.Errorf("%s is %v in the preview, want %v", key, got.Properties[key], want)
				}
			}
			if !got.Properties[tc.change].DeepEquals(tc.news[tc.change]) {
				t.Errorf("%s is %v in the preview, want %v", tc.change, got.Properties[tc.change], tc.news[tc.change])
			}
		})
	}
}

func TestCheck(t *testing.T) {
	p := provider(t, newGraph(), "")
	const client = "11111111-1111-4111-8111-111111111111"
	credential := func(pairs ...any) resource.PropertyMap {
		m := inputs("applicationId", "/applications/"+client, "displayName", "f", "issuer", "i", "subject", "s", "audiences", []any{"a"})
		for k, v := range inputs(pairs...) {
			m[k] = v
		}
		return m
	}
	for name, tc := range map[string]struct {
		token string
		news  resource.PropertyMap
		want  []string
	}{
		"an unsupported input is refused": {
			applicationToken, inputs("displayName", "a", "web", map[string]any{}),
			[]string{"the sandbox's azuread provider does not support 'web', only 8 of this type's inputs; leave it out in the sandbox, or use the real provider"},
		},
		"a client id and an application id": {
			principalToken, inputs("clientId", client, "applicationId", client), []string{
				`Invalid combination of arguments. "application_id": only one of ` + "`application_id,client_id` can be specified, but `application_id,client_id` were specified.. Examine values at 'x.applicationId'.",
				`Invalid combination of arguments. "client_id": only one of ` + "`application_id,client_id` can be specified, but `application_id,client_id` were specified.. Examine values at 'x.clientId'.",
			},
		},
		"neither a client id nor an application id": {principalToken, inputs(), []string{
			`Invalid combination of arguments. "application_id": one of ` + "`application_id,client_id` must be specified. Examine values at 'x.applicationId'.",
			`Invalid combination of arguments. "client_id": one of ` + "`application_id,client_id` must be specified. Examine values at 'x.clientId'.",
		}},
		"a client id that is no GUID": {
			principalToken, inputs("clientId", "a"), []string{`expected "client_id" to be a valid UUID, got a. Examine values at 'x.clientId'.`},
		},
		"a client id that is unknown": {principalToken, resource.PropertyMap{"clientId": value.Unknown()}, nil},
		"a credential without a subject": {
			credentialToken, inputs("applicationId", "/applications/"+client, "displayName", "f", "issuer", "i", "audiences", []any{"a"}),
			[]string{`Missing required argument. The argument "subject" is required, but no definition was found.. Examine values at 'x.subject'.`},
		},
		"two audiences, of which one is empty": {
			credentialToken, credential("audiences", []any{"a", ""}), []string{
				"Too many list items. Attribute audiences supports 1 item maximum, but config has 2 declared.. Examine values at 'x.audiences'.",
				`expected "audiences.1" to not be an empty string, got . Examine values at 'x.audiences[1]'.`,
			},
		},
		"a name of 121 characters": {
			credentialToken, credential("displayName", strings.Repeat("n", 121)), []string{
				"expected length of display_name to be in the range (1 - 120), got " + strings.Repeat("n", 121) + ". Examine values at 'x.displayName'.",
			},
		},
		"a client id in place of a resource id": {
			credentialToken, credential("applicationId", client), []string{
				`parsing "` + client + `": it is not the application's resource id, of the form /applications/{objectId}; a client id is another one. Examine values at 'x.applicationId'.`,
			},
		},
		"an audience of sign-ins that does not exist": {
			applicationToken, inputs("displayName", "a", "signInAudience", "Everybody"), []string{
				`expected sign_in_audience to be one of ["AzureADMyOrg" "AzureADMultipleOrgs" "AzureADandPersonalMicrosoftAccount" "PersonalMicrosoftAccount"], got Everybody. Examine values at 'x.signInAudience'.`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			req := plugin.CheckRequest{URN: "urn:pulumi:local::proj::" + resource.URN(tc.token) + "::x", News: tc.news}
			_, req.Name, req.Type = urnOf(tc.token)
			res, err := p.Check(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range res.Failures {
				got = append(got, f.Reason)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDiffComparesWithTheState(t *testing.T) {
	p := provider(t, newGraph(), "")
	for name, tc := range map[string]struct {
		token       string
		news, state resource.PropertyMap
		want        map[string]string
	}{
		"another name replaces a credential, another issuer does not": {
			credentialToken, inputs("displayName", "b", "issuer", "j"), inputs("displayName", "a", "issuer", "i"),
			map[string]string{"displayName": "update-replace", "issuer": "update"},
		},
		"an input with the state's value is no change, an empty one neither": {
			applicationToken, inputs("displayName", "a", "description", "", "notes", "n"), inputs("displayName", "a", "notes", "n"),
			map[string]string{},
		},
		"a removed description is a change, removed tags are not, because the service sets tags": {
			applicationToken, inputs("displayName", "a"), inputs("displayName", "a", "description", "d", "tags", []any{"t"}),
			map[string]string{"description": "delete"},
		},
		"identifier URIs have no order": {
			applicationToken, inputs("displayName", "a", "identifierUris", []any{"api://b", "api://a"}),
			inputs("displayName", "a", "identifierUris", []any{"api://a", "api://b"}), map[string]string{},
		},
		"a change by hand shows in the difference": {
			principalToken, inputs("clientId", "c", "accountEnabled", true), inputs("clientId", "c", "accountEnabled", false),
			map[string]string{"accountEnabled": "add"},
		},
		"a resource id in place of the same application's object ID": {
			credentialToken, inputs("applicationObjectId", "/applications/o"), inputs("applicationObjectId", "o"), map[string]string{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			req := plugin.DiffRequest{NewInputs: tc.news, OldOutputs: tc.state}
			req.URN, req.Name, req.Type = urnOf(tc.token)
			diff, err := p.Diff(t.Context(), req)
			if err != nil || diff.DeleteBeforeReplace {
				t.Fatalf("diff %+v %v", diff, err)
			}
			got := map[string]string{}
			for path, d := range diff.DetailedDiff {
				got[path] = d.Kind.String()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestDuplicateNameFailsThePreview(t *testing.T) {
	p := provider(t, newGraph(), "")
	create(t, p, applicationToken, inputs("displayName", "taken"))
	for name, forbid := range map[string]bool{"taken": true, "free": true} {
		req := plugin.CreateRequest{Properties: inputs("displayName", name, "preventDuplicateNames", forbid), Preview: true}
		req.URN, req.Name, req.Type = urnOf(applicationToken)
		_, err := p.Create(t.Context(), req)
		if refused := err != nil && strings.Contains(err.Error(), "`prevent_duplicate_names` was specified"); refused != (name == "taken") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestExistingObjectIsNotTakenOver(t *testing.T) {
	fake := newGraph()
	p := provider(t, fake, t.TempDir())
	app := create(t, p, applicationToken, inputs("displayName", "it's taken"))
	client := app.Properties["clientId"].StringValue()
	if _, err := tryCreate(t, p, applicationToken, inputs("displayName", "it's taken", "preventDuplicateNames", true)); err == nil {
		t.Error("a second application of that name was created")
	}
	principal := create(t, p, principalToken, inputs("clientId", client))
	if _, err := tryCreate(t, p, principalToken, inputs("clientId", client)); err == nil ||
		!strings.Contains(err.Error(), "already exists") {
		t.Errorf("a second service principal: %v", err)
	}
	same := create(t, p, principalToken, inputs("clientId", client, "useExisting", true))
	if same.ID != principal.ID {
		t.Errorf("useExisting made %s, want %s", same.ID, principal.ID)
	}
	req := plugin.DeleteRequest{ID: same.ID, Inputs: inputs("clientId", client, "useExisting", true)}
	req.URN, req.Name, req.Type = urnOf(principalToken)
	if _, err := provider(t, fake, "").Delete(t.Context(), req); err != nil || fake.objects["/servicePrincipals/"+string(same.ID)] != nil {
		t.Errorf("a principal with useExisting was not deleted: %v", err)
	}
}

func TestInterruptedApplicationIsFoundAgain(t *testing.T) {
	fake, journal := newGraph(), t.TempDir()
	first := create(t, provider(t, fake, journal), applicationToken, inputs("displayName", "a"))
	// The engine was killed before it stored the ID; another process runs the program again.
	again := create(t, provider(t, fake, journal), applicationToken, inputs("displayName", "b"))
	if again.ID != first.ID || len(fake.objects) != 1 || again.Properties["displayName"].V != "b" {
		t.Errorf("first %s, again %s, %d objects", first.ID, again.ID, len(fake.objects))
	}
}

func TestWrongIDs(t *testing.T) {
	p := provider(t, newGraph(), "")
	_, err := tryCreate(t, p, credentialToken, inputs("applicationId", "00000000-0000-4000-8000-000000000001",
		"displayName", "f", "issuer", "i", "subject", "s", "audiences", []any{"a"}))
	if err == nil || !strings.Contains(err.Error(), "not an id of the form /applications/{objectId}") {
		t.Errorf("a client id in place of a resource id: %v", err)
	}
	for _, id := range []string{"", "a/b", "a/federatedIdentityCredential/", "a/other/b"} {
		if path, err := credentialPath(id); err == nil {
			t.Errorf("%q was accepted as %s", id, path)
		}
	}
}

func TestClientConfig(t *testing.T) {
	res, err := provider(t, newGraph(), "").Invoke(t.Context(), plugin.InvokeRequest{Tok: "azuread:index/getClientConfig:getClientConfig"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"clientId": bridgetest.Client, "tenantId": bridgetest.Tenant, "objectId": bridgetest.Object,
		"id": bridgetest.Tenant + "-" + bridgetest.Client + "-" + bridgetest.Object,
	}
	if diff := cmp.Diff(want, res.Properties.Mappable()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
