// Package chaintest has fakes of everything that the chain asks: an issuer, an API server with the
// webhook, Azure, Entra and a vault, all in this process. In a new World the whole chain holds;
// tests break one thing in it and check what the chain reports.
package chaintest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/kube"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/chain"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// The ids of the world.
const (
	TenantID     = "11111111-1111-1111-1111-111111111111"
	ClientID     = "22222222-2222-2222-2222-222222222222"
	PrincipalID  = "33333333-3333-3333-3333-333333333333"
	KeyID        = "key-1"
	SecretValue  = "the value that must never be printed"
	VaultURL     = "https://shop.vault.azure.net/"
	VaultID      = "/subscriptions/44444444-4444-4444-4444-444444444444/resourcegroups/rg/providers/microsoft.keyvault/vaults/shop"
	identityID   = "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app"
	CredentialID = identityID + "/federatedIdentityCredentials/demo-app"
)

// Now is the time of the world.
var Now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// World is the state of the fakes. Change its fields before Chain is called.
type World struct {
	Stack *outputs.Stack
	// Issuer in the discovery document; KeyIDs of the RSA keys that it publishes; Status of its
	// answers.
	Issuer string
	KeyIDs []string
	Status int
	// Credential in Azure; CredentialErr instead of it.
	Credential    chain.Credential
	CredentialErr error
	// Assignments that the operator sees.
	Assignments []chain.Assignment
	// Account is the service account; nil is none. Namespace is its namespace; nil is none.
	Account   *corev1.ServiceAccount
	Namespace *corev1.Namespace
	// Webhook is the cluster's webhook.
	Webhook Webhook
	// Token is what the API server signs.
	Token Token
	// Entra and Vault answer the workload's requests.
	Entra Entra
	Vault Vault

	client *http.Client
}

// New returns a world in which the chain holds: workload "app", service account demo/app, one
// secret.
func New(t testing.TB) *World {
	t.Helper()
	w := &World{KeyIDs: []string{KeyID, "key-2"}, Status: http.StatusOK}
	server := httptest.NewTLSServer(http.HandlerFunc(w.serveIssuer))
	t.Cleanup(server.Close)
	w.client = server.Client()
	w.Issuer = server.URL + "/" + TenantID + "/cluster/"
	subject := kube.Subject("demo", "app")
	public, err := azcloud.Lookup("AzurePublicCloud")
	if err != nil {
		t.Fatal(err)
	}
	w.Stack = &outputs.Stack{
		ClusterName: "aks-test", IssuerURL: w.Issuer, TenantID: TenantID, Cloud: public,
		Workloads: []outputs.Workload{{
			Name: "app", ClientID: ClientID, PrincipalID: PrincipalID, TenantID: TenantID, IdentityID: identityID, Kind: outputs.UserAssigned,
			Federations: []outputs.Federation{{
				Namespace: "demo", ServiceAccount: "app", Issuer: w.Issuer, Subject: subject, Audience: azure.AudiencePublic, CredentialID: CredentialID,
			}},
			Secrets:   []outputs.Secret{{VaultURL: VaultURL, Name: "greeting"}},
			PodLabels: map[string]string{azwi.LabelUse: azwi.LabelUseValue},
		}},
	}
	w.Credential = chain.Credential{Issuer: w.Issuer, Subject: subject, Audiences: []string{azure.AudiencePublic}, ClientID: ClientID}
	w.Namespace = &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "demo"}}
	w.Account = &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{
		Namespace: "demo", Name: "app", Annotations: map[string]string{azwi.AnnotationClientID: ClientID},
	}}
	w.Webhook = Webhook{Registered: true, Mutates: true, Audience: azure.AudiencePublic}
	w.Token = Token{Issuer: w.Issuer, Subject: subject, KeyID: KeyID, Algorithm: "RS256", Issued: Now}
	w.Vault = Vault{Status: http.StatusOK}
	return w
}

// Workload returns the world's only workload.
func (w *World) Workload() *outputs.Workload { return &w.Stack.Workloads[0] }

// Chain returns a chain whose clients are the world's fakes.
func (w *World) Chain() *chain.Chain {
	api := azureAPI{w}
	return &chain.Chain{
		Stack: w.Stack, Issuers: &chain.Issuers{Client: w.client}, Credentials: api, Roles: api,
		Kubernetes: w.Kubernetes(), Client: Options(transport{w}), Now: func() time.Time { return Now }, Interval: time.Millisecond,
	}
}

// Options returns options with which an SDK client sends its requests to a fake, without retries.
func Options(to policy.Transporter) azcore.ClientOptions {
	return azcore.ClientOptions{Transport: to, Retry: policy.RetryOptions{MaxRetries: -1}}
}

// serveIssuer answers for the issuer's host.
func (w *World) serveIssuer(rw http.ResponseWriter, r *http.Request) {
	base := strings.TrimSuffix("https://"+r.Host+"/"+TenantID+"/cluster/", "/")
	path := strings.TrimPrefix("https://"+r.Host+r.URL.Path, base)
	if w.Status != http.StatusOK {
		rw.WriteHeader(w.Status)
		return
	}
	switch path {
	case "/.well-known/openid-configuration":
		_ = json.NewEncoder(rw).Encode(map[string]any{"issuer": w.Issuer, "jwks_uri": base + "/openid/v1/jwks"})
	case "/openid/v1/jwks":
		keys := []map[string]string{{"kid": "elliptic", "kty": "EC", "alg": "ES256", "use": "sig"}}
		for _, id := range w.KeyIDs {
			keys = append(keys, map[string]string{"kid": id, "kty": "RSA", "alg": "RS256", "use": "sig"})
		}
		_ = json.NewEncoder(rw).Encode(map[string]any{"keys": keys})
	default:
		rw.WriteHeader(http.StatusNotFound)
	}
}

// Kubernetes returns a client of a fake API server in the world's state.
func (w *World) Kubernetes() *fake.Clientset {
	client := fake.NewSimpleClientset() //nolint:staticcheck // its successor takes a second to parse the API for server-side apply
	w.addObjects(client)
	return client
}
