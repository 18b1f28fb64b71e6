package chain

import (
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

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/outputs"
)

// Azure reads from Azure Resource Manager and Microsoft Graph with the operator's login.
type Azure struct {
	// Cloud whose endpoints are asked.
	Cloud azcloud.Cloud
	// Login of the operator.
	Login azcore.TokenCredential
	// Client holds transport and retries; zero keeps the SDK's, which honour HTTPS_PROXY and SSL_CERT_FILE.
	Client azcore.ClientOptions
}

// errNotCredentialID is an output that no request can be made with.
var errNotCredentialID = errors.New("output credentialId is not the id of a federated credential")

func (a *Azure) options() azcore.ClientOptions {
	o := a.Client
	o.Cloud = a.Cloud.Configuration
	return o
}

// Credential implements CredentialReader: Azure Resource Manager for user-assigned identities, Graph for applications.
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
		return Credential{}, missingOr(whatIdentity, err)
	}
	got, err := clients.NewFederatedIdentityCredentialsClient().Get(ctx, id.ResourceGroupName, id.Parent.Name, id.Name, nil)
	if err != nil {
		return Credential{}, missingOr("the federated identity credential", err)
	}
	out := Credential{}
	if p := identity.Properties; p != nil {
		out.ClientID = value(p.ClientID)
	}
	if p := got.Properties; p != nil {
		out.Issuer, out.Subject = value(p.Issuer), value(p.Subject)
		for _, audience := range p.Audiences {
			out.Audiences = append(out.Audiences, value(audience))
		}
	}
	return out, nil
}

// applicationCredential asks Graph through the SDK's pipeline: the Graph SDK would add minutes to every build.
func (a *Azure) applicationCredential(ctx context.Context, credentialID string) (Credential, error) {
	application, name, err := parseApplicationCredential(credentialID)
	if err != nil {
		return Credential{}, err
	}
	options := a.options()
	client, err := azcore.NewClient("verify", "v1.0.0", runtime.PipelineOptions{
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
		return Credential{}, missingOr("the federated identity credential", runtime.NewResponseError(res))
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

// parseApplicationCredential reads the id that azuread gives a credential, <application object id>/federatedIdentityCredential/<id>,
// and Graph's own path, /applications/<object id>/federatedIdentityCredentials/<id or name>.
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
			if item == nil || item.Properties == nil || !strings.EqualFold(value(item.Properties.PrincipalID), principalID) {
				continue
			}
			role := value(item.Properties.RoleDefinitionID)
			out = append(out, Assignment{Scope: value(item.Properties.Scope), RoleID: role[strings.LastIndex(role, "/")+1:]})
		}
	}
	return out, nil
}

// azureError takes code, HTTP status and message out of an error of the SDK; the status is zero for any other error.
func azureError(err error) (code string, status int, message string) {
	var response *azcore.ResponseError
	if !errors.As(err, &response) {
		return "", 0, ""
	}
	code, status = response.ErrorCode, response.StatusCode
	if response.RawResponse == nil {
		return code, status, code
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
		return code, status, fmt.Sprintf("HTTP %d %s", status, code)
	}
	if inner := body.Error.InnerError.Code; inner != "" {
		code = inner
	}
	return code, status, body.Error.Message
}

// missingOr turns a 404 into a MissingError and wraps the rest.
func missingOr(what string, err error) error {
	if code, status, message := azureError(err); status == http.StatusNotFound {
		return &MissingError{What: what, Code: code, Message: message}
	}
	return fmt.Errorf("read %s: %w", what, err)
}

// value is what a pointer of the SDK's models points at, or the empty string.
func value(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
