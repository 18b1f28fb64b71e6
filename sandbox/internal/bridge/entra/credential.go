package entra

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/fault"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/graph"
)

// credential is azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential; its id
// is {objectId}/federatedIdentityCredential/{credentialId}. The application and the name replace it.
func credential(b *backend) (*bridge.Resource, error) {
	r, err := types("ApplicationFederatedIdentityCredential",
		azuread.ApplicationFederatedIdentityCredentialArgs{}, azuread.ApplicationFederatedIdentityCredential{},
		"applicationId", "applicationObjectId", "audiences", "description", "displayName", "issuer", "subject")
	if err != nil {
		return nil, err
	}
	r.Required = []string{"audiences"}
	r.Replace = []string{"applicationId", "applicationObjectId", "displayName"}
	r.StableOutputs = append(r.StableOutputs, r.Replace...) // given or not, they only change with the credential
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
			return pass(in, "displayName:name", "issuer", "subject", "audiences", "description")
		},
		update: func(in, old map[string]any) map[string]any {
			return takeBack(pass(in, "issuer", "subject", "audiences", "description"), in, old, "description")
		},
		outputs: func(id string, answer map[string]any) map[string]any {
			out := pass(answer, "id:credentialId", "name:displayName", "issuer", "subject", "audiences", "description")
			application, _, _ := strings.Cut(id, "/")
			out["applicationObjectId"], out["applicationId"] = application, applicationPrefix+application
			return out
		},
		existing: credentialOfName,
		// The application may be too new to be seen.
		early: fault.IsNotFound,
	}
	return r, nil
}

func credentialCollection(in map[string]any) (string, error) {
	id := text(in, "applicationId")
	if id == "" {
		id = applicationPrefix + text(in, "applicationObjectId")
	}
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
	application, err := segment(parts[0])
	if err != nil {
		return "", err
	}
	own, err := segment(parts[2])
	return applicationPrefix + application + "/federatedIdentityCredentials/" + own, err
}

// credentialOfName looks for a credential of that name at the application, where names are unique.
func credentialOfName(ctx context.Context, c *graph.Client, in map[string]any) (map[string]any, bool, error) {
	collection, err := credentialCollection(in)
	if err != nil {
		return nil, false, err
	}
	answer, err := c.Do(ctx, http.MethodGet, collection, nil, nil)
	var refused *fault.Error
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		return nil, false, nil // the POST waits for the application
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
