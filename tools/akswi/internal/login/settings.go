package login

import (
	"strings"
)

// Settings are where a deployment's login is configured: the stack's configuration, which comes
// first, and the environment, as in the azure-native provider.
type Settings struct {
	// Config is the stack's configuration with its namespace, such as azure-native:clientId.
	Config map[string]string
	// Env returns an environment variable; "" if it is not set.
	Env func(string) string
	// Secret decrypts a value of the configuration that is encrypted; nil if nothing can.
	Secret func(key string) (string, error)
	// Encrypted holds the keys of the configuration whose value is encrypted.
	Encrypted map[string]bool
}

const namespace = "azure-native:"

// setting is a value with the place that it comes from.
type setting struct {
	value string
	from  string // such as ARM_CLIENT_ID or azure-native:clientId
}

func (s setting) given() bool { return s.value != "" }

func (s setting) isTrue() bool { return s.value == "true" }

// get returns the value of a key of the configuration, or of the first variable that is set.
func (s Settings) get(key string, variables ...string) setting {
	full := namespace + key
	if v := s.Config[full]; v != "" {
		return setting{v, full}
	}
	if s.Encrypted[full] {
		return setting{encryptedValue, full}
	}
	for _, name := range variables {
		if v := s.Env(name); v != "" {
			return setting{v, name}
		}
	}
	return setting{}
}

// encryptedValue stands for a value that open decrypts. No setting has it as its plain text.
const encryptedValue = "\x00encrypted"

// open returns the plain text of a setting.
func (s Settings) open(v setting) (string, error) {
	if v.value != encryptedValue {
		return v.value, nil
	}
	if s.Secret == nil {
		return "", errorf("%s is encrypted, and there is no stack to decrypt it with; run this with --stack", v.from)
	}
	return s.Secret(strings.TrimPrefix(v.from, namespace))
}

// known holds the settings of the azure-native provider and, where Azure Pipelines and other
// providers have variables of their own for the same, those as well. Source: azure-native 2.92,
// provider/pkg/provider/auth_azidentity.go, readAuthConfig.
type known struct {
	useDefault, clientID, tenantID, subscription       setting
	certificate, certificatePassword, secret           setting
	useOIDC, token, tokenFile, audience                setting
	requestURL, requestToken                           setting
	useMSI                                             setting
	connection, connectionClient, connectionTenant     setting
	systemRequestURI, systemToken                      setting
	sdkClient, sdkTenant, sdkToken, sdkSecret, sdkCert setting
	sdkSubscription, environment                       setting
}

func (s Settings) known() known {
	return known{
		useDefault:          s.get("useDefaultAzureCredential", "ARM_USE_DEFAULT_AZURE_CREDENTIAL"),
		clientID:            s.get("clientId", "ARM_CLIENT_ID"),
		tenantID:            s.get("tenantId", "ARM_TENANT_ID"),
		subscription:        s.get("subscriptionId", "ARM_SUBSCRIPTION_ID"),
		certificate:         s.get("clientCertificatePath", "ARM_CLIENT_CERTIFICATE_PATH"),
		certificatePassword: s.get("clientCertificatePassword", "ARM_CLIENT_CERTIFICATE_PASSWORD"),
		secret:              s.get("clientSecret", "ARM_CLIENT_SECRET"),
		useOIDC:             s.get("useOidc", "ARM_USE_OIDC"),
		token:               s.get("oidcToken", "ARM_OIDC_TOKEN"),
		tokenFile:           s.get("oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH"),
		audience:            s.get("oidcAudience", "ARM_OIDC_AUDIENCE"),
		requestURL:          s.get("oidcRequestUrl", "ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"),
		requestToken:        s.get("oidcRequestToken", "ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
		useMSI:              s.get("useMsi", "ARM_USE_MSI"),
		// The first two are azurerm's, the third is set by the task AzureCLI@2 (azidentity,
		// AzurePipelinesCredential).
		connection: s.variable("ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
			"AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"),
		connectionClient: s.variable("AZURESUBSCRIPTION_CLIENT_ID"),
		connectionTenant: s.variable("AZURESUBSCRIPTION_TENANT_ID"),
		systemRequestURI: s.variable("SYSTEM_OIDCREQUESTURI"),
		systemToken:      s.variable("SYSTEM_ACCESSTOKEN"),
		sdkClient:        s.variable("AZURE_CLIENT_ID"),
		sdkTenant:        s.variable("AZURE_TENANT_ID"),
		sdkToken:         s.variable("AZURE_FEDERATED_TOKEN_FILE"),
		sdkSecret:        s.variable("AZURE_CLIENT_SECRET"),
		sdkCert:          s.variable("AZURE_CLIENT_CERTIFICATE_PATH"),
		sdkSubscription:  s.variable("AZURE_SUBSCRIPTION_ID"),
		environment:      s.get("environment", "ARM_ENVIRONMENT", "AZURE_ENVIRONMENT"),
	}
}

func (s Settings) variable(names ...string) setting {
	for _, name := range names {
		if v := s.Env(name); v != "" {
			return setting{v, name}
		}
	}
	return setting{}
}

// orElse returns the first setting that is given.
func (s setting) orElse(others ...setting) setting {
	for _, o := range append([]setting{s}, others...) {
		if o.given() {
			return o
		}
	}
	return setting{}
}

// Environment returns the Azure cloud that the login is configured for, as azure-native names it;
// "" if it is not.
func (s Settings) Environment() string { return s.known().environment.value }
