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
	if err != nil || changed.Properties["displayName"].V != "other" || changed.Properties.HasValue("notes") {
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
		for range 2 {
			if _, err := p.Delete(t.Context(), req); err != nil {
				t.Errorf("deleting %s: %v", id, err)
			}
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

func TestCheckAndDiff(t *testing.T) {
	p := provider(t, newGraph(), "")
	for name, tc := range map[string]struct {
		token string
		news  resource.PropertyMap
		want  []string
	}{
		"an unsupported input is refused": {
			applicationToken, inputs("displayName", "a", "web", map[string]any{}), []string{"web"},
		},
		"a client id and an application id": {
			principalToken, inputs("clientId", "a", "applicationId", "b"), []string{"clientId"},
		},
		"neither a client id nor an application id": {principalToken, inputs(), []string{"clientId"}},
		"a client id that is unknown":               {principalToken, resource.PropertyMap{"clientId": value.Unknown()}, nil},
		"a credential without inputs":               {credentialToken, inputs(), []string{"applicationId", "audiences", "displayName", "issuer", "subject"}},
	} {
		t.Run(name, func(t *testing.T) {
			req := plugin.CheckRequest{News: tc.news}
			req.URN, req.Name, req.Type = urnOf(tc.token)
			res, err := p.Check(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range res.Failures {
				got = append(got, string(f.Property))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	req := plugin.DiffRequest{
		OldInputs: inputs("displayName", "a", "issuer", "i"), NewInputs: inputs("displayName", "b", "issuer", "j"),
	}
	req.URN, req.Name, req.Type = urnOf(credentialToken)
	diff, err := p.Diff(t.Context(), req)
	if err != nil || !diff.DetailedDiff["displayName"].Kind.IsReplace() || diff.DetailedDiff["issuer"].Kind.IsReplace() ||
		diff.DeleteBeforeReplace {
		t.Errorf("diff %+v %v", diff, err)
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
		!strings.Contains(err.Error(), "cannot create already existing resource") {
		t.Errorf("a second service principal: %v", err)
	}
	same := create(t, p, principalToken, inputs("clientId", client, "useExisting", true))
	if same.ID != principal.ID {
		t.Errorf("useExisting made %s, want %s", same.ID, principal.ID)
	}
	req := plugin.DeleteRequest{ID: same.ID, Inputs: inputs("clientId", client, "useExisting", true)}
	req.URN, req.Name, req.Type = urnOf(principalToken)
	if _, err := provider(t, fake, "").Delete(t.Context(), req); err != nil || fake.objects["/servicePrincipals/"+string(same.ID)] == nil {
		t.Errorf("a principal with useExisting was deleted: %v", err)
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
	if err == nil || !strings.Contains(err.Error(), "not its client id") {
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
