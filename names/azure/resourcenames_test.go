package azure

import (
	"strings"
	"testing"
)

func TestValidateResourceName(t *testing.T) {
	const (
		storage   = "Microsoft.Storage/storageAccounts"
		vault     = "Microsoft.KeyVault/vaults"
		registry  = "Microsoft.ContainerRegistry/registries"
		server    = "Microsoft.Sql/servers"
		workspace = "Microsoft.OperationalInsights/workspaces"
		group     = "Microsoft.Resources/resourceGroups"
		cluster   = "Microsoft.ContainerService/managedClusters"
	)
	for reason, tc := range map[string]struct{ typ, name, want string }{
		"a storage account":                      {storage, "data0", ""},
		"its longest name":                       {storage, strings.Repeat("a", 24), ""},
		"one more":                               {storage, strings.Repeat("a", 25), "3 to 24"},
		"capitals in a storage account":          {storage, "Data", "lower-case"},
		"a vault":                                {vault, "kv-Shop-1", ""},
		"two hyphens":                            {vault, "kv--shop", "single hyphens"},
		"a vault that starts with a digit":       {vault, "1kv", "starting with a letter"},
		"a vault that ends with a hyphen":        {vault, "kv-", "ending with"},
		"a registry":                             {registry, "Shop1", ""},
		"a hyphen in a registry":                 {registry, "shop-1", "5 to 50"},
		"a server":                               {server, "s", ""},
		"a server's host name":                   {server, "shop.database.windows.net", "first part of the server's host name"},
		"a workspace":                            {workspace, "log-Shop", ""},
		"a short workspace":                      {workspace, "log", "4 to 63"},
		"a resource group":                       {group, "rg_shop(1).a-ä", ""},
		"a group that ends with a full stop":     {group, "rg.", "full stop"},
		"a long group":                           {group, strings.Repeat("g", 91), "1 to 90"},
		"a cluster":                              {cluster, "aks_1-x", ""},
		"a cluster that ends with an underscore": {cluster, "aks_", "ending with a letter or digit"},
		"no name":                                {vault, "", "a name is required: the vault's own"},
		"an id":                                  {vault, "/subscriptions/s", "is an id: give the vault's name"},
		"a type without a rule":                  {"Microsoft.X/y", "z", "no naming rule"},
	} {
		checkError(t, reason, ValidateResourceName(tc.typ, tc.name), tc.want)
	}
}
