package azure

import (
	"strings"
	"testing"
)

// The case names are the reasons; an empty want means that the value is legal.
func TestCredentialFields(t *testing.T) {
	const aks = "https://westeurope.oic.prod-aks.azure.com/t/u/"
	for reason, tc := range map[string]struct {
		validate func(string) error
		in, want string
	}{
		"a credential":                         {ValidateCredentialName, "main-shop-web", ""},
		"a credential with a dot":              {ValidateCredentialName, "main.shop", "hyphens and underscores"},
		"azwi's credential, with padding":      {ValidateCredentialName, "abc=", "hyphens and underscores"},
		"AKS's issuer":                         {ValidateIssuer, aks, ""},
		"AKS's older issuer":                   {ValidateIssuer, "https://oidc.prod-aks.azure.com/u/", ""},
		"another issuer without a slash":       {ValidateIssuer, "https://token.actions.githubusercontent.com", ""},
		"no issuer":                            {ValidateIssuer, "", "required"},
		"AKS's issuer without its slash":       {ValidateIssuer, strings.TrimSuffix(aks, "/"), "trailing slash"},
		"AKS's older issuer without its slash": {ValidateIssuer, "https://oidc.prod-aks.azure.com/u", "trailing slash"},
		"AKS's issuer in another cloud":        {ValidateIssuer, "https://usgovvirginia.oic.prod-aks.azure.us/t/u", "trailing slash"},
		"an issuer over http":                  {ValidateIssuer, "http://example.com/", "https"},
		"an issuer without a scheme":           {ValidateIssuer, "example.com/", "https"},
		"an issuer with a query":               {ValidateIssuer, "https://example.com/?a=b", "query"},
		"an issuer with an empty query":        {ValidateIssuer, "https://example.com/?", "query"},
		"an issuer with a fragment":            {ValidateIssuer, "https://example.com/#a", "fragment"},
		"an issuer with an empty fragment":     {ValidateIssuer, "https://example.com/#", "fragment"},
		"an issuer with a user":                {ValidateIssuer, "https://me@example.com/", "user"},
		"an issuer with a wildcard":            {ValidateIssuer, "https://*.example.com/", "wildcard"},
		"an issuer pasted with a newline":      {ValidateIssuer, aks + "\n", "white space"},
		"an issuer that is no URL":             {ValidateIssuer, "https://[", "not a URL"},
		"an issuer that is too long":           {ValidateIssuer, "https://example.com/" + strings.Repeat("a", 600), "at most 600"},
		"an audience":                          {ValidateAudience, AudiencePublic, ""},
		"no audience":                          {ValidateAudience, "", "required"},
		"an audience that is too long":         {ValidateAudience, strings.Repeat("a", 601), "at most 600"},
		"an audience with a wildcard":          {ValidateAudience, "api://*", "wildcard"},
	} {
		t.Run(reason, func(t *testing.T) {
			checkError(t, reason, tc.validate(tc.in), tc.want)
		})
	}
}
