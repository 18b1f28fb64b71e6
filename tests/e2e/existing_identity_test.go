package e2e

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	identityGroup = "/resourceGroups/identities"
	handMade      = identityGroup + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-hand"
)

// TestExistingIdentities federates a user-assigned identity and an Entra application that another
// team has made, and which trust another issuer already. Carries R7.
func TestExistingIdentities(t *testing.T) {
	w := newWorld(t)
	w.setWorkloads(t, "{}")
	w.up(t)

	others := object{"issuer": "https://token.actions.githubusercontent.com", "subject": "repo:shop/web:environment:prod", "audiences": []string{"api://AzureADTokenExchange"}}
	w.azure(t, "PUT", identityGroup, object{"location": "westeurope"})
	identity := w.azure(t, "PUT", handMade, object{"location": "westeurope"})
	w.azure(t, "PUT", handMade+credentials+"/others", object{"properties": others})
	app := w.azure(t, "POST", graph+"/applications", object{"displayName": "hand-made"})
	principal := w.azure(t, "POST", graph+"/servicePrincipals", object{"appId": app["appId"]})
	ofApp := fmt.Sprintf("%s/applications/%s", graph, app["id"])
	w.azure(t, "POST", ofApp+credentials, object{"name": "others", "issuer": others["issuer"], "subject": others["subject"], "audiences": others["audiences"]})

	w.setWorkloads(t, fmt.Sprintf(`
hand:
  identity: {kind: existingUserAssigned, id: %s}
  serviceAccount: {namespace: hand}
  grants: [{role: Key Vault Secrets User, scope: vault}]
  secrets: [greeting]
hand-app:
  identity: {kind: existingApplication, id: %s}
  serviceAccount: {namespace: hand}
  grants: [{role: Key Vault Secrets User, scope: vault/greeting}]
  secrets: [greeting]
`, identity["id"], app["appId"]))
	out := w.up(t)
	assert.Contains(t, out, "proven")
	assert.NotContains(t, out, "azure-native:managedidentity:UserAssignedIdentity")
	assert.NotContains(t, out, "azuread:index/application:Application ")

	found := w.outputs(t).Workloads
	assert.Equal(t, identity["properties"].(object)["clientId"], found["hand"].ClientID)
	assert.Equal(t, identity["properties"].(object)["principalId"], found["hand"].PrincipalID)
	assert.Equal(t, app["appId"], found["hand-app"].ClientID)
	assert.Equal(t, principal["id"], found["hand-app"].PrincipalID)
	assert.Equal(t, "userAssigned", found["hand"].Kind)
	assert.Equal(t, "application", found["hand-app"].Kind)
	assert.Len(t, list(t, w.azure(t, "GET", handMade+credentials, nil)), 2)
	assert.Len(t, list(t, w.azure(t, "GET", ofApp+credentials, nil)), 2)

	requireNoChange(t, w.up(t))
	w.requireNoDrift(t)

	w.pulumiInSandbox(t, "destroy", "--yes", quick)
	for what, rest := range map[string]object{
		"the identity":    w.azure(t, "GET", handMade+credentials, nil),
		"the application": w.azure(t, "GET", ofApp+credentials, nil),
	} {
		left := list(t, rest)
		require.Len(t, left, 1, what)
		assert.Equal(t, "others", left[0]["name"], what)
	}
	assert.Equal(t, identity["properties"], w.azure(t, "GET", handMade, nil)["properties"])
	assert.Equal(t, app["appId"], w.azure(t, "GET", ofApp, nil)["appId"])
	assert.Equal(t, principal["id"], w.azure(t, "GET", fmt.Sprintf("%s/servicePrincipals/%s", graph, principal["id"]), nil)["id"])
	for name, user := range found {
		assert.Empty(t, w.rolesOf(t, user), name)
	}

	w.azure(t, "DELETE", ofApp, nil)
	w.azure(t, "DELETE", identityGroup, nil)
	assert.Contains(t, w.down(t), "No resource exists.")
}
