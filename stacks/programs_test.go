package stacks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

const (
	westStack = "acme/platform/west"
	eastStack = "acme/platform/east"
)

// platformState returns the outputs of a platform's stack, as its program exports them.
func platformState(t testing.TB, name string) resource.PropertyMap {
	t.Helper()
	text := minimal("  aks-workload-identity:program: platform\n  aks-workload-identity:webhook: {mode: chart}\n")
	up := run(t, parseStack(t, text, pulumitest.Project), false)
	state := resource.PropertyMap{}
	for key, e := range up.Exports {
		value := resource.NewPropertyValue(e.Value)
		if key == "issuerUrl" {
			value = resource.NewProperty(pulumitest.IssuerURL(name))
		}
		if e.Secret {
			value = resource.MakeSecret(value)
		}
		state[resource.PropertyKey(key)] = value
	}
	return state
}

const workloadsYAML = "  aks-workload-identity:program: workloads\n" +
	"  aks-workload-identity:platforms: {west: {stack: " + westStack + "}, east: {stack: " + eastStack + "}}\n" +
	"  aks-workload-identity:workloads:\n" +
	"    app:\n" +
	"      serviceAccount: {namespace: demo}\n" +
	"      federations: [{}, {platform: west, serviceAccount: cron}, {issuer: \"https://example.com/\", key: ci}]\n" +
	"      grants: [{role: Reader, scope: cluster/west}]\n"

func runOnPlatforms(t testing.TB, yaml string, dryRun bool) *pulumitest.Result {
	t.Helper()
	return pulumitest.Run(t, Run, pulumitest.Options{
		Config: parseStack(t, minimal(yaml), pulumitest.Project), RootTypes: rootTypes, DryRun: dryRun,
		Stacks: map[string]resource.PropertyMap{westStack: platformState(t, "west"), eastStack: platformState(t, "east")},
	})
}

// Carries R19.
func TestPlatformAloneHasNoWorkloads(t *testing.T) {
	text := minimal("  aks-workload-identity:program: platform\n  aks-workload-identity:webhook: {mode: chart}\n" + vaultYAML)
	up := run(t, parseStack(t, text, pulumitest.Project), false)
	pulumitest.Golden(t, "platform", up.Graph())
	for _, name := range append([]string{"resourceGroup", "subscriptionId", "vaultUrl", "vaultId"}, platformOutputs...) {
		if _, ok := up.Exports[name]; !ok {
			t.Errorf("the platform has no output %s, which stacks of workloads or tools need", name)
		}
	}
	if got := up.Exports["workloads"].Value; len(got.(map[string]any)) != 0 {
		t.Errorf("the platform has workloads: %v", got)
	}
}

// Carries R19.
func TestWorkloadsRunOnThePlatformsOfOtherStacks(t *testing.T) {
	up := runOnPlatforms(t, workloadsYAML, false)
	pulumitest.Golden(t, "workloads", up.Graph())
	preview := runOnPlatforms(t, workloadsYAML, true)
	if diff := cmp.Diff(up.Names(), preview.Names()); diff != "" {
		t.Errorf("preview registers something else (-update +preview):\n%s", diff)
	}

	got := map[string]string{}
	for _, c := range up.ByType("azure-native:managedidentity:FederatedIdentityCredential") {
		got[strings.TrimPrefix(c.Name, "app-credential-")] = c.Inputs["issuer"].StringValue()
	}
	want := map[string]string{
		"west.demo.app":  pulumitest.IssuerURL("west"),
		"east.demo.app":  pulumitest.IssuerURL("east"),
		"west.demo.cron": pulumitest.IssuerURL("west"),
		"ci.demo.app":    "https://example.com/",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("issuers by credential (-want +got):\n%s", diff)
	}
	if found := up.Plain(pulumitest.KubeconfigMarker); len(found) > 0 {
		t.Errorf("a kubeconfig can be read in %s", strings.Join(found, ", "))
	}
	// What follows a cluster that its platform's stack has replaced, and has perhaps given the same
	// resource id.
	provider := up.Get(t, "pulumi:providers:kubernetes", "platform-west-kubernetes")
	if got := provider.Inputs["clusterIdentifier"]; got.StringValue() != pulumitest.IssuerURL("west") {
		t.Errorf("the provider's clusterIdentifier is %v, which a new cluster may have too", got)
	}
	if got := provider.Inputs["deleteUnreachable"]; !got.IsBool() || !got.BoolValue() {
		t.Errorf("deleteUnreachable is %v: what was in the cluster before could never be deleted", got)
	}
}

func TestWorkloadsTellWhereEachFederationIs(t *testing.T) {
	up := runOnPlatforms(t, workloadsYAML, false)
	app := up.Exports["workloads"].Value.(map[string]any)["app"].(map[string]any)
	var got []string
	for _, f := range app["federations"].([]map[string]any) {
		switch {
		case f["elsewhere"] == true:
			got = append(got, "elsewhere")
		default:
			got = append(got, f["cluster"].(string))
		}
	}
	if diff := cmp.Diff([]string{"east", "west", "west", "elsewhere"}, got); diff != "" {
		t.Errorf("clusters of the federations (-want +got):\n%s", diff)
	}
	clusters := up.Exports["clusters"].Value.(map[string]any)
	if diff := cmp.Diff([]string{"east", "west"}, sortedKeys(clusters)); diff != "" {
		t.Errorf("clusters (-want +got):\n%s", diff)
	}
	if !up.Exports["clusters"].Secret {
		t.Error("the clusters' kubeconfigs are not secret")
	}
}

func TestPlatformsThatDoNotFitAreRefused(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(resource.PropertyMap)
		says   []string
	}{
		"NotDeployed": {
			reason: "a stack that was never deployed has no outputs",
			change: func(m resource.PropertyMap) { clear(m) },
			says:   []string{westStack, "no output clusterId, clusterName, issuerUrl, tenantId, kubeconfig, cloud", "pulumi up"},
		},
		"OtherCloud": {
			reason: "identities of one cloud are not known in another",
			change: func(m resource.PropertyMap) { m["cloud"] = resource.NewProperty("AzureChinaCloud") },
			says:   []string{westStack, "AzureChinaCloud", "AzurePublicCloud"},
		},
		"NotText": {
			reason: "an output of another program",
			change: func(m resource.PropertyMap) { m["issuerUrl"] = resource.NewProperty(1.0) },
			says:   []string{"issuerUrl"},
		},
	}
	for name, tc := range cases {
		for _, dryRun := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/dryRun=%t", name, dryRun), func(t *testing.T) {
				west := platformState(t, "west")
				tc.change(west)
				result := pulumitest.Try(t, Run, pulumitest.Options{
					Config: parseStack(t, minimal(workloadsYAML), pulumitest.Project), RootTypes: rootTypes, DryRun: dryRun,
					Stacks: map[string]resource.PropertyMap{westStack: west, eastStack: platformState(t, "east")},
				})
				if result.Err == nil {
					t.Fatalf("accepted, but %s", tc.reason)
				}
				for _, part := range tc.says {
					if !strings.Contains(result.Err.Error(), part) {
						t.Errorf("the error does not say %q:\n%v", part, result.Err)
					}
				}
				if found := result.ByType("azure-native:resources:ResourceGroup"); len(found) > 0 {
					t.Errorf("%d resource groups are registered before the refusal", len(found))
				}
			})
		}
	}
}

// A platform of another tenant injects that tenant into its pods, whoever deploys the workloads.
func TestThePlatformsTenantDecidesAboutTheAnnotation(t *testing.T) {
	const other = "00000000-0000-4000-8000-00000000dddd"
	east := platformState(t, "east")
	east["tenantId"] = resource.NewProperty(other)
	up := pulumitest.Run(t, Run, pulumitest.Options{
		Config: parseStack(t, minimal(workloadsYAML), pulumitest.Project), RootTypes: rootTypes,
		Stacks: map[string]resource.PropertyMap{westStack: platformState(t, "west"), eastStack: east},
	})
	got := map[string]any{}
	for _, a := range up.ByType("kubernetes:core/v1:ServiceAccount") {
		annotations := a.Inputs["metadata"].ObjectValue()["annotations"].Mappable().(map[string]any)
		got[strings.TrimPrefix(a.Name, "app-account-")] = annotations["azure.workload.identity/tenant-id"]
	}
	want := map[string]any{"west.demo.app": nil, "east.demo.app": pulumitest.TenantID, "west.demo.cron": nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tenant annotations (-want +got):\n%s", diff)
	}
}
