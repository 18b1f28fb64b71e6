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

// credential describes
// azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential; its
// ID is {objectId}/federatedIdentityCredential/{credentialId}. The application and the name replace
// it.
func credential(b *backend) (*bridge.Resource, error) {
	r, err := newResource("ApplicationFederatedIdentityCredential",
		azuread.ApplicationFederatedIdentityCredentialArgs{}, azuread.ApplicationFederatedIdentityCredential{},
		"applicationId", "applicationObjectId", "audiences", "description", "displayName", "issuer", "subject")
	if err != nil {
		return nil, err
	}
	r.Required = []string{"audiences"}
	r.Replace = []string{"applicationId", "applicationObjectId", "displayName"}
	r.StableOutputs = append(r.StableOutputs, r.Replace...) // they change with the credential only
	r.Conflicts = exactlyOne("applicationId", "applicationObjectId")
	r.Ops = &object{
		backend: b, token: r.Token(), key: "displayName", deprecated: []string{"applicationObjectId"},
		collection: credentialCollection,
		path:       credentialPath,
		id: func(collection string, answer map[string]any) string {
			application, _, _ := strings.Cut(strings.TrimPrefix(collection, applicationPrefix), "/")
			return application + "/federatedIdentityCredential/" + text(answer, "id")
		},
		create: func(in map[string]any) map[string]any {
			return pick(in, "displayName:name", "issuer", "subject", "audiences", "description")
		},
		update: func(in, old map[string]any) map[string]any {
			return clearRemoved(pick(in, "issuer", "subject", "audiences", "description"), in, old, "description")
		},
		outputs: func(id string, answer map[string]any) map[string]any {
			out := pick(answer, "id:credentialId", "name:displayName", "issuer", "subject", "audiences", "description")
			application, _, _ := strings.Cut(id, "/")
			out["applicationObjectId"], out["applicationId"] = application, applicationPrefix+application
			return out
		},
		existing: credentialOfName,
		// Graph may not see a new application yet.
		notVisible: apierror.IsNotFound,
	}
	return r, nil
}

func credentialCollection(in map[string]any) (string, error) {
	id := cmp.Or(text(in, "applicationId"), applicationPrefix+text(in, "applicationObjectId"))
	if !strings.HasPrefix(id, applicationPrefix) {
		return "", fmt.Errorf("applicationId is %q; it must be the application's resource id, of the form "+
			"/applications/{objectId}, not its client id", id)
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
