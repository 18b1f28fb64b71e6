package auth_test

import (
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/auth"
)

func TestNew(t *testing.T) {
	full := map[string]string{
		"ARM_CLIENT_ID": "env", "ARM_TENANT_ID": "11111111-1111-4111-8111-111111111111", "ARM_SUBSCRIPTION_ID": "sub",
		"ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "t",
	}
	without := func(name string) map[string]string {
		out := map[string]string{}
		for k, v := range full {
			if k != name {
				out[k] = v
			}
		}
		return out
	}
	for name, tc := range map[string]struct {
		config, env map[string]string
		client      string
		err         string
	}{
		"the environment is enough":                            {nil, full, "env", ""},
		"the provider's own setting overrides the environment": {map[string]string{"clientId": "config"}, full, "config", ""},
		"a setting replaces a variable":                        {map[string]string{"useOidc": "true"}, without("ARM_USE_OIDC"), "env", ""},
		"without a client id":                                  {nil, without("ARM_CLIENT_ID"), "", "ARM_CLIENT_ID not set"},
		"without a subscription":                               {nil, without("ARM_SUBSCRIPTION_ID"), "", "ARM_SUBSCRIPTION_ID not set"},
		"without a token":                                      {nil, without("ARM_OIDC_TOKEN"), "", "ARM_OIDC_TOKEN_FILE_PATH not set"},
		"a pipeline's tokens instead":                          {map[string]string{"oidcRequestUrl": "http://127.0.0.1"}, without("ARM_OIDC_TOKEN"), "env", ""},
		"another login method is not supported":                {nil, without("ARM_USE_OIDC"), "", "ARM_USE_OIDC=true not set"},
		"a sovereign cloud is not supported":                   {map[string]string{"environment": "china"}, full, "", "public cloud"},
		"no settings: the error has the remedy":                {nil, nil, "", "sandbox run -- pulumi up"},
	} {
		t.Run(name, func(t *testing.T) {
			account, err := auth.New(auth.Options{
				Provider: "azure-native", Config: tc.config, Getenv: func(n string) string { return tc.env[n] },
				NeedsSubscription: true,
			})
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("error %v, want one with %q", err, tc.err)
				}
				return
			}
			if err != nil || account.ClientID != tc.client {
				t.Errorf("client %v, error %v; want %s", account, err, tc.client)
			}
		})
	}
}
