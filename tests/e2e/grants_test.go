package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	dataGroup  = "/resourceGroups/shop-data"
	blobStore  = dataGroup + "/providers/Microsoft.Storage/storageAccounts/shopdata"
	registry   = dataGroup + "/providers/Microsoft.ContainerRegistry/registries/shopimages"
	rolesVault = dataGroup + "/providers/Microsoft.KeyVault/vaults/kv-shop-roles"
	oldVault   = dataGroup + "/providers/Microsoft.KeyVault/vaults/kv-shop-policies"
	sqlServer  = dataGroup + "/providers/Microsoft.Sql/servers/sql-shop"
	sqlAdmin   = sqlServer + "/administrators/ActiveDirectory"

	// contributor is Storage Blob Data Contributor, for whoever fills the account.
	contributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"

	reader = `
reader:
  serviceAccount: {namespace: data}
  grants:
    - {preset: readBlobs, resource: {kind: storageAccount, name: shopdata, resourceGroupName: shop-data}}
    - {preset: pullImages, resource: {kind: registry, name: shopimages, resourceGroupName: shop-data}}
    - {preset: listRoleAssignments, resource: {kind: resourceGroup, name: shop-data}}
    - customRole: {name: Sees the orders' server (local), actions: [Microsoft.Sql/servers/read]}
      resource: {kind: sqlServer, name: sql-shop, resourceGroupName: shop-data}
  vaultPolicies:
    - {key: letters, vaultName: kv-shop-policies, resourceGroupName: shop-data, secretPermissions: [get]}
  sqlUsers:
    - {key: orders, database: orders, roles: [db_datareader]}
`
)

// TestGrantsOnWhatOthersHave gives a workload rights on resources of other teams, in each way that
// there is, and uses them as its pod would. Carries R12, R13, R14, R15, R24.
func TestGrantsOnWhatOthersHave(t *testing.T) {
	w := newWorld(t)
	w.edit(t, func(config map[string]any) { delete(config, project+":vault") })
	w.setWorkloads(t, "{}")
	w.up(t)
	azure := w.clients(t)
	dba := w.makeShopData(t, azure)
	// change edits the workload, and returns what restores it.
	change := func(change func(reader map[string]any)) (restore func()) {
		w.editWorkload(t, "reader", change)
		return func() { w.setWorkloads(t, reader) }
	}

	w.setWorkloads(t, reader)
	assert.Contains(t, w.up(t), "proven")
	user := w.outputs(t).Workloads["reader"]
	pod := azure.pod(t, w.kubernetes(t), "data", "reader", user.ClientID)

	t.Run("the pod may do what it was given, and no more", func(t *testing.T) {
		blobs := blobClient(t, azure, pod)
		assert.Equal(t, []string{"hello.txt"}, listBlobs(t, blobs))
		got, err := blobs.DownloadStream(t.Context(), "letters", "hello.txt", nil)
		require.NoError(t, err)
		defer got.Body.Close()
		text, err := io.ReadAll(got.Body)
		require.NoError(t, err)
		assert.Equal(t, "hello", string(text))
		_, err = blobs.UploadBuffer(t.Context(), "letters", "mine.txt", []byte("mine"), nil)
		var refused *azcore.ResponseError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, "AuthorizationPermissionMismatch", refused.ErrorCode)

		allowed := func(method, url, body, want string) {
			t.Helper()
			status, answer := azure.request(t, pod, method, url, body)
			assert.Equal(t, http.StatusOK, status, answer)
			assert.Contains(t, answer, want)
		}
		denied := func(method, url, body, want string) {
			t.Helper()
			status, answer := azure.request(t, pod, method, url, body)
			assert.Equal(t, http.StatusForbidden, status, answer)
			assert.Contains(t, answer, want)
		}
		allowed("GET", dataGroup+"/providers/Microsoft.Authorization/roleAssignments", "", user.PrincipalID)
		allowed("GET", sqlServer, "", "sql-shop.database.windows.net")
		allowed("GET", "https://kv-shop-policies.vault.azure.net/secrets/letter?api-version=7.4", "", "dear reader")
		denied("GET", blobStore, "", "AuthorizationFailed")
		denied("DELETE", sqlServer, "", "AuthorizationFailed")
		denied("PUT", "https://kv-shop-policies.vault.azure.net/secrets/letter?api-version=7.4", `{"value":"mine"}`, "does not have secrets set permission")
		denied("GET", "https://kv-shop-roles.vault.azure.net/secrets/letter?api-version=7.4", "", "ForbiddenByRbac")
	})

	t.Run("the script lets this identity in, and nobody else", func(t *testing.T) {
		script := w.outputs(t).Workloads["reader"].SQLScripts["orders"]
		for _, want := range []string{"TYPE = E", "'orders'", "[reader]", "[db_datareader]"} {
			assert.Contains(t, script, want)
		}
		assert.Contains(t, strings.ToUpper(script), sid(t, user.ClientID))
	})

	t.Run("nothing changes by itself", func(t *testing.T) {
		requireNoChange(t, w.up(t))
		w.requireNoDrift(t)
	})

	t.Run("a role added later is one line", func(t *testing.T) {
		change(func(reader map[string]any) {
			reader["grants"] = append(reader["grants"].([]any), object{"preset": "readSecrets", "resource": vaultNamed("kv-shop-roles")})
		})
		assert.Equal(t, map[string]int{"created": 1}, changes(t, w.up(t)))
		status, answer := azure.request(t, pod, "GET", "https://kv-shop-roles.vault.azure.net/secrets/letter?api-version=7.4", "")
		assert.Equal(t, http.StatusOK, status, answer)
	})

	w.setWorkloads(t, reader)
	for name, tc := range map[string]struct {
		change func(reader map[string]any)
		want   []string
	}{
		"an access policy on a vault that uses roles": {
			func(reader map[string]any) {
				at(t, object{"policy": reader["vaultPolicies"].([]any)[0]}, "policy")["vaultName"] = "kv-shop-roles"
			},
			[]string{`vaultPolicies[0] of workload "reader"`, `vault "kv-shop-roles" uses roles (enableRbacAuthorization)`, `grant a preset on it, such as "readSecrets"`},
		},
		"a role on a vault that uses access policies": {
			func(reader map[string]any) {
				reader["grants"] = []any{object{"preset": "readSecrets", "resource": vaultNamed("kv-shop-policies")}}
			},
			[]string{`grants[0].resource of workload "reader"`, `vault "kv-shop-policies" uses access policies`, "use vaultPolicies"},
		},
		"a resource that does not exist": {
			func(reader map[string]any) {
				reader["grants"] = []any{object{"preset": "readSecrets", "resource": vaultNamed("kv-shop-rolls")}}
			},
			[]string{`grants[0].resource of workload "reader"`, `there is no vault "kv-shop-rolls" in resource group "shop-data"`, "check the names"},
		},
		"an administrator in another's place": {
			func(reader map[string]any) {
				reader["sqlServerAdmin"] = object{"serverName": "sql-shop", "resourceGroupName": "shop-data"}
			},
			[]string{`sqlServerAdmin of workload "reader"`, `has the administrator "dba" (` + dba + `)`, "set replaceExisting"},
		},
	} {
		t.Run(name+" is refused in the preview", func(t *testing.T) {
			defer change(tc.change)()
			out := w.refused(t, "preview")
			for _, want := range tc.want {
				assert.Contains(t, out, want)
			}
		})
	}

	t.Run("the administrator's place is taken once it is free", func(t *testing.T) {
		defer change(func(reader map[string]any) {
			reader["sqlServerAdmin"] = object{"serverName": "sql-shop", "resourceGroupName": "shop-data", "replaceExisting": true}
		})()
		assert.Contains(t, w.refused(t, "preview"), "sql-workload-not-admin", "the policy pack wants it otherwise")
		out := w.refused(t, "up", "POLICY=")
		assert.Contains(t, out, `sqlServerAdmin replaces "dba"`)
		assert.Contains(t, out, "cannot create already existing resource")
		assert.Equal(t, dba, w.azure(t, "GET", sqlAdmin, nil)["properties"].(object)["sid"], "the refusal changed the server")

		w.azure(t, "DELETE", sqlAdmin, nil)
		assert.Equal(t, map[string]int{"created": 1, "deleted": 1}, changes(t, w.up(t, "POLICY=")), "the administrator is new, the role on the vault is not in the file any more")
		assert.Equal(t, user.PrincipalID, w.azure(t, "GET", sqlAdmin, nil)["properties"].(object)["sid"])
		requireNoChange(t, w.up(t, "POLICY="))
		w.requireNoDrift(t)
	})

	t.Run("destroy leaves what others have as it was", func(t *testing.T) {
		customRoles := func() []object {
			return list(t, w.azure(t, "GET", dataGroup+"/providers/Microsoft.Authorization/roleDefinitions?$filter=atScopeAndBelow()+and+type+eq+'CustomRole'", nil))
		}
		policies := func() []any {
			return w.azure(t, "GET", oldVault, nil)["properties"].(object)["accessPolicies"].([]any)
		}
		assert.Len(t, customRoles(), 2)
		assert.Len(t, policies(), 1)
		assert.Len(t, w.rolesOf(t, user), 4)

		w.pulumiInSandbox(t, "destroy", "--yes", quick)
		for _, path := range []string{blobStore, registry, rolesVault, oldVault, sqlServer} {
			w.azure(t, "GET", path, nil)
		}
		assert.Empty(t, customRoles())
		assert.Empty(t, policies())
		assert.Empty(t, w.rolesOf(t, user))
		status, _ := azure.request(t, azure.deployer(t), "GET", sqlAdmin, "")
		assert.Equal(t, http.StatusNotFound, status)
	})

	w.azure(t, "DELETE", dataGroup, nil)
	assert.Contains(t, w.down(t), "No resource exists.")
}

// makeShopData makes what a workload is given rights on, and returns the object id of the SQL
// server's administrator.
func (w *world) makeShopData(t *testing.T, azure *clients) (dba string) {
	t.Helper()
	const place = "westeurope"
	put := func(path string, body object) {
		t.Helper()
		w.azure(t, "PUT", path, body)
	}
	vault := func(path string, properties object) {
		t.Helper()
		properties["tenantId"], properties["sku"] = azure.env["AZURE_TENANT_ID"], object{"family": "A", "name": "standard"}
		put(path, object{"location": place, "properties": properties})
		put(path+"/secrets/letter", object{"properties": object{"value": "dear reader"}})
	}
	put(dataGroup, object{"location": place})
	put(blobStore, object{"location": place, "sku": object{"name": "Standard_LRS"}, "kind": "StorageV2", "properties": object{"allowSharedKeyAccess": false}})
	put(blobStore+"/blobServices/default/containers/letters", object{})
	put(registry, object{"location": place, "sku": object{"name": "Basic"}})
	vault(rolesVault, object{"enableRbacAuthorization": true})
	vault(oldVault, object{"enableRbacAuthorization": false, "accessPolicies": []any{}})
	dba = uuid.NewString()
	put(sqlServer, object{"location": place, "properties": object{
		"administratorLogin": "boss", "administratorLoginPassword": "S3cret!enough-for-Azure",
		"administrators": object{"administratorType": "ActiveDirectory", "login": "dba", "sid": dba, "principalType": "Group"},
	}})

	put(blobStore+"/providers/Microsoft.Authorization/roleAssignments/"+uuid.NewString(), object{"properties": object{
		"roleDefinitionId": "/subscriptions/" + azure.env["AZURE_SUBSCRIPTION_ID"] + "/providers/Microsoft.Authorization/roleDefinitions/" + contributor,
		"principalId":      objectID(t, azure.deployer(t)), "principalType": "ServicePrincipal",
	}})
	_, err := blobClient(t, azure, azure.deployer(t)).UploadBuffer(t.Context(), "letters", "hello.txt", []byte("hello"), nil)
	require.NoError(t, err)
	return dba
}

func blobClient(t *testing.T, azure *clients, credential azcore.TokenCredential) *azblob.Client {
	t.Helper()
	client, err := azblob.NewClient("https://shopdata.blob.core.windows.net", credential, &azblob.ClientOptions{ClientOptions: azure.options()})
	require.NoError(t, err)
	return client
}

func listBlobs(t *testing.T, client *azblob.Client) []string {
	t.Helper()
	var found []string
	for pages := client.NewListBlobsFlatPager("letters", nil); pages.More(); {
		page, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		for _, item := range page.Segment.BlobItems {
			found = append(found, *item.Name)
		}
	}
	return found
}

func vaultNamed(name string) object {
	return object{"kind": "vault", "name": name, "resourceGroupName": "shop-data"}
}

// sid returns a client id as a SQL server writes a GUID: the first three groups byte by byte from
// the end.
func sid(t *testing.T, clientID string) string {
	t.Helper()
	id, err := uuid.Parse(clientID)
	require.NoError(t, err)
	for _, group := range [][]byte{id[0:4], id[4:6], id[6:8]} {
		for i, j := 0, len(group)-1; i < j; i, j = i+1, j-1 {
			group[i], group[j] = group[j], group[i]
		}
	}
	return "0X" + strings.ToUpper(strings.ReplaceAll(id.String(), "-", ""))
}
