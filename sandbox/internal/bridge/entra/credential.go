package entra

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/apierror"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/graph"
)

// credentialAttributes are the inputs (application_federated_identity_credential_resource.go).
var credentialAttributes = attributes{
	"applicationId":       {computed: true, forceNew: true},
	"applicationObjectId": {computed: true, forceNew: true, same: sameApplication},
	"audiences":           {},
	"description":         {},
	"displayName":         {forceNew: true},
	"issuer":              {},
	"subject":             {},
}

// sameApplication reports whether a resource id names the application of an object ID.
func sameApplication(before, now string) bool { return applicationPrefix+before == now }

var credentialRules = rules{
	"applicationId": isApplicationID,
	"applicationObjectId": func(name, text string) string {
		if isApplicationID(name, text) == "" {
			return ""
		}
		return isGUID(name, text)
	},
	"audiences":   notEmpty,
	"displayName": length(1, 120),
}

// credential describes
// azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential; its
// ID is {objectId}/federatedIdentityCredential/{credentialId}. The application and the name replace
// it.
func credential(b *backend) (*bridge.Resource, error) {
	r, err := newResource("ApplicationFederatedIdentityCredential",
		azuread.ApplicationFederatedIdentityCredentialArgs{}, azuread.ApplicationFederatedIdentityCredential{}, credentialAttributes)
	if err != nil {
		return nil, err
	}
	r.Required = []string{"audiences"}
	r.StableOutputs = append(r.StableOutputs, r.Replace...) // they change with the credential only
	r.Limits = together(exactlyOne("applicationId", "applicationObjectId"), atMost("audiences", 1), credentialRules.check)
	r.Constants = map[string]any{"__meta": meta("", map[string]int{"create": 15, "delete": 5, "read": 5, "update": 5})}
	r.Ops = &object{
		backend: b, token: r.Token(), inputs: credentialAttributes, key: "displayName", deprecated: []string{"applicationObjectId"},
		noun:       "federated identity credential",
		collection: credentialCollection,
		path:       credentialPath,
		id: func(collection string, answer map[string]any) string {
			application, _, _ := strings.Cut(strings.TrimPrefix(collection, applicationPrefix), "/")
			return application + "/federatedIdentityCredential/" + text(answer, "id")
		},
		create: func(in map[string]any) map[string]any {
			return withNulls(pick(in, "displayName:name", "issuer", "subject", "audiences"), in, "description")
		},
		update: func(in map[string]any, _ bridge.Call) map[string]any {
			return withNulls(pick(in, "issuer", "subject", "audiences"), in, "description")
		},
		outputs: func(id string, answer map[string]any, c bridge.Call) map[string]any {
			out := pick(answer, "id:credentialId", "name:displayName", "issuer", "subject", "audiences")
			out["id"], out["description"] = id, text(answer, "description")
			application, _, _ := strings.Cut(id, "/")
			out["applicationId"] = applicationPrefix + application
			out["applicationObjectId"] = cmp.Or(text(c.Inputs, "applicationObjectId"), application)
			return out
		},
		existing: credentialOfName,
		// Graph may not see a new application yet.
		notVisible: apierror.IsNotFound,
	}
	return r, nil
}

func credentialCollection(in map[string]any) (string, error) {
	id := text(in, "applicationId")
	if id == "" {
		id = applicationPrefix + strings.TrimPrefix(text(in, "applicationObjectId"), applicationPrefix)
	}
	path, err := applicationPath(id)
	return path + "/federatedIdentityCredentials", err
}

func credentialPath(id string) (string, error) {
	parts := strings.Split(id, "/")
	if len(parts) != 3 || parts[1] != "federatedIdentityCredential" {
		return "", fmt.Errorf("%q is not an id of the form {objectId}/federatedIdentityCredential/{credentialId}", id)
	}
	application, err := pathSegment(parts[0])
	if err != nil {
		return "", err
	}
	own, err := pathSegment(parts[2])
	return applicationPrefix + application + "/federatedIdentityCredentials/" + own, err
}

// credentialOfName returns the application's credential of the same name. Names are unique in an
// application.
func credentialOfName(ctx context.Context, c *graph.Client, in map[string]any) (map[string]any, bool, error) {
	collection, err := credentialCollection(in)
	if err != nil {
		return nil, false, err
	}
	answer, err := c.Do(ctx, http.MethodGet, collection, nil, nil)
	if apierror.IsNotFound(err) {
		return nil, false, nil // the POST waits until the application is visible
	}
	if err != nil {
		return nil, false, err
	}
	list, _ := answer["value"].([]any)
	for _, item := range list {
		found, ok := item.(map[string]any)
		if ok && text(found, "name") == text(in, "displayName") {
			return found, false, nil
		}
	}
	return nil, false, nil
}
