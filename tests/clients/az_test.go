package clients

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// recipe runs the commands of a recipe: az, kubectl and akswi, with one login and with variables
// that earlier commands filled, as in a shell.
type recipe struct {
	env map[string]string
	dir string
}

func newRecipe(t *testing.T) *recipe {
	dir := t.TempDir()
	r := &recipe{dir: dir, env: map[string]string{
		"AZURE_CONFIG_DIR": filepath.Join(dir, "azure"), "KUBECONFIG": filepath.Join(dir, "kubeconfig"),
		"AZURE_CORE_COLLECT_TELEMETRY": "false", "AZURE_CORE_NO_COLOR": "true", "AZURE_CORE_OUTPUT": "json",
	}}
	for _, name := range []string{"AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID", "AZURE_FEDERATED_TOKEN_FILE"} {
		r.env[name] = sandbox.env[name]
	}
	return r
}

// try runs one line of a recipe in a shell inside the sandbox, and returns what it printed.
func (r *recipe) try(t *testing.T, line string) (out, problem string, err error) {
	t.Helper()
	began := time.Now()
	cmd := sandbox.inSandbox(t.Context(), "bash", "-euo", "pipefail", "-c", line)
	cmd.Dir = r.dir
	cmd.Env = append(cmd.Env, "PATH="+filepath.Dir(os.Getenv(azVariable))+":"+filepath.Join(os.Getenv(toolsVariable), "bin")+":"+os.Getenv("PATH"))
	// `sandbox run` removes every login of its caller; the shell gets the variables of the recipe.
	script := ""
	for name, value := range r.env {
		script += "export " + name + "=" + quote(value) + "\n"
	}
	cmd.Args[len(cmd.Args)-1] = script + line
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	t.Logf("%5.1f s  %s", time.Since(began).Seconds(), line)
	return strings.TrimSpace(stdout.String()), stderr.String(), err
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// run runs a line that must succeed.
func (r *recipe) run(t *testing.T, line string) string {
	t.Helper()
	out, problem, err := r.try(t, line)
	require.NoErrorf(t, err, "%s\n%s\n%s", line, out, problem)
	return out
}

// set runs a line and keeps what it printed as a variable of the shell.
func (r *recipe) set(t *testing.T, name, line string) {
	t.Helper()
	r.env[name] = r.run(t, line)
	require.NotEmptyf(t, r.env[name], "%s printed nothing", line)
}

// shows runs a line that prints JSON and compares some of it.
func (r *recipe) shows(t *testing.T, line string, want any) {
	t.Helper()
	var got any
	require.NoError(t, json.Unmarshal([]byte(r.run(t, line)), &got), line)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got)\n%s", line, diff)
	}
}

// file reads a file of the recipe's folder.
func (r *recipe) file(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(r.dir, name))
	require.NoError(t, err)
	return content
}

// fails runs a line that Azure must refuse.
func (r *recipe) fails(t *testing.T, line, sentence string) {
	t.Helper()
	out, problem, err := r.try(t, line)
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, out)
	require.Contains(t, problem, sentence)
}

// TestRecipeByAz deploys a workload identity with nothing but az and kubectl, as the documentation
// of AKS tells it, proves its chain with akswi, and deletes all of it.
//
// The commands are those of
// https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster,
// https://azure.github.io/azure-workload-identity/docs/quick-start.html,
// https://learn.microsoft.com/azure/storage/blobs/storage-quickstart-blobs-cli and
// https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-configure.
func TestRecipeByAz(t *testing.T) {
	t.Parallel()
	r := newRecipe(t)
	for name, value := range map[string]string{
		"RESOURCE_GROUP": "shop", "LOCATION": "westeurope", "CLUSTER_NAME": "shop-aks", "SUBSCRIPTION": sandbox.subscription(),
		"SERVICE_ACCOUNT_NAMESPACE": "shop", "SERVICE_ACCOUNT_NAME": "orders", "USER_ASSIGNED_IDENTITY_NAME": "orders",
		"FEDERATED_IDENTITY_CREDENTIAL_NAME": "orders-on-aks", "KEYVAULT_NAME": "shop-az-letters", "KEYVAULT_SECRET_NAME": "greeting",
		"STORAGE_ACCOUNT": "shopazdocs", "SQL_SERVER": "shop-az-sql",
	} {
		r.env[name] = value
	}
	r.run(t, `az login --service-principal --username "$AZURE_CLIENT_ID" --tenant "$AZURE_TENANT_ID" --federated-token "$(cat "$AZURE_FEDERATED_TOKEN_FILE")"`)
	r.shows(t, `az account show --query '{id: id, tenant: tenantId, as: user.type}'`, map[string]any{
		"id": sandbox.subscription(), "tenant": sandbox.env["AZURE_TENANT_ID"], "as": "servicePrincipal",
	})
	r.shows(t, `az group create --name "$RESOURCE_GROUP" --location "$LOCATION" --query properties.provisioningState`, "Succeeded")

	// az knows four clouds by itself, and what this host says otherwise.
	r.shows(t, `AZURE_CONFIG_DIR="$PWD/discovered" ARM_CLOUD_METADATA_URL='https://management.azure.com/metadata/endpoints?api-version=2019-05-01' az cloud list --query "[].name"`, []any{"AzureCloud"})

	r.cluster(t)
	r.identity(t)
	r.vault(t)
	r.chain(t)
	r.roles(t)
	r.storage(t)
	r.sql(t)
	r.application(t)
	r.lists(t)
	r.refusals(t)
	r.removal(t)
}

func (r *recipe) cluster(t *testing.T) {
	r.shows(t, `az aks create --resource-group "$RESOURCE_GROUP" --name "$CLUSTER_NAME" --enable-oidc-issuer --enable-workload-identity --generate-ssh-keys --node-count 1 --query '{state: provisioningState, issuer: oidcIssuerProfile.enabled, webhook: securityProfile.workloadIdentity.enabled}'`,
		map[string]any{"state": "Succeeded", "issuer": true, "webhook": true})
	r.shows(t, `az aks update --resource-group "$RESOURCE_GROUP" --name "$CLUSTER_NAME" --enable-oidc-issuer --enable-workload-identity --query provisioningState`, "Succeeded")
	r.set(t, "AKS_OIDC_ISSUER", `az aks show --name "$CLUSTER_NAME" --resource-group "$RESOURCE_GROUP" --query "oidcIssuerProfile.issuerUrl" --output tsv`)
	require.Regexp(t, `^https://westeurope\.oic\.prod-aks\.azure\.com/[0-9a-f-]{36}/[0-9a-f-]{36}/$`, r.env["AKS_OIDC_ISSUER"])
	r.run(t, `az aks get-credentials --name "$CLUSTER_NAME" --resource-group "$RESOURCE_GROUP"`)
	require.Contains(t, string(r.kubernetes(t, "/api/v1/nodes")), "aks-nodepool1-")
}

func (r *recipe) identity(t *testing.T) {
	r.run(t, `az identity create --name "$USER_ASSIGNED_IDENTITY_NAME" --resource-group "$RESOURCE_GROUP" --location "$LOCATION" --subscription "$SUBSCRIPTION"`)
	r.set(t, "USER_ASSIGNED_CLIENT_ID", `az identity show --resource-group "$RESOURCE_GROUP" --name "$USER_ASSIGNED_IDENTITY_NAME" --query 'clientId' --output tsv`)
	r.set(t, "IDENTITY_PRINCIPAL_ID", `az identity show --resource-group "$RESOURCE_GROUP" --name "$USER_ASSIGNED_IDENTITY_NAME" --query 'principalId' --output tsv`)
	r.set(t, "IDENTITY_ID", `az identity show --resource-group "$RESOURCE_GROUP" --name "$USER_ASSIGNED_IDENTITY_NAME" --query 'id' --output tsv`)
	r.set(t, "CREDENTIAL_ID", `az identity federated-credential create --name "$FEDERATED_IDENTITY_CREDENTIAL_NAME" --identity-name "$USER_ASSIGNED_IDENTITY_NAME" --resource-group "$RESOURCE_GROUP" --issuer "$AKS_OIDC_ISSUER" --subject system:serviceaccount:"$SERVICE_ACCOUNT_NAMESPACE":"$SERVICE_ACCOUNT_NAME" --audience api://AzureADTokenExchange --query id --output tsv`)
	r.shows(t, `az identity federated-credential list --identity-name "$USER_ASSIGNED_IDENTITY_NAME" --resource-group "$RESOURCE_GROUP" --query '[].{name: name, subject: subject, audiences: audiences}'`, []any{
		map[string]any{"name": "orders-on-aks", "subject": "system:serviceaccount:shop:orders", "audiences": []any{"api://AzureADTokenExchange"}},
	})
	r.kubernetesPost(t, "/api/v1/namespaces", map[string]any{"metadata": map[string]any{"name": "shop"}})
	r.kubernetesPost(t, "/api/v1/namespaces/shop/serviceaccounts", map[string]any{"metadata": map[string]any{
		"name": "orders", "annotations": map[string]any{"azure.workload.identity/client-id": r.env["USER_ASSIGNED_CLIENT_ID"]},
	}})
}

func (r *recipe) vault(t *testing.T) {
	r.run(t, `az keyvault create --resource-group "$RESOURCE_GROUP" --location "$LOCATION" --name "$KEYVAULT_NAME" --enable-rbac-authorization`)
	r.set(t, "KEYVAULT_RESOURCE_ID", `az keyvault show --resource-group "$RESOURCE_GROUP" --name "$KEYVAULT_NAME" --query id --output tsv`)
	r.fails(t, `az keyvault secret set --vault-name "$KEYVAULT_NAME" --name "$KEYVAULT_SECRET_NAME" --value 'Hello!'`, "ForbiddenByRbac")
	r.run(t, `az role assignment create --assignee "$AZURE_CLIENT_ID" --role "Key Vault Secrets Officer" --scope "$KEYVAULT_RESOURCE_ID"`)
	r.run(t, `az keyvault secret set --vault-name "$KEYVAULT_NAME" --name "$KEYVAULT_SECRET_NAME" --value 'Hello!'`)
	r.shows(t, `az keyvault secret show --vault-name "$KEYVAULT_NAME" --name "$KEYVAULT_SECRET_NAME" --query value`, "Hello!")
	r.run(t, `az role assignment create --assignee-object-id "$IDENTITY_PRINCIPAL_ID" --role "Key Vault Secrets User" --scope "$KEYVAULT_RESOURCE_ID" --assignee-principal-type ServicePrincipal`)
	// A vault with access policies, as older recipes have it.
	r.run(t, `az keyvault create --resource-group "$RESOURCE_GROUP" --location "$LOCATION" --name "$KEYVAULT_NAME"-old --enable-rbac-authorization false`)
	r.shows(t, `az keyvault set-policy --name "$KEYVAULT_NAME"-old --secret-permissions get --spn "$USER_ASSIGNED_CLIENT_ID" --query "length(properties.accessPolicies[?objectId=='$IDENTITY_PRINCIPAL_ID'])"`, 1.0)
}

// chain proves with akswi that a pod of the service account reads the secret.
func (r *recipe) chain(t *testing.T) {
	kubeconfig := r.file(t, "kubeconfig")
	outputs, err := json.Marshal(map[string]any{
		"cloud": "AzurePublicCloud", "clusterId": "unused", "clusterName": r.env["CLUSTER_NAME"], "issuerUrl": r.env["AKS_OIDC_ISSUER"],
		"kubeconfig": string(kubeconfig), "tenantId": r.env["AZURE_TENANT_ID"],
		"workloads": map[string]any{"orders": map[string]any{
			"clientId": r.env["USER_ASSIGNED_CLIENT_ID"], "principalId": r.env["IDENTITY_PRINCIPAL_ID"], "tenantId": r.env["AZURE_TENANT_ID"],
			"identityId": r.env["IDENTITY_ID"], "identityKind": "userAssigned",
			"federations": []any{map[string]any{
				"namespace": "shop", "serviceAccount": "orders", "issuer": r.env["AKS_OIDC_ISSUER"], "subject": "system:serviceaccount:shop:orders",
				"audience": "api://AzureADTokenExchange", "credentialId": r.env["CREDENTIAL_ID"],
			}},
			"secrets":                   []any{map[string]any{"vaultUrl": "https://" + r.env["KEYVAULT_NAME"] + ".vault.azure.net/", "name": "greeting"}},
			"serviceAccountAnnotations": map[string]any{"azure.workload.identity/client-id": r.env["USER_ASSIGNED_CLIENT_ID"]},
			"podLabels":                 map[string]any{"azure.workload.identity/use": "true"},
		}},
	})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "outputs.json"), outputs, 0o600))
	require.Contains(t, r.run(t, `akswi verify --retry-for 60s < outputs.json`), "1 of 1 federations proven")
}

func (r *recipe) roles(t *testing.T) {
	r.shows(t, `az role assignment list --scope "$KEYVAULT_RESOURCE_ID" --query "sort_by([].{role: roleDefinitionName, kind: principalType}, &role)"`, []any{
		map[string]any{"role": "Key Vault Secrets Officer", "kind": "ServicePrincipal"},
		map[string]any{"role": "Key Vault Secrets User", "kind": "ServicePrincipal"},
	})
	r.shows(t, `az role assignment list --assignee "$USER_ASSIGNED_CLIENT_ID" --all --query "[].principalName"`, []any{r.env["USER_ASSIGNED_CLIENT_ID"]})
	r.run(t, `az role definition create --role-definition '{"Name": "Shop reader", "Description": "Reads the shop.", "Actions": ["Microsoft.Resources/subscriptions/resourceGroups/read"], "AssignableScopes": ["/subscriptions/'"$SUBSCRIPTION"'"]}'`)
	r.shows(t, `az role definition list --name "Shop reader" --query "[].roleType"`, []any{"CustomRole"})
	r.run(t, `az role assignment create --assignee-object-id "$IDENTITY_PRINCIPAL_ID" --assignee-principal-type ServicePrincipal --role "Shop reader" --scope "/subscriptions/$SUBSCRIPTION/resourceGroups/$RESOURCE_GROUP"`)
	r.run(t, `az role assignment delete --assignee "$IDENTITY_PRINCIPAL_ID" --role "Shop reader" --scope "/subscriptions/$SUBSCRIPTION/resourceGroups/$RESOURCE_GROUP"`)
	r.run(t, `az role definition delete --name "Shop reader"`)
}

func (r *recipe) storage(t *testing.T) {
	r.set(t, "ACCOUNT_ID", `az storage account create --name "$STORAGE_ACCOUNT" --resource-group "$RESOURCE_GROUP" --location "$LOCATION" --sku Standard_LRS --query id --output tsv`)
	r.set(t, "ME", `az ad sp show --id "$AZURE_CLIENT_ID" --query id --output tsv`)
	r.run(t, `az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id "$ME" --assignee-principal-type ServicePrincipal --scope "$ACCOUNT_ID"`)
	r.shows(t, `az storage container create --account-name "$STORAGE_ACCOUNT" --name docs --auth-mode login`, map[string]any{"created": true})
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "hello.txt"), []byte("hello\n"), 0o600))
	r.run(t, `az storage blob upload --account-name "$STORAGE_ACCOUNT" --container-name docs --name hello.txt --file hello.txt --auth-mode login`)
	r.shows(t, `az storage blob list --account-name "$STORAGE_ACCOUNT" --container-name docs --query "[].{name: name, size: properties.contentLength}" --auth-mode login`,
		[]any{map[string]any{"name": "hello.txt", "size": 6.0}})
	r.run(t, `az storage blob download --account-name "$STORAGE_ACCOUNT" --container-name docs --name hello.txt --file again.txt --auth-mode login`)
	require.Equal(t, "hello\n", string(r.file(t, "again.txt")))
	r.set(t, "LEASE", `az storage blob lease acquire --account-name "$STORAGE_ACCOUNT" --container-name docs --blob-name hello.txt --lease-duration -1 --auth-mode login --output tsv`)
	r.fails(t, `az storage blob delete --account-name "$STORAGE_ACCOUNT" --container-name docs --name hello.txt --auth-mode login`, "LeaseIdMissing")
	r.run(t, `az storage blob delete --account-name "$STORAGE_ACCOUNT" --container-name docs --name hello.txt --lease-id "$LEASE" --auth-mode login`)
	r.shows(t, `az storage container delete --account-name "$STORAGE_ACCOUNT" --name docs --auth-mode login`, map[string]any{"deleted": true})
}

func (r *recipe) sql(t *testing.T) {
	r.run(t, `az sql server create --name "$SQL_SERVER" --resource-group "$RESOURCE_GROUP" --location "$LOCATION" --enable-ad-only-auth --external-admin-principal-type Application --external-admin-name shop-admin --external-admin-sid "$AZURE_CLIENT_ID"`)
	r.shows(t, `az sql server ad-admin create --resource-group "$RESOURCE_GROUP" --server-name "$SQL_SERVER" --display-name orders --object-id "$IDENTITY_PRINCIPAL_ID" --query login`, "orders")
	r.shows(t, `az sql server ad-admin list --resource-group "$RESOURCE_GROUP" --server-name "$SQL_SERVER" --query "[].sid"`, []any{r.env["IDENTITY_PRINCIPAL_ID"]})
}

func (r *recipe) application(t *testing.T) {
	r.set(t, "APPLICATION_CLIENT_ID", `az ad app create --display-name shop-az-app --query appId --output tsv`)
	r.shows(t, `az ad sp create --id "$APPLICATION_CLIENT_ID" --query displayName`, "shop-az-app")
	params, err := json.Marshal(map[string]any{
		"name": "kubernetes-federated-credential", "issuer": r.env["AKS_OIDC_ISSUER"], "subject": "system:serviceaccount:shop:app",
		"description": "Kubernetes service account federated credential", "audiences": []string{"api://AzureADTokenExchange"},
	})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "params.json"), params, 0o600))
	r.run(t, `az ad app federated-credential create --id "$APPLICATION_CLIENT_ID" --parameters @params.json`)
	r.shows(t, `az ad app federated-credential list --id "$APPLICATION_CLIENT_ID" --query "[].subject"`, []any{"system:serviceaccount:shop:app"})
}

func (r *recipe) lists(t *testing.T) {
	r.shows(t, `az rest --method get --url "/subscriptions/$SUBSCRIPTION/resourceGroups/$RESOURCE_GROUP?api-version=2022-09-01" --query name`, "shop")
	r.shows(t, `az rest --method get --url "https://graph.microsoft.com/v1.0/applications?\$filter=displayName eq 'shop-az-app'" --query "value[].appId"`, []any{r.env["APPLICATION_CLIENT_ID"]})
	r.shows(t, `az resource list --resource-group "$RESOURCE_GROUP" --query "sort([].type)"`, []any{
		"Microsoft.ContainerService/managedClusters", "Microsoft.KeyVault/vaults", "Microsoft.KeyVault/vaults",
		"Microsoft.ManagedIdentity/userAssignedIdentities", "Microsoft.Sql/servers", "Microsoft.Storage/storageAccounts",
	})
	r.shows(t, `az resource list --resource-type Microsoft.ManagedIdentity/userAssignedIdentities --resource-group "$RESOURCE_GROUP" --query "[].name"`, []any{"orders"})
	require.Contains(t, r.run(t, `az vm list-skus --location "$LOCATION" --size Standard_D2s --output table`), "Standard_D2s_v5")
	require.Contains(t, r.run(t, `az vm list-usage --location "$LOCATION" --output table`), "Total Regional vCPUs")
	require.Contains(t, r.run(t, `az aks get-versions --location "$LOCATION" --output table`), "1.34")
}

// refusals runs commands of recipes for which the sandbox has nothing: each gets a sentence.
func (r *recipe) refusals(t *testing.T) {
	r.fails(t, `az ad app credential reset --id "$APPLICATION_CLIENT_ID"`, "The sandbox never creates passwords or keys")
	r.fails(t, `az storage account keys list --account-name "$STORAGE_ACCOUNT" --resource-group "$RESOURCE_GROUP"`, "have no keys")
	r.fails(t, `az network vnet list-endpoint-services --location "$LOCATION"`, "that the sandbox implements")
}

func (r *recipe) removal(t *testing.T) {
	r.run(t, `az identity federated-credential delete --name "$FEDERATED_IDENTITY_CREDENTIAL_NAME" --identity-name "$USER_ASSIGNED_IDENTITY_NAME" --resource-group "$RESOURCE_GROUP" --yes`)
	out, _, err := r.try(t, `akswi verify < outputs.json`)
	require.Error(t, err)
	require.Contains(t, out, "link 2 (credential)")
	r.run(t, `az ad app delete --id "$APPLICATION_CLIENT_ID"`)
	r.run(t, `az group delete --name "$RESOURCE_GROUP" --yes`)
	r.shows(t, `az group exists --name "$RESOURCE_GROUP"`, false)
	r.run(t, `az keyvault purge --name "$KEYVAULT_NAME"`)
	r.shows(t, `az keyvault list-deleted --resource-type vault --query "[?starts_with(name, 'shop-az')].name"`, []any{"shop-az-letters-old"})
	left, err := sandbox.command(t.Context(), sandbox.binary, "status", "--json").Output()
	require.NoError(t, err)
	require.NotContains(t, string(left), "/resourceGroups/shop/")
	require.NotContains(t, string(left), "shop-az-app")
	r.run(t, `az logout`)
}
