// Package auth returns the account of a provider: from the provider's settings, then from the ARM_
// variables that the real azure-native and azuread read. Only OpenID Connect is supported, because
// the sandbox's deployer, as a pipeline should, logs in without a secret.
package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Account is a login to Azure.
type Account struct {
	ClientID       string
	TenantID       string
	SubscriptionID string // empty for azuread
	Credential     azcore.TokenCredential
}

// Options are the sources of the settings.
type Options struct {
	Provider          string              // the provider's name, for messages
	Config            map[string]string   // the provider's settings, which override the variables
	Getenv            func(string) string // nil: os.Getenv
	Transport         policy.Transporter  // nil: the default one
	NeedsSubscription bool
}

// New returns the configured account. The error lists all missing settings and has a remedy.
func New(o Options) (*Account, error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	get := func(setting string, variables ...string) string {
		if v := o.Config[setting]; v != "" {
			return v
		}
		for _, name := range variables {
			if v := o.Getenv(name); v != "" {
				return v
			}
		}
		return ""
	}
	if env := get("environment", "ARM_ENVIRONMENT"); env != "" && env != "public" && env != "global" {
		return nil, fmt.Errorf("%s: the sandbox does not have the environment %q, only the public cloud",
			o.Provider, env)
	}
	account := &Account{
		ClientID:       get("clientId", "ARM_CLIENT_ID", "AZURE_CLIENT_ID"),
		TenantID:       get("tenantId", "ARM_TENANT_ID", "AZURE_TENANT_ID"),
		SubscriptionID: get("subscriptionId", "ARM_SUBSCRIPTION_ID"),
	}
	file, inline := get("oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH"), get("oidcToken", "ARM_OIDC_TOKEN")
	address := get("oidcRequestUrl", "ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL")
	bearer := get("oidcRequestToken", "ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
	var missing []string
	for name, v := range map[string]string{
		"ARM_CLIENT_ID": account.ClientID, "ARM_TENANT_ID": account.TenantID,
		"ARM_OIDC_TOKEN_FILE_PATH": file + inline + address,
	} {
		if v == "" {
			missing = append(missing, name)
		}
	}
	if o.NeedsSubscription && account.SubscriptionID == "" {
		missing = append(missing, "ARM_SUBSCRIPTION_ID")
	}
	if use := get("useOidc", "ARM_USE_OIDC"); use != "true" && use != "1" {
		missing = append(missing, "ARM_USE_OIDC=true")
	}
	if len(missing) > 0 {
		return nil, missingError(o.Provider, missing)
	}
	assertion := func(ctx context.Context) (string, error) {
		switch {
		case file != "":
		case inline != "":
			return inline, nil
		default:
			return request(ctx, address, bearer)
		}
		// The file is read every time: the sandbox, like a pipeline, renews the token in place.
		text, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("reading the login's token (ARM_OIDC_TOKEN_FILE_PATH): %w", err)
		}
		return strings.TrimSpace(string(text)), nil
	}
	options := &azidentity.ClientAssertionCredentialOptions{}
	options.Transport = o.Transport
	credential, err := azidentity.NewClientAssertionCredential(account.TenantID, account.ClientID, assertion, options)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Provider, err)
	}
	account.Credential = credential
	return account, nil
}

// ObjectID returns the object ID of the account's service principal: the oid claim of a token for
// scope, as in the real providers. The token is not verified, because the service will do that, so
// no JWT library is needed.
func (a *Account) ObjectID(ctx context.Context, scope string) (string, error) {
	token, err := a.Credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		return "", err
	}
	parts := strings.Split(token.Token, ".")
	if len(parts) != 3 {
		return "", errors.New("the access token is not a JSON web token, so that it does not identify its owner")
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", errors.New("the access token's claims cannot be decoded")
	}
	var c struct {
		ObjectID string `json:"oid"`
	}
	if err := json.Unmarshal(claims, &c); err != nil || c.ObjectID == "" {
		return "", errors.New("the access token has no oid claim, so that it does not identify its owner")
	}
	return c.ObjectID, nil
}
