//go:build e2e

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
	graph         = "https://graph.microsoft.com/v1.0"
	credentials   = "/federatedIdentityCredentials"
)

// TestExistingIdentities federates a user-assigned identity and an Entra application that somebody else has made, and
// on which somebody else has a credential. Carries R7.
func TestExistingIdentities(t *testing.T) {
	w := newWorld(t)
	w.workloads(t, "{}")
	w.make(t, "up")

	others := object{"issuer": "https://token.actions.githubusercontent.com", "subject": "repo:shop/web:environment:prod", "audiences": []string{"api://AzureADTokenExchange"}}
	w.behind(t, "PUT", identityGroup, object{"location": "westeurope"})
	identity := w.behind(t, "PUT", handMade, object{"location": "westeurope"})
	w.behind(t, "PUT", handMade+credentials+"/others", object{"properties": others})
	app := w.behind(t, "POST", graph+"/applications", object{"displayName": "hand-made"})
	principal := w.behind(t, "POST", graph+"/servicePrincipals", object{"appId": app["appId"]})
	ofApp := fmt.Sprintf("%s/applications/%s", graph, app["id"])
	w.behind(t, "POST", ofApp+credentials, object{"name": "others", "issuer": others["issuer"], "subject": others["subject"], "audiences": others["audiences"]})

	w.workloads(t, fmt.Sprintf(`
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
	out := w.make(t, "up")
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
	assert.Len(t, list(t, w.behind(t, "GET", handMade+credentials, nil)), 2)
	assert.Len(t, list(t, w.behind(t, "GET", ofApp+credentials, nil)), 2)

	requireNoChange(t, w.make(t, "up"))
	w.pulumiInside(t, "refresh", "--yes", "--expect-no-changes")

	w.pulumiInside(t, "destroy", "--yes")
	for what, rest := range map[string]object{
		"the identity":    w.behind(t, "GET", handMade+credentials, nil),
		"the application": w.behind(t, "GET", ofApp+credentials, nil),
	} {
		left := list(t, rest)
		require.Len(t, left, 1, what)
		assert.Equal(t, "others", left[0]["name"], what)
	}
	assert.Equal(t, identity["properties"], w.behind(t, "GET", handMade, nil)["properties"])
	assert.Equal(t, app["appId"], w.behind(t, "GET", ofApp, nil)["appId"])
	assert.Equal(t, principal["id"], w.behind(t, "GET", fmt.Sprintf("%s/servicePrincipals/%s", graph, principal["id"]), nil)["id"])
	for name, user := range found {
		assert.Empty(t, w.rolesOf(t, user), name)
	}

	w.behind(t, "DELETE", ofApp, nil)
	w.behind(t, "DELETE", identityGroup, nil)
	assert.Contains(t, w.make(t, "down"), "No resource exists.")
}

// rolesOf are a workload's role assignments, in all of the subscription.
func (w *world) rolesOf(t *testing.T, user workload) []object {
	t.Helper()
	return list(t, w.behind(t, "GET", "/providers/Microsoft.Authorization/roleAssignments?$filter=principalId+eq+'"+user.PrincipalID+"'", nil))
}
