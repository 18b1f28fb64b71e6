package entra

import (
	"context"
	"fmt"
	"net/http"

	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/apierror"
)

// password describes azuread:index/servicePrincipalPassword:ServicePrincipalPassword. It exists for
// previews of programs that have one, so that policies can refuse them: it is created with Graph's
// addPassword, which the sandbox's Graph always refuses. Its ID is {objectId}/password/{keyId}, and
// every input replaces it (service_principal_password_resource.go).
func password(b *backend) (*bridge.Resource, error) {
	r, err := newResource("ServicePrincipalPassword", azuread.ServicePrincipalPasswordArgs{}, azuread.ServicePrincipalPassword{}, attributes{
		"displayName":        {computed: true, forceNew: true},
		"endDate":            {computed: true, forceNew: true},
		"servicePrincipalId": {forceNew: true},
		"startDate":          {computed: true, forceNew: true},
	})
	if err != nil {
		return nil, err
	}
	r.SecretOutputs = []string{"value"}
	r.Limits = rules{"servicePrincipalId": isGUID}.check
	r.Constants = map[string]any{"__meta": meta("1", map[string]int{"create": 5, "delete": 5, "read": 5})}
	r.Ops = passwords{b}
	return r, nil
}

type passwords struct{ backend *backend }

// Create requests a password from Graph.
func (p passwords) Create(ctx context.Context, c bridge.Call) (bridge.Live, error) {
	client, err := p.backend.client()
	if err != nil {
		return bridge.Live{}, err
	}
	principal, err := pathSegment(text(c.Inputs, "servicePrincipalId"))
	if err != nil {
		return bridge.Live{}, fmt.Errorf("servicePrincipalId: %w", err)
	}
	answer, err := client.Do(ctx, http.MethodPost, "/servicePrincipals/"+principal+"/addPassword", nil, map[string]any{
		"passwordCredential": pick(c.Inputs, "displayName", "startDate:startDateTime", "endDate:endDateTime"),
	})
	if err != nil {
		return bridge.Live{}, err
	}
	outputs := pick(answer, "displayName", "startDateTime:startDate", "endDateTime:endDate", "keyId", "secretText:value")
	outputs["servicePrincipalId"] = text(c.Inputs, "servicePrincipalId")
	return bridge.Live{ID: principal + "/password/" + text(answer, "keyId"), Outputs: outputs, Inputs: c.Inputs}, nil
}

// Read returns ErrNotFound, because no password exists.
func (p passwords) Read(_ context.Context, id string) (bridge.Live, error) {
	return bridge.Live{}, fmt.Errorf("%s: %w", id, bridge.ErrNotFound)
}

// Update returns an error, because every input replaces the password.
func (p passwords) Update(_ context.Context, id string, _ bridge.Call) (bridge.Live, error) {
	return bridge.Live{}, fmt.Errorf("%s cannot be changed", id)
}

// Delete removes a password.
func (p passwords) Delete(ctx context.Context, _ string, c bridge.Call) error {
	client, err := p.backend.client()
	if err != nil {
		return err
	}
	principal, err := pathSegment(text(c.Inputs, "servicePrincipalId"))
	if err != nil {
		return err
	}
	_, err = client.Do(ctx, http.MethodPost, "/servicePrincipals/"+principal+"/removePassword", nil, map[string]any{"keyId": c.Outputs["keyId"]})
	if apierror.IsNotFound(err) {
		return nil
	}
	return err
}
