package stacks

import (
	"slices"
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
		"      serviceAccount: {namespace: demo, createNamespace: false, mode: existing}\n" +
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

func TestAClusterThatExistsIsUsedAndOutlivesTheStack(t *testing.T) {
	text := minimal("  aks-workload-identity:webhook: {mode: chart}\n" +
		"  aks-workload-identity:cluster: {existing: {resourceGroupName: theirs, clusterName: shared}}\n" +
		"  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, grants: [{role: Reader, scope: cluster}]}}\n")
	up := run(t, parseStack(t, text, pulumitest.Project), false)
	if list := up.ByType("azure-native:containerservice/v20250101:ManagedCluster"); len(list) > 0 {
		t.Errorf("the cluster %q is created, but exists", list[0].Name)
	}
	inside := 0
	for _, typ := range []string{"kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:Namespace", "kubernetes:core/v1:ServiceAccount"} {
		for _, r := range up.ByType(typ) {
			inside++
			if with := r.Request.GetDeletedWith(); with != "" {
				t.Errorf("%s %q goes with %s; nothing takes it out of a cluster that stays", typ, r.Name, with)
			}
		}
	}
	if inside != 3 {
		t.Errorf("%d objects in the cluster, want a release, a namespace and a service account", inside)
	}
	grant := up.Get(t, "azure-native:authorization:RoleAssignment", "app-grant-cluster.reader")
	if got := grant.Inputs["scope"].StringValue(); !strings.HasSuffix(got, "/resourceGroups/theirs/providers/Microsoft.ContainerService/managedClusters/shared") {
		t.Errorf("the grant is on %s", got)
	}
}

// The old credential goes first only if the engine knows it by the new one's alias; each cluster
// has one of its own.
func TestAFormerNameIsTheOneInEveryCluster(t *testing.T) {
	key := clusterKey(pulumitest.Stack)
	for reason, tc := range map[string]struct{ federation, credential, alias string }{
		"the stack's cluster": {
			"{renamedFrom: before/old}", "app-credential-" + key + ".demo.app", "app-credential-" + key + ".before.old",
		},
		"another cluster, under another key": {
			"{issuer: \"https://example.com/\", key: b, renamedFrom: a/demo/app}", "app-credential-b.demo.app", "app-credential-a.demo.app",
		},
	} {
		t.Run(reason, func(t *testing.T) {
			text := minimal("  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}, federations: [" + tc.federation + "]}}\n")
			up := run(t, parseStack(t, text, pulumitest.Project), false)
			var aliases []string
			for _, a := range up.Get(t, "azure-native:managedidentity:FederatedIdentityCredential", tc.credential).Request.GetAliases() {
				aliases = append(aliases, a.GetSpec().GetName())
			}
			if !slices.Contains(aliases, tc.alias) {
				t.Errorf("%s has the aliases %q, want %s among them", tc.credential, aliases, tc.alias)
			}
		})
	}
}
