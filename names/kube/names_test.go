package kube

import (
	"strings"
	"testing"
)

// The case names are the reasons; an empty want means that the value is legal.
func TestNames(t *testing.T) {
	for reason, tc := range map[string]struct {
		validate func(string) error
		in, want string
	}{
		"a namespace":                          {ValidateNamespace, "shop-1", ""},
		"a namespace of digits":                {ValidateNamespace, "1", ""},
		"the longest namespace":                {ValidateNamespace, strings.Repeat("a", 63), ""},
		"a namespace that is too long":         {ValidateNamespace, strings.Repeat("a", 64), "at most 63"},
		"no namespace":                         {ValidateNamespace, "", "required"},
		"a namespace with a dot":               {ValidateNamespace, "a.b", "lower-case"},
		"a namespace that ends with a hyphen":  {ValidateNamespace, "a-", "end with a letter"},
		"a namespace in upper case":            {ValidateNamespace, "Shop", "lower-case"},
		"a namespace with a wildcard":          {ValidateNamespace, "shop-*", "wildcard"},
		"a namespace with a newline":           {ValidateNamespace, "shop\n", "lower-case"},
		"a service account":                    {ValidateServiceAccount, "web", ""},
		"a service account with dots":          {ValidateServiceAccount, "web.v1.example", ""},
		"the longest service account":          {ValidateServiceAccount, strings.Repeat("a", 253), ""},
		"a service account that is too long":   {ValidateServiceAccount, strings.Repeat("a", 254), "at most 253"},
		"no service account":                   {ValidateServiceAccount, "", "required"},
		"an empty part":                        {ValidateServiceAccount, "a..b", "each part"},
		"a service account with a wildcard":    {ValidateServiceAccount, "?", "wildcard"},
		"a service account with an underscore": {ValidateServiceAccount, "a_b", "lower-case"},
	} {
		t.Run(reason, func(t *testing.T) {
			checkError(t, reason, tc.validate(tc.in), tc.want)
		})
	}
}

// checkError compares an error with a part of its text; none stands for no error.
func checkError(t *testing.T, reason string, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("%s: error = %v, want %q", reason, err, want)
	}
}
