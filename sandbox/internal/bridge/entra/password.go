package entra

import (
	"context"
	"fmt"
	"net/http"

	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/fault"
)

// password is azuread:index/servicePrincipalPassword:ServicePrincipalPassword. It is here for previews of programs that have
// one, so that policies can refuse them: what creates it is Graph's addPassword, which the sandbox's Graph never grants. Its id is
// {objectId}/password/{keyId}, and every input replaces it (ForceNew in terraform-provider-azuread v2).
func password(b *backend) (*bridge.Resource, error) {
	passed := []string{"displayName", "endDate", "servicePrincipalId", "startDate"}
	r, err := types("ServicePrincipalPassword", azuread.ServicePrincipalPasswordArgs{}, azuread.ServicePrincipalPassword{}, passed...)
	if err != nil {
		return nil, err
	}
	r.Replace = passed
	r.SecretOutputs = []string{"value"}
	r.Ops = passwords{b}
	return r, nil
}

type passwords struct{ backend *backend }

// Create asks Graph for a password.
func (p passwords) Create(ctx context.Context, c bridge.Call) (bridge.Live, error) {
	client, err := p.backend.client()
	if err != nil {
		return bridge.Live{}, err
	}
	principal, err := segment(text(c.Inputs, "servicePrincipalId"))
	if err != nil {
		return bridge.Live{}, fmt.Errorf("servicePrincipalId: %w", err)
	}
	answer, err := client.Do(ctx, http.MethodPost, "/servicePrincipals/"+principal+"/addPassword", nil, map[string]any{
		"passwordCredential": pass(c.Inputs, "displayName", "startDate:startDateTime", "endDate:endDateTime"),
	})
	if err != nil {
		return bridge.Live{}, err
	}
	outputs := pass(answer, "displayName", "startDateTime:startDate", "endDateTime:endDate", "keyId", "secretText:value")
	outputs["servicePrincipalId"] = text(c.Inputs, "servicePrincipalId")
	return bridge.Live{ID: principal + "/password/" + text(answer, "keyId"), Outputs: outputs, Inputs: c.Inputs}, nil
}

// Read knows that there are none.
func (p passwords) Read(_ context.Context, id string) (bridge.Live, error) {
	return bridge.Live{}, fmt.Errorf("%s: %w", id, bridge.ErrNotFound)
}

// Update is never asked for: every input replaces the password.
func (p passwords) Update(_ context.Context, id string, _ bridge.Call) (bridge.Live, error) {
	return bridge.Live{}, fmt.Errorf("%s cannot be changed", id)
}

// Delete takes a password back.
func (p passwords) Delete(ctx context.Context, _ string, c bridge.Call) error {
	client, err := p.backend.client()
	if err != nil {
		return err
	}
	principal, err := segment(text(c.Inputs, "servicePrincipalId"))
	if err != nil {
		return err
	}
	_, err = client.Do(ctx, http.MethodPost, "/servicePrincipals/"+principal+"/removePassword", nil, map[string]any{"keyId": c.Outputs["keyId"]})
	if fault.IsNotFound(err) {
		return nil
	}
	return err
}
