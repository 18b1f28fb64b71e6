package stacks

import (
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// What lets a workload read the secret "greeting", and what does not.
func TestSecretsNeedAGrantThatReadsThem(t *testing.T) {
	const (
		group  = "/subscriptions/" + pulumitest.SubscriptionID + "/resourceGroups/g"
		vaults = group + "/providers/Microsoft.KeyVault/vaults"
		custom = "customRole: {name: Reads the greeting, "
	)
	for reason, tc := range map[string]struct {
		grants string
		want   bool
	}{
		"a role on the vault":                    {"{role: Key Vault Secrets User, scope: vault}", true},
		"a role on the secret":                   {"{role: Key Vault Secrets User, scope: vault/greeting}", true},
		"a role on another secret":               {"{role: Key Vault Secrets User, scope: vault/other}", false},
		"a role that reads certificates":         {"{role: Key Vault Certificate User, scope: vault}", true},
		"a role that reads no values":            {"{role: Key Vault Reader, scope: vault}", false},
		"a role that the table does not have":    {"{role: " + pulumitest.ObjectID + ", scope: vault}", true},
		"a preset":                               {"{preset: readSecrets, scope: vault}", true},
		"a preset that writes as well":           {"{preset: manageSecrets, scope: vault}", true},
		"a preset for certificates":              {"{preset: readCertificates, scope: vault}", true},
		"a preset for something else":            {"{preset: readBlobs, scope: resourceGroup}", false},
		"a preset with a role of its own":        {"{preset: listRoleAssignments, scope: vault}", false},
		"a custom role with the action":          {"{" + custom + "dataActions: [microsoft.keyvault/vaults/secrets/getSecret/action]}, scope: vault}", true},
		"a custom role with a wildcard":          {"{" + custom + "dataActions: [Microsoft.KeyVault/vaults/*/action]}, scope: vault}", true},
		"a custom role that takes it away again": {"{" + custom + "dataActions: [Microsoft.KeyVault/vaults/secrets/*], notDataActions: [Microsoft.KeyVault/vaults/secrets/getSecret/action]}, scope: vault}", false},
		"a custom role without the action":       {"{" + custom + "actions: [Microsoft.KeyVault/vaults/read]}, scope: vault}", false},
		"the resource group":                     {"{preset: readSecrets, scope: resourceGroup}", true},
		"the cluster":                            {"{role: Key Vault Secrets User, scope: cluster}", false},
		"the id of a vault":                      {"{preset: readSecrets, scope: " + vaults + "/other}", true},
		"the id of a secret":                     {"{preset: readSecrets, scope: " + vaults + "/other/secrets/greeting}", true},
		"the id of a resource group":             {"{preset: readSecrets, scope: " + group + "}", true},
		"the id of something else":               {"{role: Key Vault Secrets User, scope: " + identityID + "}", false},
		"the vault by its name":                  {"{preset: readSecrets, resource: {kind: vault, name: Kv-Own, resourceGroupName: g}}", true},
		"another vault by its name":              {"{preset: readSecrets, resource: {kind: vault, name: kv-other, resourceGroupName: g}}", false},
		"a resource group by its name":           {"{preset: readSecrets, resource: {kind: resourceGroup, name: g}}", true},
		"another resource by its name":           {"{role: Key Vault Secrets User, resource: {kind: registry, name: images, resourceGroupName: g}}", false},
		"the second of two grants":               {"{role: Reader, scope: cluster}, {preset: readSecrets, scope: vault}", true},
		"role and scope of two different grants": {"{role: Key Vault Secrets User, scope: cluster}, {role: Reader, scope: vault}", false},
		"no grant at all":                        {"", false},
	} {
		t.Run(reason, func(t *testing.T) {
			values := parseStack(t, minimal("  aks-workload-identity:vault: {name: kv-own, plainTextSecrets: true, secrets: {greeting: hello, other: bye}}\n"+
				"  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, secrets: [greeting], grants: ["+tc.grants+"]}}\n"), pulumitest.Project)
			_, err := Load(pulumitest.Project, pulumitest.Stack, values, nil)
			if tc.want && err != nil || !tc.want && (err == nil || !strings.Contains(err.Error(), "no grant lets the workload read")) {
				t.Errorf("allowed is to be %v, but: %v", tc.want, err)
			}
		})
	}
}

// A grant that is wrong in itself is one problem, not two.
func TestAWrongGrantIsNotBlamedForTheSecretToo(t *testing.T) {
	for reason, grant := range map[string]string{
		"an unknown role":   "{role: Key Vault Secret User, scope: vault}",
		"an unknown preset": "{preset: readSecret, scope: vault}",
		"an unknown scope":  "{preset: readSecrets, scope: vaults}",
		"no scope":          "{preset: readSecrets}",
	} {
		t.Run(reason, func(t *testing.T) {
			values := parseStack(t, minimal(vaultYAML+"  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, secrets: [greeting], grants: ["+grant+"]}}\n"), pulumitest.Project)
			_, err := Load(pulumitest.Project, pulumitest.Stack, values, nil)
			if err == nil || strings.Contains(err.Error(), "no grant lets") {
				t.Errorf("got %v", err)
			}
		})
	}
}
