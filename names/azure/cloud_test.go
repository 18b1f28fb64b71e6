package azure

import (
	"strings"
	"testing"
)

// Carries R27.
func TestCloud(t *testing.T) {
	for name, want := range map[string]struct {
		cloud     Cloud
		authority string
	}{
		"":                  {PublicCloud, "https://login.microsoftonline.com/"},
		"AzurePublicCloud":  {PublicCloud, "https://login.microsoftonline.com/"},
		"AzureUSGovernment": {USGovernment, "https://login.microsoftonline.us/"},
		"AzureChinaCloud":   {ChinaCloud, "https://login.chinacloudapi.cn/"},
	} {
		cloud, err := ParseCloud(name)
		if err != nil || cloud != want.cloud {
			t.Errorf("ParseCloud(%q) = %q, %v", name, cloud, err)
		}
		if got := cloud.AuthorityHost(); got != want.authority {
			t.Errorf("%s: authority host %q, want %q", cloud, got, want.authority)
		}
		if cloud.Audience() != AudiencePublic || cloud.WebhookEnvironment() != string(cloud) {
			t.Errorf("%s: audience %q, environment %q", cloud, cloud.Audience(), cloud.WebhookEnvironment())
		}
	}
	if _, err := ParseCloud("azurepubliccloud"); err == nil || !strings.Contains(err.Error(), "AzureChinaCloud") {
		t.Errorf("an unknown cloud: error = %v, want one that lists the clouds", err)
	}
	if got := Cloud("Moon").AuthorityHost(); got != "" {
		t.Errorf("an unknown cloud has authority host %q", got)
	}
}
