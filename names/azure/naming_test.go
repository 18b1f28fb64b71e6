package azure

import (
	"strings"
	"testing"
)

// The case names are the reasons; an empty want means that the value is legal.
func TestNaming(t *testing.T) {
	linux := func(s string) error { return ValidatePoolName(s, false) }
	windows := func(s string) error { return ValidatePoolName(s, true) }
	for reason, tc := range map[string]struct {
		validate func(string) error
		in, want string
	}{
		"an identity":                           {ValidateIdentityName, "id-shop_1", ""},
		"an identity that is too short":         {ValidateIdentityName, "id", "3 to 128"},
		"an identity that starts with a hyphen": {ValidateIdentityName, "-id", "starting with"},
		"an identity that is too long":          {ValidateIdentityName, strings.Repeat("a", 129), "3 to 128"},
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
	} {
		t.Run(reason, func(t *testing.T) {
			checkError(t, reason, tc.validate(tc.in), tc.want)
		})
	}
}

func TestReservedNodeLabel(t *testing.T) {
	for key, want := range map[string]bool{
		"kubernetes.azure.com/mode":   true,
		"kubernetes.io/os":            true,
		"topology.kubernetes.io/zone": false, // another prefix; Kubernetes itself guards it
		"team":                        false,
	} {
		if got := ReservedNodeLabel(key); got != want {
			t.Errorf("%s: %t", key, got)
		}
	}
}
