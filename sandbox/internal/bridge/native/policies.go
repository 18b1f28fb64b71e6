package native

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/apierror"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/arm"
)

// accessPolicies is keyvault:AccessPolicy, which is in no specification: azure-native implements it
// with a vault's list of policies (provider/pkg/resources/customresources,
// custom_keyvault_accesspolicy.go, v2). It has the provider's peculiarities, because programs
// depend on them:
//
//   - All policies of a vault have the same ID, the vault's with /accessPolicy. The principal's
//     object ID, compared with case, distinguishes them. So a policy cannot be imported.
//   - A creation refuses a principal that has a policy, even one of another writer, and an update
//     refuses a principal that has none: another objectId is an update, not a replacement, and
//     fails. A program requests the replacement itself (ReplaceOnChanges).
//   - A policy is written with "replace" and removed with "remove"; in a vault that does not exist,
//     that is an error.
var accessPolicies = []record{{
	module: "keyvault", name: "AccessPolicy",
	args: keyvault.AccessPolicyArgs{}, outputs: keyvault.AccessPolicy{},
	path: vaultPath + "/accessPolicy", apiVersion: "2023-02-01", unnamed: true,
	custom: func(o *ops) bridge.Ops { return policyOps{o} },
}}

type policyOps struct{ *ops }

var _ bridge.StateReader = policyOps{}

// policyOf returns the policy and its principal in inputs or in a state.
func policyOf(values map[string]any) (policy map[string]any, objectID string) {
	policy, _ = values["policy"].(map[string]any)
	objectID, _ = policy["objectId"].(string)
	return policy, objectID
}

// vault returns the ID of the vault.
func (o policyOps) vault(values map[string]any) (string, error) {
	return expand(vaultPath, o.backend.account.SubscriptionID, values)
}

// find returns the vault and the principal's policy, which are nil if they do not exist.
func (o policyOps) find(ctx context.Context, client *arm.Client, vaultID, objectID string) (vault, policy map[string]any, err error) {
	vault, err = client.Get(ctx, vaultID, o.apiVersion)
	if apierror.IsNotFound(err) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	for _, item := range listAt(vault, "accessPolicies") {
		if entry, ok := item.(map[string]any); ok && entry["objectId"] == objectID {
			return vault, entry, nil
		}
	}
	return vault, nil, nil
}

// Create writes a policy for a principal that has none.
func (o policyOps) Create(ctx context.Context, c bridge.Call) (bridge.Live, error) {
	_, objectID := policyOf(c.Inputs)
	id, err := expand(o.path, o.backend.account.SubscriptionID, c.Inputs)
	if err != nil {
		return bridge.Live{}, err
	}
	// The journal's entry has the principal, because all policies of a vault have the same ID.
	entry := id + "/" + objectID
	return o.write(ctx, c, func(found bool) error {
		if found && !c.Begun(entry) {
			return fmt.Errorf("access policy for %s already exists", objectID)
		}
		c.Begin(entry)
		return nil
	})
}

// Update changes the policy of a principal that has one.
func (o policyOps) Update(ctx context.Context, _ string, c bridge.Call) (bridge.Live, error) {
	_, objectID := policyOf(c.Inputs)
	return o.write(ctx, c, func(found bool) error {
		if !found {
			return fmt.Errorf("access policy for %s does not exist", objectID)
		}
		return nil
	})
}

func (o policyOps) write(ctx context.Context, c bridge.Call, check func(found bool) error) (bridge.Live, error) {
	client, err := o.backend.client()
	if err != nil {
		return bridge.Live{}, err
	}
	_, objectID := policyOf(c.Inputs)
	vaultID, err := o.vault(c.Inputs)
	if err != nil {
		return bridge.Live{}, err
	}
	_, policy, err := o.find(ctx, client, vaultID, objectID)
	if err != nil {
		return bridge.Live{}, err
	}
	if err := check(policy != nil); err != nil {
		return bridge.Live{}, err
	}
	if err := o.modify(ctx, client, "replace", c.Inputs); err != nil {
		return bridge.Live{}, err
	}
	live, err := o.ReadState(ctx, vaultID+"/accessPolicy", c.Inputs)
	if errors.Is(err, bridge.ErrNotFound) {
		return bridge.Live{}, errors.New("newly written access policy not found")
	}
	return live, err
}

// Delete removes the policy.
func (o policyOps) Delete(ctx context.Context, _ string, c bridge.Call) error {
	client, err := o.backend.client()
	if err != nil {
		return err
	}
	return o.modify(ctx, client, "remove", c.Inputs)
}

func (o policyOps) modify(ctx context.Context, client *arm.Client, operation string, inputs map[string]any) error {
	vaultID, err := o.vault(inputs)
	if err != nil {
		return err
	}
	policy, objectID := policyOf(inputs)
	application, _ := policy["applicationId"].(string)
	permissions, _ := policy["permissions"].(map[string]any)
	if permissions == nil {
		permissions = map[string]any{}
	}
	body := map[string]any{"properties": map[string]any{"accessPolicies": []any{map[string]any{
		"objectId": objectID, "tenantId": policy["tenantId"], "applicationId": application, "permissions": permissions,
	}}}}
	_, _, err = client.Put(ctx, vaultID+"/accessPolicies/"+operation, o.apiVersion, body)
	return err
}

// Read returns an error, because an import has only the ID.
func (o policyOps) Read(_ context.Context, id string) (bridge.Live, error) {
	return bridge.Live{}, fmt.Errorf("%s: an access policy cannot be imported, because its ID does not identify the principal", id)
}

// ReadState reads the policy of the principal in the state.
func (o policyOps) ReadState(ctx context.Context, id string, state map[string]any) (bridge.Live, error) {
	_, objectID := policyOf(state)
	if objectID == "" {
		return o.Read(ctx, id)
	}
	client, err := o.backend.client()
	if err != nil {
		return bridge.Live{}, err
	}
	params, err := match(o.path, id)
	if err != nil {
		return bridge.Live{}, err
	}
	values := map[string]any{"resourceGroupName": params["resourceGroupName"], "vaultName": params["vaultName"]}
	vaultID, err := o.vault(values)
	if err != nil {
		return bridge.Live{}, err
	}
	vault, policy, err := o.find(ctx, client, vaultID, objectID)
	if err != nil {
		return bridge.Live{}, err
	}
	if policy == nil {
		return bridge.Live{}, fmt.Errorf("%s of %s: %w", id, objectID, bridge.ErrNotFound)
	}
	values["vaultName"], values["policy"] = vault["name"], policy
	return bridge.Live{ID: id, Outputs: values, Inputs: values}, nil
}
