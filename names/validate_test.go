package names

import (
	"strings"
	"testing"
)

// The case names are the reasons; an empty want means that the value is legal.
func TestValidators(t *testing.T) {
	linux := func(s string) error { return ValidatePoolName(s, false) }
	windows := func(s string) error { return ValidatePoolName(s, true) }
	const aks = "https://westeurope.oic.prod-aks.azure.com/t/u/"

	cases := map[string]struct {
		validate func(string) error
		in, want string
	}{
		"a namespace":                           {ValidateNamespace, "shop-1", ""},
		"a namespace of digits":                 {ValidateNamespace, "1", ""},
		"the longest namespace":                 {ValidateNamespace, strings.Repeat("a", 63), ""},
		"a namespace that is too long":          {ValidateNamespace, strings.Repeat("a", 64), "at most 63"},
		"no namespace":                          {ValidateNamespace, "", "required"},
		"a namespace with a dot":                {ValidateNamespace, "a.b", "lower-case"},
		"a namespace that ends with a hyphen":   {ValidateNamespace, "a-", "end with a letter"},
		"a namespace in upper case":             {ValidateNamespace, "Shop", "lower-case"},
		"a namespace with a wildcard":           {ValidateNamespace, "shop-*", "wildcard"},
		"a namespace with a newline":            {ValidateNamespace, "shop\n", "lower-case"},
		"a service account":                     {ValidateServiceAccount, "web", ""},
		"a service account with dots":           {ValidateServiceAccount, "web.v1.example", ""},
		"the longest service account":           {ValidateServiceAccount, strings.Repeat("a", 253), ""},
		"a service account that is too long":    {ValidateServiceAccount, strings.Repeat("a", 254), "at most 253"},
		"no service account":                    {ValidateServiceAccount, "", "required"},
		"an empty part":                         {ValidateServiceAccount, "a..b", "each part"},
		"a service account with a wildcard":     {ValidateServiceAccount, "?", "wildcard"},
		"a service account with an underscore":  {ValidateServiceAccount, "a_b", "lower-case"},
		"an identity":                           {ValidateIdentityName, "id-shop_1", ""},
		"an identity that is too short":         {ValidateIdentityName, "id", "3 to 128"},
		"an identity that starts with a hyphen": {ValidateIdentityName, "-id", "starting with"},
		"an identity that is too long":          {ValidateIdentityName, strings.Repeat("a", 129), "3 to 128"},
		"a credential":                          {ValidateCredentialName, "main-shop-web", ""},
		"a credential with a dot":               {ValidateCredentialName, "main.shop", "hyphens and underscores"},
		"azwi's credential, with padding":       {ValidateCredentialName, "abc=", "hyphens and underscores"},
		"a key":                                 {ValidateKey, "prod_West-1", ""},
		"no key":                                {ValidateKey, "", "1 to 63"},
		"a key with a dot":                      {ValidateKey, "a.b", "1 to 63"},
		"a Linux pool":                          {linux, "nodepool1234", ""},
		"a Linux pool that is too long":         {linux, "nodepool12345", "1 to 12"},
		"a pool that starts with a digit":       {linux, "1pool", "starting with a letter"},
		"a pool with a hyphen":                  {linux, "a-b", "letters and digits"},
		"a Windows pool":                        {windows, "win123", ""},
		"a Windows pool that is too long":       {windows, "win1234", "1 to 6"},
		"a DNS prefix":                          {ValidateDNSPrefix, "shop-1", ""},
		"a DNS prefix that ends with a hyphen":  {ValidateDNSPrefix, "shop-", "ending with"},
		"a DNS prefix that is too long":         {ValidateDNSPrefix, strings.Repeat("a", 55), "1 to 54"},
		"AKS's issuer":                          {ValidateIssuer, aks, ""},
		"AKS's older issuer":                    {ValidateIssuer, "https://oidc.prod-aks.azure.com/u/", ""},
		"another issuer without a slash":        {ValidateIssuer, "https://token.actions.githubusercontent.com", ""},
		"no issuer":                             {ValidateIssuer, "", "required"},
		"AKS's issuer without its slash":        {ValidateIssuer, strings.TrimSuffix(aks, "/"), "trailing slash"},
		"AKS's older issuer without its slash":  {ValidateIssuer, "https://oidc.prod-aks.azure.com/u", "trailing slash"},
		"AKS's issuer in another cloud":         {ValidateIssuer, "https://usgovvirginia.oic.prod-aks.azure.us/t/u", "trailing slash"},
		"an issuer over http":                   {ValidateIssuer, "http://example.com/", "https"},
		"an issuer without a scheme":            {ValidateIssuer, "example.com/", "https"},
		"an issuer with a query":                {ValidateIssuer, "https://example.com/?a=b", "query"},
		"an issuer with an empty query":         {ValidateIssuer, "https://example.com/?", "query"},
		"an issuer with a fragment":             {ValidateIssuer, "https://example.com/#a", "fragment"},
		"an issuer with an empty fragment":      {ValidateIssuer, "https://example.com/#", "fragment"},
		"an issuer with a user":                 {ValidateIssuer, "https://me@example.com/", "user"},
		"an issuer with a wildcard":             {ValidateIssuer, "https://*.example.com/", "wildcard"},
		"an issuer pasted with a newline":       {ValidateIssuer, aks + "\n", "white space"},
		"an issuer that is no URL":              {ValidateIssuer, "https://[", "not a URL"},
		"an issuer that is too long":            {ValidateIssuer, "https://example.com/" + strings.Repeat("a", 600), "at most 600"},
		"an audience":                           {ValidateAudience, AudiencePublic, ""},
		"no audience":                           {ValidateAudience, "", "required"},
		"an audience that is too long":          {ValidateAudience, strings.Repeat("a", 601), "at most 600"},
		"an audience with a wildcard":           {ValidateAudience, "api://*", "wildcard"},
		"a resource's scope":                    {ValidateScope, "/subscriptions/s/resourceGroups/g", ""},
		"a management group's scope":            {ValidateScope, "/providers/Microsoft.Management/managementGroups/g", ""},
		"no scope":                              {ValidateScope, "", "required"},
		"a scope that is a name":                {ValidateScope, "my-vault", "/subscriptions/"},
		"a scope with a trailing slash":         {ValidateScope, "/subscriptions/s/", "slash"},
		"a scope with an empty segment":         {ValidateScope, "/subscriptions//resourceGroups/g", "slash"},
		"a scope with a wildcard":               {ValidateScope, "/subscriptions/*", "wildcard"},
	}
	for reason, tc := range cases {
		t.Run(reason, func(t *testing.T) {
			err := tc.validate(tc.in)
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("error = %v, want %q", err, tc.want)
			}
		})
	}
}

func TestValidateTokenExpiration(t *testing.T) {
	for seconds, ok := range map[int]bool{3599: false, 3600: true, 86400: true, 86401: false, 0: false, -1: false} {
		if err := ValidateTokenExpiration(seconds); (err == nil) != ok {
			t.Errorf("%d: error = %v", seconds, err)
		}
	}
}

func TestSubscriptionOf(t *testing.T) {
	for id, want := range map[string]string{
		"/subscriptions/s":                                   "s",
		"/SUBSCRIPTIONS/s/resourceGroups/g":                  "s",
		"/providers/Microsoft.Management/managementGroups/g": "",
		"subscriptions/s":                                    "",
		"":                                                   "",
	} {
		if got := SubscriptionOf(id); got != want {
			t.Errorf("SubscriptionOf(%q) = %q, want %q", id, got, want)
		}
	}
}

func TestInjectedEnv(t *testing.T) {
	list := InjectedEnv()
	if len(list) != 4 {
		t.Fatalf("%v", list)
	}
	for _, name := range list {
		if !strings.HasPrefix(name, "AZURE_") {
			t.Errorf("%s is not the webhook's", name)
		}
	}
}
