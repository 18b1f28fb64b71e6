package login

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// chooser makes credentials of the settings.
type chooser struct {
	Options
	known
}

func (c chooser) client() setting { return c.clientID.orElse(c.connectionClient) }

func (c chooser) tenant() setting {
	return c.tenantID.orElse(c.connectionTenant, setting{c.TenantID, "the stack's tenant"})
}

// sdkSubscriptionIfUsed returns AZURE_SUBSCRIPTION_ID where the Azure SDK's variables count.
func (c chooser) sdkSubscriptionIfUsed() setting {
	if c.useDefault.isTrue() || c.SDKEnvironment {
		return c.sdkSubscription
	}
	return setting{}
}

// methods lists the ways to sign in, in the order of the azure-native provider
// (newSingleMethodAuthCredential), which has no service connections: they come before the Azure
// CLI, because the CLI's login in a pipeline ends with its assertion after some minutes, and a
// deployment takes longer.
func (c chooser) methods() []method {
	principal := map[string]setting{"ARM_CLIENT_ID": c.client(), "ARM_TENANT_ID": c.tenant()}
	list := []method{
		{name: "the Azure SDK's default credential", asked: only(c.useDefault), make: c.sdkDefault},
		{name: "a client certificate", asked: c.certificate, needs: principal, make: c.byCertificate},
		{name: "a client secret", asked: c.secret, needs: principal, make: c.bySecret},
	}
	if oidc := only(c.useOIDC); oidc.given() {
		m := method{asked: oidc, needs: principal}
		m.name, m.make = c.oidc()
		list = append(list, m)
	}
	list = append(list, method{name: "a managed identity", asked: only(c.useMSI), make: c.byManagedIdentity})
	if c.connectionComplete() {
		list = append(list, method{name: "a service connection of Azure Pipelines", asked: c.connection, needs: principal, make: c.byServiceConnection})
	}
	if c.SDKEnvironment && c.sdkClient.given() && c.sdkToken.orElse(c.sdkSecret, c.sdkCert).given() {
		list = append(list, method{name: "the Azure SDK's variables", asked: c.sdkClient, make: c.sdkDefault})
	}
	if lookPath("az") {
		list = append(list, method{name: "the Azure CLI", asked: setting{"az", "no other login is configured"}, make: c.byCLI, cli: true})
	}
	return list
}

// only returns a setting that is true, else one that is not given: false asks for nothing.
func only(s setting) setting {
	if s.isTrue() {
		return s
	}
	return setting{}
}

func (c chooser) connectionComplete() bool {
	return c.connection.given() && c.systemRequestURI.given() && c.requestToken.orElse(c.systemToken).given()
}

func (c chooser) sdkDefault() (azcore.TokenCredential, error) {
	return azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{ClientOptions: c.Client, TenantID: c.tenant().value})
}

func (c chooser) byCertificate() (azcore.TokenCredential, error) {
	path, err := c.Settings.open(c.certificate)
	if err != nil {
		return nil, err
	}
	password, err := c.Settings.open(c.certificatePassword)
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	certificates, key, err := azidentity.ParseCertificates(raw, []byte(password))
	if err != nil {
		return nil, fmt.Errorf("%s is no certificate with its key: %w", path, err)
	}
	return azidentity.NewClientCertificateCredential(c.tenant().value, c.client().value, certificates, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: c.Client})
}

func (c chooser) bySecret() (azcore.TokenCredential, error) {
	secret, err := c.Settings.open(c.secret)
	if err != nil {
		return nil, err
	}
	return azidentity.NewClientSecretCredential(c.tenant().value, c.client().value, secret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: c.Client})
}

func (c chooser) byManagedIdentity() (azcore.TokenCredential, error) {
	o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: c.Client}
	if id := c.clientID; id.given() {
		o.ID = azidentity.ClientID(id.value)
	}
	return azidentity.NewManagedIdentityCredential(o)
}

func (c chooser) byServiceConnection() (azcore.TokenCredential, error) {
	return azidentity.NewAzurePipelinesCredential(c.tenant().value, c.client().value, c.connection.value,
		c.requestToken.orElse(c.systemToken).value, &azidentity.AzurePipelinesCredentialOptions{ClientOptions: c.Client})
}

func (c chooser) byCLI() (azcore.TokenCredential, error) {
	return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: c.tenant().value, Subscription: c.subscription.value})
}

// oidc returns the source of the federated token in the provider's order: the token itself, its
// file, a service connection, a request to the pipeline.
func (c chooser) oidc() (name string, credential func() (azcore.TokenCredential, error)) {
	assertion := func(get func(context.Context) (string, error)) func() (azcore.TokenCredential, error) {
		return func() (azcore.TokenCredential, error) {
			return azidentity.NewClientAssertionCredential(c.tenant().value, c.client().value, get,
				&azidentity.ClientAssertionCredentialOptions{ClientOptions: c.Client})
		}
	}
	switch {
	case c.token.given():
		return "the federated token in " + c.token.from, assertion(func(context.Context) (string, error) { return c.Settings.open(c.token) })
	case c.tokenFile.given():
		return "the federated token in the file of " + c.tokenFile.from, assertion(func(context.Context) (string, error) {
			raw, err := os.ReadFile(c.tokenFile.value)
			return strings.TrimSpace(string(raw)), err
		})
	case c.connectionComplete():
		return "a service connection of Azure Pipelines", c.byServiceConnection
	case c.requestURL.given() && c.requestToken.given():
		return "a federated token of " + pipeline(c.requestURL), assertion(c.requestPipelineToken)
	}
	return "a federated token", func() (azcore.TokenCredential, error) {
		return nil, fmt.Errorf("there is none: set ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH, or ARM_OIDC_REQUEST_URL and ARM_OIDC_REQUEST_TOKEN; " +
			"in GitHub Actions give the job `permissions: id-token: write`")
	}
}

func pipeline(requestURL setting) string {
	if strings.HasPrefix(requestURL.from, "ACTIONS_") {
		return "GitHub Actions"
	}
	return requestURL.from
}
