package stacks

import (
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// Carries R7, R8.
func TestWhatExistsIsUsedAndNotCreated(t *testing.T) {
	text := minimal("  aks-workload-identity:resourceGroup: {name: shared, existing: true}\n" +
		"  aks-workload-identity:workloads:\n" +
		"    app:\n" +
		"      identity: {kind: existingUserAssigned, id: " + identityID + "}\n" +
		"      serviceAccount: {namespace: demo, existingNamespace: true, mode: existing}\n" +
		"      federations: [{}, {key: other, issuer: \"https://example.com/\"}, {serviceAccount: off, enabled: false}]\n" +
		"      grants: [{role: Reader, scope: resourceGroup}]\n")
	up := run(t, parseStack(t, text, pulumitest.Project), false)

	for _, typ := range []string{
		"azure-native:resources:ResourceGroup", "azure-native:managedidentity:UserAssignedIdentity",
		"kubernetes:core/v1:Namespace", "kubernetes:core/v1:ServiceAccount",
	} {
		if list := up.ByType(typ); len(list) > 0 {
			t.Errorf("%s %q is created, but exists", typ, list[0].Name)
		}
	}
	want := "/subscriptions/" + pulumitest.SubscriptionID + "/resourceGroups/shared"
	grant := up.Get(t, "azure-native:authorization:RoleAssignment", "app-grant-resource-group.reader")
	if got := grant.Inputs["scope"].StringValue(); got != want {
		t.Errorf("the grant's scope is %s, want %s", got, want)
	}
	credentials := up.ByType("azure-native:managedidentity:FederatedIdentityCredential")
	var issuers []string
	for _, c := range credentials {
		issuers = append(issuers, c.Inputs["issuer"].StringValue())
	}
	if got := strings.Join(issuers, " "); got != "https://example.com/ "+pulumitest.IssuerURL("platform-aks") {
		t.Errorf("credentials trust %s; want the other issuer and this cluster's, and not what is switched off", got)
	}
}

// Carries R16.
func TestTwoStacksDoNotShareCredentialsOfOneIdentity(t *testing.T) {
	if dev, prod := clusterKey("dev"), clusterKey("prod"); dev == prod {
		t.Errorf("both stacks name their cluster %q in the credentials of a shared identity", dev)
	}
}
