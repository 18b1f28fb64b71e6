package recovery

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// directory answers with the objects of a collection, whatever the filter.
type directory map[string][]map[string]any

func (d directory) Find(_ context.Context, collection, filter string) ([]map[string]any, error) {
	return d[strings.TrimSpace(collection+" "+filter)], nil
}

const exported = `{"version": 3, "kept": 12345678901234567890, "deployment": {
  "manifest": {"magic": "m"},
  "resources": [
    {"urn": "u::group", "type": "azure-native:resources:ResourceGroup", "id": "/subscriptions/sub/resourceGroups/rg"},
    {"urn": "u::app0", "type": "azuread:index/application:Application", "id": "/applications/0"},
    {"urn": "u::replaced", "type": "azure-native:keyvault:Vault", "id": "old"}
  ],
  "pending_operations": [%s]}}`

func operation(kind, urn, typ, inputs string) string {
	return `{"type": "` + kind + `", "resource": {"urn": "` + urn + `", "custom": true, "type": "` + typ + `", "inputs": ` + inputs + `}}`
}

func TestRecover(t *testing.T) {
	const application = "azuread:index/application:Application"
	graph := directory{
		"/applications displayName eq 'it''s'":         {{"id": "0"}, {"id": "1"}},
		"/servicePrincipals appId eq 'client'":         {{"id": "p"}},
		"/applications/1/federatedIdentityCredentials": {{"id": "c1", "name": "other"}, {"id": "c2", "name": "shop"}},
	}
	var waited waits
	waiting := &waited
	for reason, tc := range map[string]struct {
		operation string
		id, done  string
		todo      string
	}{
		"a resource whose token has an api-version": {
			operation("creating", "u::aks", "azure-native:containerservice/v20250101:ManagedCluster", `{"resourceGroupName": "rg", "resourceName": "aks1"}`),
			"/subscriptions/sub/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks1", "the refresh removes it", "",
		},
		"a role assignment, whose scope is a path": {
			operation("creating", "u::role", "azure-native:authorization:RoleAssignment", `{"scope": "/subscriptions/sub/resourceGroups/rg", "roleAssignmentName": "guid"}`),
			"/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Authorization/roleAssignments/guid", "the refresh removes it", "",
		},
		"an application beside another of its name":  {operation("creating", "u::app", application, `{"displayName": "it's"}`), "/applications/1", "in the state", ""},
		"an application that was not created":        {operation("creating", "u::app", application, `{"displayName": "new"}`), "", "was not created", ""},
		"a service principal":                        {operation("creating", "u::sp", "azuread:index/servicePrincipal:ServicePrincipal", `{"clientId": "client"}`), "p", "in the state", ""},
		"a credential, found by its name":            {operation("creating", "u::fic", "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential", `{"applicationId": "/applications/1", "displayName": "shop"}`), "1/federatedIdentityCredential/c2", "in the state", ""},
		"an object of Kubernetes":                    {operation("creating", "u::sa", "kubernetes:core/v1:ServiceAccount", `{"metadata": {"name": "a"}}`), "", "takes it over", ""},
		"a Helm release":                             {operation("creating", "u::hook", "kubernetes:helm.sh/v3:Release", `{"name": "hook", "namespace": "system"}`), "", "installs it again", "kubectl -n system delete secret -l owner=helm,name=hook"},
		"a provider":                                 {operation("creating", "u::p", "pulumi:providers:kubernetes", `{}`), "", "the next update makes it", ""},
		"a type of another provider":                 {operation("creating", "u::x", "random:index/randomId:RandomId", `{}`), "", "not known here", "pulumi import 'random:index/randomId:RandomId' NAME ID, if it exists"},
		"a type of azure-native that is not in list": {operation("creating", "u::x", "azure-native:web:WebApp", `{}`), "", "not known here", "pulumi import 'azure-native:web:WebApp' NAME ID, if it exists"},
		"an update":                                  {operation("updating", "u::group", "azure-native:resources:ResourceGroup", `{}`), "", "in the state already", ""},
	} {
		t.Run(reason, func(t *testing.T) {
			s, err := Read(strings.NewReader(strings.Replace(exported, "%s", tc.operation, 1)))
			if err != nil {
				t.Fatal(err)
			}
			findings, err := s.Recover(t.Context(), Options{Subscription: "sub", Directory: graph, Resources: waiting})
			if err != nil || len(findings) != 1 {
				t.Fatal(findings, err)
			}
			f := findings[0]
			if f.ID != tc.id || !strings.Contains(f.Done, tc.done) || f.Todo != tc.todo {
				t.Errorf("%+v", f)
			}
			var out bytes.Buffer
			if err := s.Write(&out); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), "12345678901234567890") || strings.Contains(out.String(), "pending_operations") {
				t.Errorf("the state became\n%s", &out)
			}
			if added := strings.Contains(out.String(), `"id": "`+tc.id+`"`); added != (tc.id != "") {
				t.Errorf("added: %t\n%s", added, &out)
			}
		})
	}
}

// waits records the resources that are waited for.
type waits []string

func (w *waits) Wait(_ context.Context, id string) error {
	*w = append(*w, id)
	return nil
}

func (w *waits) In(_ context.Context, group string) ([]string, error) {
	if !strings.HasSuffix(group, "/mine") {
		return nil, nil
	}
	return []string{group + "/providers/Microsoft.KeyVault/vaults/KV", group + "/providers/Microsoft.KeyVault/vaults/orphan"}, nil
}

func TestRecoverReportsOrphans(t *testing.T) {
	const group = "/subscriptions/sub/resourceGroups/mine"
	s, err := Read(strings.NewReader(`{"deployment": {"resources": [
		{"urn": "u::rg", "type": "azure-native:resources:ResourceGroup", "id": "` + group + `"},
		{"urn": "u::other", "type": "azure-native:resources:ResourceGroup", "id": "` + group + `", "external": true},
		{"urn": "u::kv", "type": "azure-native:keyvault:Vault", "id": "` + group + `/providers/Microsoft.KeyVault/vaults/kv"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	findings, err := s.Recover(t.Context(), Options{Resources: &waits{}})
	if err != nil || len(findings) != 1 || !strings.Contains(findings[0].Todo, "az resource delete --ids "+group+"/providers/Microsoft.KeyVault/vaults/orphan") {
		t.Errorf("%+v, %v", findings, err)
	}
}

func TestRecoverWaitsForClusters(t *testing.T) {
	s, err := Read(strings.NewReader(strings.Replace(exported, "%s",
		operation("creating", "u::aks", "azure-native:containerservice:ManagedCluster", `{"resourceGroupName": "rg", "resourceName": "aks"}`)+","+
			operation("creating", "u::kv", "azure-native:keyvault:Vault", `{"resourceGroupName": "rg", "vaultName": "kv"}`), 1)))
	if err != nil {
		t.Fatal(err)
	}
	var waited waits
	if _, err := s.Recover(t.Context(), Options{Subscription: "sub", Resources: &waited}); err != nil {
		t.Fatal(err)
	}
	if len(waited) != 1 || !strings.HasSuffix(waited[0], "/managedClusters/aks") {
		t.Errorf("waited for %v", waited)
	}
}

func TestRecoverReportsUnusedDuplicates(t *testing.T) {
	s, err := Read(strings.NewReader(`{"deployment": {"resources": [
		{"urn": "u::app", "type": "` + applicationType + `", "id": "/applications/0", "inputs": {"displayName": "shop"}}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	graph := directory{
		"/applications displayName eq 'shop'": {
			{"id": "0", "appId": "a0"}, {"id": "1", "appId": "a1"}, {"id": "2", "appId": "a2"}, {"id": "3", "appId": "a3"},
		},
		"/servicePrincipals appId eq 'a1'":             {{"id": "p"}},
		"/applications/2/federatedIdentityCredentials": {{"id": "c"}},
	}
	findings, err := s.Recover(t.Context(), Options{Directory: graph})
	if err != nil || len(findings) != 1 || findings[0].Todo != "az ad app delete --id 3" {
		t.Errorf("%+v, %v", findings, err)
	}
}

func TestRecoverOfAReplacement(t *testing.T) {
	s, err := Read(strings.NewReader(strings.Replace(exported, "%s",
		operation("creating", "u::replaced", "azure-native:keyvault:Vault", `{"resourceGroupName": "rg", "vaultName": "new"}`), 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Recover(t.Context(), Options{Subscription: "sub"}); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range s.deployment["resources"].([]any) {
		if m := r.(map[string]any); m["urn"] == "u::replaced" {
			ids = append(ids, text(m, "id"), map[any]string{true: "to be deleted", nil: "live"}[m["delete"]])
		}
	}
	want := []string{"old", "to be deleted", "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/new", "live"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
}

func TestRecoverRefuses(t *testing.T) {
	two := directory{"/applications displayName eq 'a'": {{"id": "1"}, {"id": "2"}}}
	for reason, tc := range map[string]struct {
		operation, subscription string
		graph                   Directory
		want                    string
	}{
		"two objects that it can be": {operation("creating", "u::a", "azuread:index/application:Application", `{"displayName": "a"}`), "sub", two, "/applications/1, /applications/2"},
		"no login":                   {operation("creating", "u::a", "azuread:index/application:Application", `{"displayName": "a"}`), "sub", nil, "no login"},
		"no subscription":            {operation("creating", "u::a", "azure-native:resources:ResourceGroup", `{"resourceGroupName": "rg"}`), "", nil, "ARM_SUBSCRIPTION_ID"},
		"an input without a value":   {operation("creating", "u::a", "azure-native:resources:ResourceGroup", `{}`), "sub", nil, "resourceGroupName"},
		"an operation of nothing":    {`{"type": "creating"}`, "sub", nil, "without a resource"},
	} {
		s, err := Read(strings.NewReader(strings.Replace(exported, "%s", tc.operation, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Recover(t.Context(), Options{Subscription: tc.subscription, Directory: tc.graph}); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", reason, err)
		}
	}
	for _, text := range []string{"", "{}", "[]"} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), "pulumi stack export") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
