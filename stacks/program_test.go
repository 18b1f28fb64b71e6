package stacks

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

func TestGraphOfTheLocalStack(t *testing.T) {
	values := stackFile(t, "Pulumi.local.yaml", pulumitest.Project)
	up := run(t, values, false)
	pulumitest.Golden(t, "local", up.Graph())

	preview := run(t, values, true)
	if diff := cmp.Diff(up.Names(), preview.Names()); diff != "" {
		t.Errorf("preview registers something else (-update +preview):\n%s", diff)
	}
	for _, name := range []string{"issuerUrl", "kubeconfig", "workloads"} {
		if preview.Exports[name].Known {
			t.Errorf("the preview pretends to know the output %s", name)
		}
	}
}

func TestOnlyWhatIsInTheClusterWaitsForIt(t *testing.T) {
	for name, dryRun := range map[string]bool{"update": false, "preview": true} {
		t.Run(name, func(t *testing.T) {
			checkOrder(t, run(t, stackFile(t, "Pulumi.local.yaml", pulumitest.Project), dryRun))
		})
	}
}

func checkOrder(t *testing.T, up *pulumitest.Result) {
	t.Helper()
	aks := up.Get(t, pulumitest.AKS+"ManagedCluster", "platform-aks")
	free := []string{
		"azure-native:keyvault:Vault",
		"azure-native:keyvault:Secret",
		"azure-native:managedidentity:UserAssignedIdentity",
		"azure-native:authorization:RoleAssignment",
		"azuread:index/application:Application",
		"azuread:index/servicePrincipal:ServicePrincipal",
	}
	for _, typ := range free {
		list := up.ByType(typ)
		if len(list) == 0 {
			t.Errorf("the stack has no %s", typ)
		}
		for _, r := range list {
			if up.Reaches(r, aks) {
				t.Errorf("%s %q waits for AKS, minutes for nothing", typ, r.Name)
			}
		}
	}
	release := up.Get(t, "kubernetes:helm.sh/v3:Release", "webhook-release")
	namespace := up.Get(t, "kubernetes:core/v1:Namespace", "namespace-demo")
	for _, account := range up.ByType("kubernetes:core/v1:ServiceAccount") {
		if !up.Reaches(account, release) {
			t.Errorf("service account %q does not wait for the webhook: a pod could slip past it", account.Name)
		}
		if !up.Reaches(account, namespace) {
			t.Errorf("service account %q does not wait for its namespace", account.Name)
		}
	}
}

// Carries R3.
func TestModesOfTheWebhook(t *testing.T) {
	cases := map[string]struct {
		reason   string
		yaml     string
		releases int
		addon    bool
	}{
		"Chart":         {reason: "the chart is installed and the add-on stays off", yaml: "{mode: chart}", releases: 1},
		"ChartSettings": {reason: "settings do not change the mode", yaml: "{mode: chart, chart: {replicas: 3, values: {podDisruptionBudget: {minAvailable: 1}}}}", releases: 1},
		"Addon":         {reason: "AKS runs the webhook", yaml: "{mode: addon}", addon: true},
		"Default":       {reason: "the default is the add-on", yaml: "{}", addon: true},
		"None":          {reason: "the webhook is installed already", yaml: "{mode: none}"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			text := minimal("  aks-workload-identity:webhook: " + tc.yaml + "\n" +
				"  aks-workload-identity:workloads: {app: {serviceAccount: {namespace: demo}}}\n")
			up := run(t, parseStack(t, text, pulumitest.Project), false)
			if got := len(up.ByType("kubernetes:helm.sh/v3:Release")); got != tc.releases {
				t.Errorf("%s: %d releases, want %d", tc.reason, got, tc.releases)
			}
			aks := up.Get(t, pulumitest.AKS+"ManagedCluster", "platform-aks")
			profile := aks.Inputs["securityProfile"].ObjectValue()["workloadIdentity"].ObjectValue()["enabled"].BoolValue()
			if profile != tc.addon {
				t.Errorf("%s: add-on is %t, want %t", tc.reason, profile, tc.addon)
			}
		})
	}
}

// Carries R26.
func TestOutputs(t *testing.T) {
	up := run(t, stackFile(t, "Pulumi.local.yaml", pulumitest.Project), false)
	for _, name := range []string{
		"clusterName", "clusterId", "resourceGroup", "nodeResourceGroup", "issuerUrl", "tenantId", "subscriptionId", "cloud",
		"kubeconfig",
	} {
		e, ok := up.Exports[name]
		s, isText := e.Value.(string)
		if !ok || !isText || s == "" {
			t.Errorf("output %s is %#v, want text", name, e.Value)
		}
		if e.Secret != (name == "kubeconfig") {
			t.Errorf("output %s: secret is %t", name, e.Secret)
		}
	}
	if got := up.Exports["cloud"].Value; got != "AzurePublicCloud" {
		t.Errorf("cloud is %v", got)
	}
	workloads := up.Exports["workloads"].Value.(map[string]any)
	quick := workloads["quick-start"].(map[string]any)
	issuer := up.Exports["issuerUrl"].Value
	federation := quick["federations"].([]map[string]any)[0]
	id, ok := federation["credentialId"].(string)
	if !ok || !strings.Contains(id, "/federatedIdentityCredentials/") {
		t.Errorf("credentialId is %v", federation["credentialId"])
	}
	delete(federation, "credentialId")
	if diff := cmp.Diff(map[string]any{
		"namespace":      "demo",
		"serviceAccount": "quick-start",
		"issuer":         issuer,
		"subject":        "system:serviceaccount:demo:quick-start",
		"audience":       "api://AzureADTokenExchange",
	}, federation); diff != "" {
		t.Errorf("federation (-want +got):\n%s", diff)
	}
	vault := up.Get(t, "azure-native:keyvault:Vault", "vault")
	url := vault.Outputs["properties"].ObjectValue()["vaultUri"].StringValue()
	if diff := cmp.Diff([]any{map[string]any{"vaultUrl": url, "name": "greeting"}}, loosen(quick["secrets"])); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"clientId", "federations", "helmValues", "identityId", "identityKind", "podAnnotations", "podLabels", "principalId", "secrets",
		"serviceAccountAnnotations", "sqlScripts", "tenantId",
	}, sortedKeys(quick)); diff != "" {
		t.Errorf("keys of a workload's outputs (-want +got):\n%s", diff)
	}
	if got := workloads["entra-app"].(map[string]any)["identityKind"]; got != "application" {
		t.Errorf("identityKind of entra-app is %v", got)
	}
}

func TestOutputsTellFederationsElsewhereApart(t *testing.T) {
	text := workloadYAML("federations: [{enabled: false, serviceAccount: off}, {issuer: \"https://example.com/\", key: other}, {}]")
	up := run(t, parseStack(t, text, pulumitest.Project), false)
	app := up.Exports["workloads"].Value.(map[string]any)["app"].(map[string]any)
	got := map[any]any{}
	for _, f := range app["federations"].([]map[string]any) {
		got[f["issuer"]] = f["elsewhere"]
	}
	want := map[any]any{"https://example.com/": true, up.Exports["issuerUrl"].Value: nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("elsewhere by issuer: verify would judge another cluster's trust against this one (-want +got):\n%s", diff)
	}
}

func TestWebhookInjectsTheTenantOfTheCluster(t *testing.T) {
	up := run(t, parseStack(t, minimal("  aks-workload-identity:webhook: {mode: chart}\n"), pulumitest.Project), false)
	release := up.Get(t, "kubernetes:helm.sh/v3:Release", "webhook-release")
	aks := up.Get(t, pulumitest.AKS+"ManagedCluster", "platform-aks")
	if !slices.Contains(release.PropertyDeps["values"], aks.URN) {
		t.Errorf("the chart's values come from %q: the tenant is not the cluster's", release.PropertyDeps["values"])
	}
}

// Azure returns a role definition's id with the subscription of the assignment's scope; another one
// is a difference at every refresh.
//
// Carries R12.
func TestGrantsNameTheirRoleInTheSubscriptionOfTheirScope(t *testing.T) {
	const other = "99999999-2222-4333-8444-555555555555"
	own := "/subscriptions/" + pulumitest.SubscriptionID
	cases := map[string]struct {
		reason, scope, want string
	}{
		"OwnCluster":        {reason: "a scope of the stack is in its subscription", scope: "cluster", want: own},
		"OwnResourceGroup":  {reason: "a scope of the stack is in its subscription", scope: "resourceGroup", want: own},
		"OtherSubscription": {reason: "the role is named in the scope's subscription", scope: "/subscriptions/" + other + "/resourceGroups/shared", want: "/subscriptions/" + other},
		"ManagementGroup":   {reason: "the role is named without one", scope: "/providers/Microsoft.Management/managementGroups/all", want: ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			text := workloadYAML("grants: [{role: Reader, scope: " + tc.scope + "}]")
			up := run(t, parseStack(t, text, pulumitest.Project), false)
			grants := up.ByType("azure-native:authorization:RoleAssignment")
			if len(grants) != 1 {
				t.Fatalf("the stack has %d grants, want one", len(grants))
			}
			got := grants[0].Inputs["roleDefinitionId"].StringValue()
			if !strings.HasPrefix(got, tc.want+"/providers/Microsoft.Authorization/roleDefinitions/") {
				t.Errorf("%s, but is %s", tc.reason, got)
			}
		})
	}
}

// loosen turns typed lists of maps into what a JSON decoder would give.
func loosen(v any) any {
	list, ok := v.([]map[string]any)
	if !ok {
		return v
	}
	out := make([]any, len(list))
	for i, m := range list {
		out[i] = m
	}
	return out
}

func TestNoSecretIsReadableAnywhere(t *testing.T) {
	const value = "hello from the vault"
	up := run(t, stackFile(t, "Pulumi.local.yaml", pulumitest.Project), false)
	for _, needle := range []string{value, pulumitest.KubeconfigMarker} {
		if found := up.Plain(needle); len(found) > 0 {
			t.Errorf("%q can be read in %s", needle, strings.Join(found, ", "))
		}
	}
	secret := up.Get(t, "azure-native:keyvault:Secret", "vault-secret-greeting")
	got := secret.Inputs["properties"]
	for got.IsSecret() || got.IsObject() {
		if got.IsSecret() {
			got = got.SecretValue().Element
			continue
		}
		got = got.ObjectValue()["value"]
	}
	if diff := cmp.Diff(resource.NewProperty(value), got); diff != "" {
		t.Errorf("the secret's value did not arrive (-want +got):\n%s", diff)
	}
}

// Carries R13.
func TestVaultAuthorisesByRolesAndCanBeDestroyed(t *testing.T) {
	text := minimal("  aks-workload-identity:vault: {}\n")
	properties := run(t, parseStack(t, text, pulumitest.Project), false).
		Get(t, "azure-native:keyvault:Vault", "vault").Inputs["properties"].ObjectValue()
	if !properties["enableRbacAuthorization"].BoolValue() {
		t.Error("the vault does not authorise by roles")
	}
	if got := properties["softDeleteRetentionInDays"].NumberValue(); got != 7 {
		t.Errorf("deleted vaults are kept for %v days, want 7", got)
	}
	if v, ok := properties["enablePurgeProtection"]; ok {
		t.Errorf("purge protection is %v; Azure takes no false, and true cannot be destroyed", v)
	}
}

// Carries R11.
func TestSwitchedOffWorkloadLeavesNothing(t *testing.T) {
	with := "  aks-workload-identity:workloads: {app: {enabled: true, serviceAccount: {namespace: demo}}, other: {serviceAccount: {namespace: demo}}}\n"
	without := strings.Replace(with, "enabled: true", "enabled: false", 1)
	before := run(t, parseStack(t, minimal(with), pulumitest.Project), false)
	after := run(t, parseStack(t, minimal(without), pulumitest.Project), false)
	for _, name := range after.Names() {
		if strings.Contains(name, " app") {
			t.Errorf("%s is left", name)
		}
	}
	after.Get(t, "kubernetes:core/v1:Namespace", "namespace-demo")
	if got, want := len(before.Resources)-len(after.Resources), 4; got != want {
		t.Errorf("switching a workload off removes %d resources, want %d: component, identity, credential, service account", got, want)
	}
	if _, ok := after.Exports["workloads"].Value.(map[string]any)["app"]; ok {
		t.Error("the outputs still have the workload")
	}
}

// Carries R28.
func TestTagsReachEverythingThatHasThem(t *testing.T) {
	up := run(t, stackFile(t, "Pulumi.local.yaml", pulumitest.Project), false)
	for _, typ := range []string{
		"azure-native:resources:ResourceGroup", pulumitest.AKS + "ManagedCluster", "azure-native:keyvault:Vault",
		"azure-native:keyvault:Secret", "azure-native:managedidentity:UserAssignedIdentity",
	} {
		for _, r := range up.ByType(typ) {
			if tags := r.Inputs["tags"]; !tags.IsObject() || tags.ObjectValue()["environment"].StringValue() != "local" {
				t.Errorf("%s %q has tags %v", typ, r.Name, tags)
			}
		}
	}
}

// What an application is allowed to see later is one line more.
//
// Carries R24.
func TestARoleAddedLaterIsOneResource(t *testing.T) {
	before := run(t, parseStack(t, workloadYAML("grants: [{role: Reader, scope: resourceGroup}]"), pulumitest.Project), false)
	after := run(t, parseStack(t, workloadYAML("grants: [{role: Reader, scope: resourceGroup}, {role: Reader, scope: cluster}]"), pulumitest.Project), false)
	added := slices.DeleteFunc(after.Names(), func(name string) bool { return slices.Contains(before.Names(), name) })
	want := []string{"azure-native:authorization:RoleAssignment app-grant-cluster.reader"}
	if diff := cmp.Diff(want, added); diff != "" {
		t.Errorf("what the line adds (-want +got):\n%s", diff)
	}
	if got, want := len(after.Resources), len(before.Resources)+1; got != want {
		t.Errorf("%d resources, want %d", got, want)
	}
}
