package azcloud_test

import (
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
)

func TestEveryCloudHasItsEndpoints(t *testing.T) {
	for _, name := range azure.Clouds() {
		c, err := azcloud.Lookup(string(name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.Name != name || !strings.HasPrefix(c.Graph, "https://") || strings.HasSuffix(c.Graph, "/") {
			t.Errorf("%s: %+v", name, c)
		}
		for _, scope := range []string{c.VaultScope, c.ManagementScope, c.GraphScope()} {
			if !strings.HasSuffix(scope, "/.default") || strings.Contains(scope, "//.default") {
				t.Errorf("%s: scope %q", name, scope)
			}
		}
		if got, want := c.Configuration.ActiveDirectoryAuthorityHost, name.AuthorityHost(); strings.TrimSuffix(got, "/") != strings.TrimSuffix(want, "/") {
			t.Errorf("%s: the SDK's authority is %q, the webhook's %q", name, got, want)
		}
	}
}

func TestUnknownCloudListsTheKnown(t *testing.T) {
	if _, err := azcloud.Lookup("AzureStack"); err == nil || !strings.Contains(err.Error(), "AzureChinaCloud") {
		t.Errorf("want an error with the known clouds, got %v", err)
	}
}
