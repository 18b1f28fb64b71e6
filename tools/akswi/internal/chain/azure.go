package chain

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"k8s.io/utils/ptr"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// Azure reads from Azure Resource Manager and Microsoft Graph with the operator's login.
type Azure struct {
	// Cloud whose endpoints are asked.
	Cloud azcloud.Cloud
	// Login of the operator.
	Login azcore.TokenCredential
	// Client holds transport and retries; zero keeps the SDK's, which honour HTTPS_PROXY and
	// SSL_CERT_FILE.
	Client azcore.ClientOptions
}

// errNotCredentialID means that an output cannot be used for a request.
var errNotCredentialID = errors.New("output credentialId is not the id of a federated credential")

// options returns the options of the clients, with the endpoints of the cloud.
func (a *Azure) options() azcore.ClientOptions {
	o := a.Client
	o.Cloud = a.Cloud.Configuration
	return o
}

// Credential implements CredentialReader: it asks Azure Resource Manager for user-assigned
// identities and Graph for applications.
func (a *Azure) Credential(ctx context.Context, w outputs.Workload, f outputs.Federation) (Credential, error) {
	if w.Kind == outputs.Application {
		return a.applicationCredential(ctx, f.CredentialID)
	}
	return a.managedCredential(ctx, f.CredentialID)
}

func (a *Azure) managedCredential(ctx context.Context, credentialID string) (Credential, error) {
	id, err := arm.ParseResourceID(credentialID)
	if err != nil || id.Parent == nil || !strings.EqualFold(id.ResourceType.Type, "userAssignedIdentities/federatedIdentityCredentials") {
		return Credential{}, fmt.Errorf("%w of a user-assigned identity: %q", errNotCredentialID, credentialID)
	}
	clients, err := armmsi.NewClientFactory(id.SubscriptionID, a.Login, &arm.ClientOptions{ClientOptions: a.options()})
	if err != nil {
		return Credential{}, err
	}
	identity, err := clients.NewUserAssignedIdentitiesClient().Get(ctx, id.ResourceGroupName, id.Parent.Name, nil)
	if err != nil {
		return Credential{}, readError(missingIdentity, err)
	}
	got, err := clients.NewFederatedIdentityCredentialsClient().Get(ctx, id.ResourceGroupName, id.Parent.Name, id.Name, nil)
	if err != nil {
		return Credential{}, readError(missingCredential, err)
	}
	out := Credential{}
	if p := identity.Properties; p != nil {
		out.ClientID = ptr.Deref(p.ClientID, "")
	}
	if p := got.Properties; p != nil {
		out.Issuer, out.Subject = ptr.Deref(p.Issuer, ""), ptr.Deref(p.Subject, "")
		for _, audience := range p.Audiences {
			out.Audiences = append(out.Audiences, ptr.Deref(audience, ""))
		}
	}
	return out, nil
}

// applicationCredential reads a credential from Graph through the SDK's pipeline, because the Graph
// SDK would add minutes to every build.
func (a *Azure) applicationCredential(ctx context.Context, credentialID string) (Credential, error) {
	application, name, err := parseApplicationCredential(credentialID)
	if err != nil {
		return Credential{}, err
	}
	options := a.options()
	client, err := azcore.NewClient("akswi", "v1.0.0", runtime.PipelineOptions{
		PerRetry: []policy.Policy{runtime.NewBearerTokenPolicy(a.Login, []string{a.Cloud.GraphScope()}, nil)},
	}, &options)
	if err != nil {
		return Credential{}, err
	}
	// https://learn.microsoft.com/graph/api/federatedidentitycredential-get
	address := a.Cloud.Graph + "/v1.0/applications/" + url.PathEscape(application) + "/federatedIdentityCredentials/" + url.PathEscape(name)
	req, err := runtime.NewRequest(ctx, http.MethodGet, address)
	if err != nil {
		return Credential{}, err
	}
	res, err := client.Pipeline().Do(req)
	if err != nil {
		return Credential{}, err
	}
	if !runtime.HasStatusCode(res, http.StatusOK) {
		return Credential{}, readError(missingCredential, runtime.NewResponseError(res))
	}
	var body struct {
		Issuer    string   `json:"issuer"`
		Subject   string   `json:"subject"`
		Audiences []string `json:"audiences"`
	}
	if err := runtime.UnmarshalAsJSON(res, &body); err != nil {
		return Credential{}, err
	}
	return Credential{Issuer: body.Issuer, Subject: body.Subject, Audiences: body.Audiences}, nil
}

// parseApplicationCredential reads the two forms of a credential's id: azuread's,
// <application object id>/federatedIdentityCredential/<id>, and Graph's,
// /applications/<object id>/federatedIdentityCredentials/<id or name>.
func parseApplicationCredential(id string) (application, credential string, err error) {
	parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(id, "/"), "applications/"), "/")
	if len(parts) != 3 || parts[0] == "" || parts[2] == "" || strings.TrimSuffix(parts[1], "s") != "federatedIdentityCredential" {
		return "", "", fmt.Errorf("%w of an application: %q", errNotCredentialID, id)
	}
	return parts[0], parts[2], nil
}

// Assignments implements RoleReader.
func (a *Azure) Assignments(ctx context.Context, scope, principalID string) ([]Assignment, error) {
	id, err := arm.ParseResourceID(scope)
	if err != nil {
		return nil, err
	}
	client, err := armauthorization.NewRoleAssignmentsClient(id.SubscriptionID, a.Login, &arm.ClientOptions{ClientOptions: a.options()})
	if err != nil {
		return nil, err
	}
	filter := fmt.Sprintf("principalId eq '%s'", principalID)
	var out []Assignment
	for pager := client.NewListForScopePager(scope, &armauthorization.RoleAssignmentsClientListForScopeOptions{Filter: &filter}); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Value {
			if item == nil || item.Properties == nil || !strings.EqualFold(ptr.Deref(item.Properties.PrincipalID, ""), principalID) {
				continue
			}
			role := ptr.Deref(item.Properties.RoleDefinitionID, "")
			out = append(out, Assignment{Scope: ptr.Deref(item.Properties.Scope, ""), RoleID: role[strings.LastIndex(role, "/")+1:]})
		}
	}
	return out, nil
}

// refusal is an answer of Azure with an error.
type refusal struct {
	status        int
	code, message string
}

// azureRefusal returns Azure's answer that is in an error of the SDK. Refused is false when Azure
// did not answer.
func azureRefusal(err error) (r refusal, refused bool) {
	var response *azcore.ResponseError
	if !errors.As(err, &response) || response.StatusCode == 0 {
		return refusal{}, false
	}
	r = refusal{status: response.StatusCode, code: response.ErrorCode, message: response.ErrorCode}
	if response.RawResponse == nil {
		return r, true
	}
	raw, readErr := runtime.Payload(response.RawResponse)
	var body struct {
		Error struct {
			Message    string `json:"message"`
			InnerError struct {
				Code string `json:"code"`
			} `json:"innererror"`
		} `json:"error"`
	}
	if readErr != nil || json.Unmarshal(raw, &body) != nil || body.Error.Message == "" {
		r.message = fmt.Sprintf("HTTP %d %s", r.status, r.code)
		return r, true
	}
	r.code, r.message = cmp.Or(body.Error.InnerError.Code, r.code), body.Error.Message
	return r, true
}

// readError returns a MissingError for a 404 and wraps every other error.
func readError(what string, err error) error {
	if r, refused := azureRefusal(err); refused && r.status == http.StatusNotFound {
		return &MissingError{What: what, Code: r.code, Message: r.message}
	}
	return fmt.Errorf("read %s: %w", what, err)
}
