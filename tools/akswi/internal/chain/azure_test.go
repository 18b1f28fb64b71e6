package chain_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain/chaintest"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// answers maps host and path to the status and body of Azure's answer.
type answers map[string]struct {
	status int
	body   string
}

// Do implements policy.Transporter.
func (a answers) Do(r *http.Request) (*http.Response, error) {
	got, known := a[r.URL.Host+r.URL.Path]
	if !known {
		got.status, got.body = http.StatusTeapot, `{"error":{"code":"NoSuchPathInThisTest","message":"`+r.URL.String()+`"}}`
	}
	return &http.Response{StatusCode: got.status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(got.body)), Request: r}, nil
}

// operator is the operator's login.
type operator struct{}

// GetToken implements azcore.TokenCredential.
func (operator) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "operator", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

const (
	identityPath = "management.azure.com/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app"
	graphPath    = "graph.microsoft.com/v1.0/applications/app-object/federatedIdentityCredentials/credential"
	identityBody = `{"properties":{"clientId":"client","principalId":"principal"}}`
	notFound     = `{"error":{"code":"ResourceNotFound","message":"The resource was not found."}}`
)

func TestAzureReadsCredentials(t *testing.T) {
	public, err := azcloud.Lookup("AzurePublicCloud")
	if err != nil {
		t.Fatal(err)
	}
	found := chain.Credential{Issuer: "https://issuer/", Subject: "system:serviceaccount:demo:app", Audiences: []string{"api://AzureADTokenExchange"}}
	foundManaged := found
	foundManaged.ClientID = "client"
	body, err := json.Marshal(map[string]any{"issuer": found.Issuer, "subject": found.Subject, "audiences": found.Audiences})
	if err != nil {
		t.Fatal(err)
	}
	managedCredential := identityPath + "/federatedIdentityCredentials/demo-app"
	cases := map[string]struct {
		reason  string
		kind    outputs.Kind
		id      string
		answers answers
		want    chain.Credential
		missing string
		fails   string
	}{
		"UserAssigned": {
			"Azure Resource Manager has it, with the identity's client id", outputs.UserAssigned, chaintest.CredentialID,
			answers{identityPath: {200, identityBody}, managedCredential: {200, `{"properties":` + string(body) + `}`}}, foundManaged, "", "",
		},
		"UserAssignedIdentityMissing": {
			"the identity is missing", outputs.UserAssigned, chaintest.CredentialID,
			answers{identityPath: {404, notFound}}, chain.Credential{}, "the user-assigned identity", "",
		},
		"UserAssignedCredentialMissing": {
			"only the credential is missing", outputs.UserAssigned, chaintest.CredentialID,
			answers{identityPath: {200, identityBody}, managedCredential: {404, notFound}}, chain.Credential{}, "the federated identity credential", "",
		},
		"UserAssignedForbidden": {
			"the operator may not read, which is not a missing credential", outputs.UserAssigned, chaintest.CredentialID,
			answers{identityPath: {403, `{"error":{"code":"AuthorizationFailed","message":"no"}}`}}, chain.Credential{}, "", "AuthorizationFailed",
		},
		"UserAssignedWithForeignID": {
			"an id of something else is refused before Azure is asked", outputs.UserAssigned, "/subscriptions/s/resourceGroups/rg", nil, chain.Credential{}, "", "credentialId is not the id",
		},
		"ApplicationByProvidersID": {
			"azuread's form of the id", outputs.Application, "app-object/federatedIdentityCredential/credential",
			answers{graphPath: {200, string(body)}}, found, "", "",
		},
		"ApplicationByGraphsPath": {
			"Graph's form of the id", outputs.Application, "/applications/app-object/federatedIdentityCredentials/credential",
			answers{graphPath: {200, string(body)}}, found, "", "",
		},
		"ApplicationCredentialMissing": {
			"Graph answers 404 for a missing credential and a missing application", outputs.Application, "app-object/federatedIdentityCredential/credential",
			answers{graphPath: {404, `{"error":{"code":"Request_ResourceNotFound","message":"gone"}}`}}, chain.Credential{}, "the federated identity credential", "",
		},
		"ApplicationWithForeignID": {
			"an id of something else is refused before Graph is asked", outputs.Application, "app-object", nil, chain.Credential{}, "", "credentialId is not the id",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			azure := &chain.Azure{Cloud: public, Login: operator{}, Client: chaintest.Options(tc.answers)}
			got, err := azure.Credential(t.Context(), outputs.Workload{Kind: tc.kind}, outputs.Federation{CredentialID: tc.id})
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
			var missing *chain.MissingError
			isMissing := errors.As(err, &missing)
			switch {
			case tc.missing != "" && (!isMissing || missing.What != tc.missing):
				t.Errorf("%s\nwant %q missing, got %v", tc.reason, tc.missing, err)
			case tc.fails != "" && (isMissing || err == nil || !strings.Contains(err.Error(), tc.fails)):
				t.Errorf("%s\nwant an error with %q, got %v", tc.reason, tc.fails, err)
			case tc.missing == "" && tc.fails == "" && err != nil:
				t.Errorf("%s\n%v", tc.reason, err)
			}
		})
	}
}

func TestAzureListsAssignments(t *testing.T) {
	public, err := azcloud.Lookup("AzurePublicCloud")
	if err != nil {
		t.Fatal(err)
	}
	path := "management.azure.com" + chaintest.VaultID + "/providers/Microsoft.Authorization/roleAssignments"
	azure := &chain.Azure{Cloud: public, Login: operator{}, Client: chaintest.Options(answers{path: {200, `{"value":[
		{"properties":{"principalId":"P","scope":"/subscriptions/s","roleDefinitionId":"/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/reader"}},
		{"properties":{"principalId":"another","scope":"/","roleDefinitionId":"owner"}}]}`}})}
	got, err := azure.Assignments(t.Context(), chaintest.VaultID, "p")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]chain.Assignment{{Scope: "/subscriptions/s", RoleID: "reader"}}, got); diff != "" {
		t.Errorf("a server that ignores the filter must not add others' roles: -want +got:\n%s", diff)
	}
}

func TestCredentialWithoutRightsIsUnchecked(t *testing.T) {
	w := chaintest.New(t)
	w.CredentialErr = &azcore.ResponseError{StatusCode: 403, ErrorCode: "AuthorizationFailed"}
	got := w.Chain().Verify(t.Context(), w.Stack.Workloads)[0].Federations[0]
	r := got.Results[1]
	if r.Status != chain.Unchecked || r.Code != "AuthorizationFailed" || !strings.Contains(r.Remedy, "Reader") {
		t.Errorf("want the credential unchecked because the right is missing, got %+v", r)
	}
	if got.Outcome != chain.Proven {
		t.Errorf("Entra accepted the token: want %q, got %q", chain.Proven, got.Outcome)
	}
}
