package clients

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"io"
	"math/big"
	"os"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/containerservice/armcontainerservice/v6"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// Built-in roles (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles).
const (
	secretsOfficer  = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
	secretsUser     = "4633458b-17de-408a-b874-0445c86b69e6"
	blobContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
)

// quickly polls long-running operations twice a second.
var quickly = &runtime.PollUntilDoneOptions{Frequency: 500 * time.Millisecond}

// sdk holds what the steps of a deployment with the SDK for Go pass on.
type sdk struct {
	group              string
	login              azcore.TokenCredential
	me                 string // object ID of the deployer
	identity           armmsi.Identity
	vault, account     string // resource IDs
	vaultURL, blobsURL string
	issuer             string
	cluster            kubernetes.Interface
}

// TestSDKForGo deploys a workload identity with the packages of the SDK for Go, each of which is a
// row, and then runs the webhook's own cases in the cluster that they made.
func TestSDKForGo(t *testing.T) {
	t.Parallel()
	s := &sdk{group: "sdk", login: sandbox.deployer(t)}
	for _, row := range []struct {
		module string
		use    func(*sdk, *testing.T)
	}{
		{"azidentity", (*sdk).azidentity},
		{"armresources", (*sdk).armresources},
		{"armmsi", (*sdk).armmsi},
		{"armcontainerservice", (*sdk).armcontainerservice},
		{"armmsi, federated credentials", (*sdk).federated},
		{"armkeyvault", (*sdk).armkeyvault},
		{"armstorage", (*sdk).armstorage},
		{"armauthorization", (*sdk).armauthorization},
		{"azsecrets", (*sdk).azsecrets},
		{"azblob", (*sdk).azblob},
		{"azidentity in a pod", (*sdk).pod},
		{"the webhook's cases", (*sdk).webhookCases},
		{"armresources, deletion", (*sdk).deletion},
	} {
		passed := t.Run(row.module, func(t *testing.T) { row.use(s, t) })
		require.True(t, passed, "the next rows need what this one makes")
	}
}

// azidentity signs in with each kind of credential without a user: those by an assertion get a
// token, all others a sentence.
func (s *sdk) azidentity(t *testing.T) {
	tenant, client := sandbox.env["AZURE_TENANT_ID"], sandbox.env["AZURE_CLIENT_ID"]
	assertion := func(context.Context) (string, error) {
		token, err := os.ReadFile(sandbox.env["AZURE_FEDERATED_TOKEN_FILE"])
		return string(token), err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	for _, c := range []struct {
		name    string
		make    func() (azcore.TokenCredential, error)
		refusal string
	}{
		{"workload identity", func() (azcore.TokenCredential, error) { return s.login, nil }, ""},
		{"client assertion", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientAssertionCredential(tenant, client, assertion, &azidentity.ClientAssertionCredentialOptions{ClientOptions: sandbox.options()})
		}, ""},
		{"client certificate", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientCertificateCredential(tenant, client, []*x509.Certificate{certificate}, crypto.PrivateKey(key),
				&azidentity.ClientCertificateCredentialOptions{ClientOptions: sandbox.options()})
		}, "AADSTS700027"},
		{"client secret", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientSecretCredential(tenant, client, "secret", &azidentity.ClientSecretCredentialOptions{ClientOptions: sandbox.options()})
		}, "AADSTS7000215"},
		{"another tenant", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientAssertionCredential(uuid.NewString(), client, assertion, &azidentity.ClientAssertionCredentialOptions{ClientOptions: sandbox.options()})
		}, "AADSTS"},
	} {
		credential, err := c.make()
		require.NoError(t, err, c.name)
		token, err := credential.GetToken(t.Context(), forARM)
		if c.refusal != "" {
			require.ErrorContains(t, err, c.refusal, c.name)
			continue
		}
		require.NoError(t, err, c.name)
		require.Greater(t, time.Until(token.ExpiresOn), 10*time.Minute, c.name)
	}
	s.me = claim(t, s.login, "oid")
}

func (s *sdk) armresources(t *testing.T) {
	groups, err := armresources.NewResourceGroupsClient(sandbox.subscription(), s.login, sandbox.armOptions())
	require.NoError(t, err)
	_, err = groups.Get(t.Context(), s.group, nil)
	refused(t, err, 404, "ResourceGroupNotFound")
	made, err := groups.CreateOrUpdate(t.Context(), s.group, armresources.ResourceGroup{Location: to.Ptr("westeurope"), Tags: map[string]*string{"team": to.Ptr("shop")}}, nil)
	require.NoError(t, err)
	require.Equal(t, "Succeeded", *made.Properties.ProvisioningState)
	there, err := groups.CheckExistence(t.Context(), s.group, nil)
	require.NoError(t, err)
	require.True(t, there.Success)
	var names []string
	for pages := groups.NewListPager(nil); pages.More(); {
		page, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		for _, g := range page.Value {
			names = append(names, *g.Name)
		}
	}
	require.Contains(t, names, s.group)
}

func (s *sdk) armmsi(t *testing.T) {
	identities, err := armmsi.NewUserAssignedIdentitiesClient(sandbox.subscription(), s.login, sandbox.armOptions())
	require.NoError(t, err)
	made, err := identities.CreateOrUpdate(t.Context(), s.group, "orders", armmsi.Identity{Location: to.Ptr("westeurope")}, nil)
	require.NoError(t, err)
	s.identity = made.Identity
	require.Equal(t, sandbox.env["AZURE_TENANT_ID"], *s.identity.Properties.TenantID)
	_, err = identities.CreateOrUpdate(t.Context(), s.group, "o", armmsi.Identity{Location: to.Ptr("westeurope")}, nil)
	require.Error(t, err, "a name of one character")
	got, err := identities.Get(t.Context(), s.group, "orders", nil)
	require.NoError(t, err)
	require.Equal(t, *s.identity.Properties.ClientID, *got.Properties.ClientID)
}

func (s *sdk) armcontainerservice(t *testing.T) {
	clusters, err := armcontainerservice.NewManagedClustersClient(sandbox.subscription(), s.login, sandbox.armOptions())
	require.NoError(t, err)
	creation, err := clusters.BeginCreateOrUpdate(t.Context(), s.group, "aks", armcontainerservice.ManagedCluster{
		Location: to.Ptr("westeurope"),
		Identity: &armcontainerservice.ManagedClusterIdentity{Type: to.Ptr(armcontainerservice.ResourceIdentityTypeSystemAssigned)},
		Properties: &armcontainerservice.ManagedClusterProperties{
			DNSPrefix: to.Ptr("sdk"),
			AgentPoolProfiles: []*armcontainerservice.ManagedClusterAgentPoolProfile{{
				Name: to.Ptr("system"), Mode: to.Ptr(armcontainerservice.AgentPoolModeSystem), Count: to.Ptr(int32(1)), VMSize: to.Ptr("Standard_D2s_v5"),
			}},
			OidcIssuerProfile: &armcontainerservice.ManagedClusterOIDCIssuerProfile{Enabled: to.Ptr(true)},
			SecurityProfile: &armcontainerservice.ManagedClusterSecurityProfile{
				WorkloadIdentity: &armcontainerservice.ManagedClusterSecurityProfileWorkloadIdentity{Enabled: to.Ptr(true)},
			},
		},
	}, nil)
	require.NoError(t, err)
	made, err := creation.PollUntilDone(t.Context(), quickly)
	require.NoError(t, err)
	s.issuer = *made.Properties.OidcIssuerProfile.IssuerURL
	answer, err := clusters.ListClusterUserCredentials(t.Context(), s.group, "aks", nil)
	require.NoError(t, err)
	require.Len(t, answer.Kubeconfigs, 1)
	s.cluster = clusterClient(t, answer.Kubeconfigs[0].Value)
	nodes, err := s.cluster.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, nodes.Items)
	pools, err := armcontainerservice.NewAgentPoolsClient(sandbox.subscription(), s.login, sandbox.armOptions())
	require.NoError(t, err)
	pool, err := pools.Get(t.Context(), s.group, "aks", "system", nil)
	require.NoError(t, err)
	require.Equal(t, "Succeeded", *pool.Properties.ProvisioningState)
}

func (s *sdk) federated(t *testing.T) {
	credentials, err := armmsi.NewFederatedIdentityCredentialsClient(sandbox.subscription(), s.login, sandbox.armOptions())
	require.NoError(t, err)
	put := func(name, subject string) error {
		_, err := credentials.CreateOrUpdate(t.Context(), s.group, "orders", name, armmsi.FederatedIdentityCredential{
			Properties: &armmsi.FederatedIdentityCredentialProperties{
				Issuer: &s.issuer, Subject: &subject, Audiences: []*string{to.Ptr("api://AzureADTokenExchange")},
			},
		}, nil)
		return err
	}
	require.NoError(t, put("orders-on-aks", "system:serviceaccount:shop:orders"))
	require.Error(t, put("again", "system:serviceaccount:shop:orders"), "issuer and subject exist already")
	page, err := credentials.NewListPager(s.group, "orders", nil).NextPage(t.Context())
	require.NoError(t, err)
	require.Len(t, page.Value, 1)
}

func (s *sdk) armkeyvault(t *testing.T) {
	vaults, err := armkeyvault.NewVaultsClient(sandbox.subscription(), s.login, sandbox.armOptions())
	require.NoError(t, err)
	creation, err := vaults.BeginCreateOrUpdate(t.Context(), s.group, "shop-sdk-letters", armkeyvault.VaultCreateOrUpdateParameters{
		Location: to.Ptr("westeurope"),
		Properties: &armkeyvault.VaultProperties{
			TenantID: to.Ptr(sandbox.env["AZURE_TENANT_ID"]), EnableRbacAuthorization: to.Ptr(true),
			SKU: &armkeyvault.SKU{Family: to.Ptr(armkeyvault.SKUFamilyA), Name: to.Ptr(armkeyvault.SKUNameStandard)},
		},
	}, nil)
	require.NoError(t, err)
	made, err := creation.PollUntilDone(t.Context(), quickly)
	require.NoError(t, err)
	s.vault, s.vaultURL = *made.ID, *made.Properties.VaultURI
	taken, err := vaults.CheckNameAvailability(t.Context(), armkeyvault.VaultCheckNameAvailabilityParameters{
		Name: to.Ptr("shop-sdk-letters"), Type: to.Ptr("Microsoft.KeyVault/vaults"),
	}, nil)
	require.NoError(t, err)
	require.False(t, *taken.NameAvailable)
	listed, err := vaults.NewListPager(nil).NextPage(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, listed.Value)
}

func (s *sdk) armstorage(t *testing.T) {
	accounts, err := armstorage.NewAccountsClient(sandbox.subscription(), s.login, sandbox.armOptions())
	require.NoError(t, err)
	creation, err := accounts.BeginCreate(t.Context(), s.group, "shopsdkdocs", armstorage.AccountCreateParameters{
		Location: to.Ptr("westeurope"), Kind: to.Ptr(armstorage.KindStorageV2), SKU: &armstorage.SKU{Name: to.Ptr(armstorage.SKUNameStandardLRS)},
		Properties: &armstorage.AccountPropertiesCreateParameters{AllowSharedKeyAccess: to.Ptr(false), MinimumTLSVersion: to.Ptr(armstorage.MinimumTLSVersionTLS12)},
	}, nil)
	require.NoError(t, err)
	made, err := creation.PollUntilDone(t.Context(), quickly)
	require.NoError(t, err)
	s.account, s.blobsURL = *made.ID, *made.Properties.PrimaryEndpoints.Blob
	containers, err := armstorage.NewBlobContainersClient(sandbox.subscription(), s.login, sandbox.armOptions())
	require.NoError(t, err)
	_, err = containers.Create(t.Context(), s.group, "shopsdkdocs", "docs", armstorage.BlobContainer{}, nil)
	require.NoError(t, err)
	updated, err := accounts.Update(t.Context(), s.group, "shopsdkdocs", armstorage.AccountUpdateParameters{Tags: map[string]*string{"team": to.Ptr("shop")}}, nil)
	require.NoError(t, err)
	require.Equal(t, "shop", *updated.Tags["team"])
	_, err = accounts.ListKeys(t.Context(), s.group, "shopsdkdocs", nil)
	require.Error(t, err, "accounts of the sandbox have no keys")
}

func (s *sdk) armauthorization(t *testing.T) {
	assignments, err := armauthorization.NewRoleAssignmentsClient(sandbox.subscription(), s.login, sandbox.armOptions())
	require.NoError(t, err)
	give := func(scope, role, principal string) error {
		_, err := assignments.Create(t.Context(), scope, uuid.NewString(), armauthorization.RoleAssignmentCreateParameters{
			Properties: &armauthorization.RoleAssignmentProperties{
				PrincipalID: &principal, PrincipalType: to.Ptr(armauthorization.PrincipalTypeServicePrincipal),
				RoleDefinitionID: to.Ptr("/subscriptions/" + sandbox.subscription() + "/providers/Microsoft.Authorization/roleDefinitions/" + role),
			},
		}, nil)
		return err
	}
	require.NoError(t, give(s.vault, secretsOfficer, s.me))
	require.NoError(t, give(s.vault, secretsUser, *s.identity.Properties.PrincipalID))
	require.NoError(t, give(s.account, blobContributor, s.me))
	refused(t, give(s.account, blobContributor, s.me), 409, "RoleAssignmentExists")
	page, err := assignments.NewListForScopePager(s.vault, &armauthorization.RoleAssignmentsClientListForScopeOptions{Filter: to.Ptr("atScope()")}).NextPage(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(page.Value), 2)
	definitions, err := armauthorization.NewRoleDefinitionsClient(s.login, sandbox.armOptions())
	require.NoError(t, err)
	found, err := definitions.NewListPager("/subscriptions/"+sandbox.subscription(), &armauthorization.RoleDefinitionsClientListOptions{Filter: to.Ptr("roleName eq 'Key Vault Secrets User'")}).NextPage(t.Context())
	require.NoError(t, err)
	require.Len(t, found.Value, 1)
	require.Equal(t, secretsUser, *found.Value[0].Name)
}

func (s *sdk) azsecrets(t *testing.T) {
	secrets, err := azsecrets.NewClient(s.vaultURL, s.login, &azsecrets.ClientOptions{ClientOptions: sandbox.options()})
	require.NoError(t, err)
	_, err = secrets.SetSecret(t.Context(), "greeting", azsecrets.SetSecretParameters{Value: to.Ptr("hello")}, nil)
	require.NoError(t, err)
	got, err := secrets.GetSecret(t.Context(), "greeting", "", nil)
	require.NoError(t, err)
	require.Equal(t, "hello", *got.Value)
	_, err = secrets.GetSecret(t.Context(), "none", "", nil)
	refused(t, err, 404, "SecretNotFound")
}

func (s *sdk) azblob(t *testing.T) {
	blobs, err := azblob.NewClient(s.blobsURL, s.login, &azblob.ClientOptions{ClientOptions: sandbox.options()})
	require.NoError(t, err)
	_, err = blobs.UploadBuffer(t.Context(), "docs", "a/b.txt", []byte("text"), nil)
	require.NoError(t, err)
	got, err := blobs.DownloadStream(t.Context(), "docs", "a/b.txt", nil)
	require.NoError(t, err)
	text, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	require.Equal(t, "text", string(text))
	_, err = blobs.CreateContainer(t.Context(), "docs", nil)
	refused(t, err, 409, "ContainerAlreadyExists")
}

// pod signs in as a pod does, with a token of its service account, and reads the secret.
func (s *sdk) pod(t *testing.T) {
	namespaces := s.cluster.CoreV1().Namespaces()
	_, err := namespaces.Create(t.Context(), namespace("shop"), metav1.CreateOptions{})
	require.NoError(t, err)
	_, err = s.cluster.CoreV1().ServiceAccounts("shop").Create(t.Context(), account("orders", nil), metav1.CreateOptions{})
	require.NoError(t, err)
	assertion := func(ctx context.Context) (string, error) {
		answer, err := s.cluster.CoreV1().ServiceAccounts("shop").CreateToken(ctx, "orders", &authenticationv1.TokenRequest{
			Spec: authenticationv1.TokenRequestSpec{Audiences: []string{"api://AzureADTokenExchange"}},
		}, metav1.CreateOptions{})
		if err != nil {
			return "", err
		}
		return answer.Status.Token, nil
	}
	credential, err := azidentity.NewClientAssertionCredential(sandbox.env["AZURE_TENANT_ID"], *s.identity.Properties.ClientID, assertion,
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: sandbox.options()})
	require.NoError(t, err)
	secrets, err := azsecrets.NewClient(s.vaultURL, credential, &azsecrets.ClientOptions{ClientOptions: sandbox.options()})
	require.NoError(t, err)
	got, err := secrets.GetSecret(t.Context(), "greeting", "", nil)
	require.NoError(t, err)
	require.Equal(t, "hello", *got.Value)
	_, err = secrets.SetSecret(t.Context(), "greeting", azsecrets.SetSecretParameters{Value: to.Ptr("bye")}, nil)
	refused(t, err, 403, "Forbidden")
}

func (s *sdk) deletion(t *testing.T) {
	groups, err := armresources.NewResourceGroupsClient(sandbox.subscription(), s.login, sandbox.armOptions())
	require.NoError(t, err)
	deletion, err := groups.BeginDelete(t.Context(), s.group, nil)
	require.NoError(t, err)
	_, err = deletion.PollUntilDone(t.Context(), quickly)
	require.NoError(t, err)
	_, err = groups.Get(t.Context(), s.group, nil)
	refused(t, err, 404, "ResourceGroupNotFound")
	left, err := armresources.NewClient(sandbox.subscription(), s.login, sandbox.armOptions())
	require.NoError(t, err)
	page, err := left.NewListPager(&armresources.ClientListOptions{Filter: to.Ptr("resourceGroup eq '" + s.group + "'")}).NextPage(t.Context())
	require.NoError(t, err)
	require.Empty(t, page.Value)
	vaults, err := armkeyvault.NewVaultsClient(sandbox.subscription(), s.login, sandbox.armOptions())
	require.NoError(t, err)
	purge, err := vaults.BeginPurgeDeleted(t.Context(), "shop-sdk-letters", "westeurope", nil)
	require.NoError(t, err)
	_, err = purge.PollUntilDone(t.Context(), quickly)
	require.NoError(t, err)
}
