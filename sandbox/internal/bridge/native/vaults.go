package native

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
	"github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/apierror"
)

const vaultPath = groupPath + "/providers/Microsoft.KeyVault/vaults/{vaultName}"

// vaults are the types of Microsoft.KeyVault. Only the path replaces: keyvault.json has no
// x-ms-mutability for a vault's location (inferred from the specification's text, not from the
// provider's schema), so that a change of region is sent to Azure, which refuses it.
var vaults = []record{
	{
		module: "keyvault", name: "Vault",
		args: keyvault.VaultArgs{}, outputs: keyvault.Vault{},
		path: vaultPath, apiVersion: "2023-02-01",
		othersWrite: "accessPolicies",
	},
	{
		module: "keyvault", name: "Secret",
		args: keyvault.SecretArgs{}, outputs: keyvault.Secret{},
		path: vaultPath + "/secrets/{secretName}", apiVersion: "2023-02-01",
		remove: deleteSecret,
	},
}

// vaultFunctions are the functions for vaults.
var vaultFunctions = []function{{
	token: "azure-native:keyvault:getVault",
	args:  keyvault.LookupVaultArgs{}, result: keyvault.LookupVaultResult{},
	of: "azure-native:keyvault:Vault",
}}

// deleteSecret deletes a secret on the vault's data plane, as azure-native does: Resource Manager
// has no DELETE for secrets. The login therefore needs a role that can delete secrets there, such
// as Key Vault Secrets Officer; a program avoids that with the option DeletedWith for the vault.
func deleteSecret(b *Backend) deleter {
	return func(ctx context.Context, id string, _ bridge.Call) error {
		params, err := match(vaultPath+"/secrets/{secretName}", id)
		if err != nil {
			return err
		}
		options := &azsecrets.ClientOptions{}
		options.Transport, options.Retry = b.options.Transport, b.options.Retry
		client, err := azsecrets.NewClient("https://"+params["vaultName"]+".vault.azure.net", b.account.Credential, options)
		if err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		_, err = client.DeleteSecret(ctx, params["secretName"], nil)
		var response *azcore.ResponseError
		if errors.As(err, &response) && response.StatusCode == http.StatusNotFound {
			return nil
		}
		if err != nil {
			return apierror.From(err)
		}
		return nil
	}
}
