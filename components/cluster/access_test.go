package cluster_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

func shop(args *cluster.ClusterArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error { return build(args)(ctx, "shop") }
}

func TestKubeloginTakesTheLogin(t *testing.T) {
	args := entra()
	args.Kubelogin = &cluster.KubeloginArgs{Login: cluster.LoginWorkloadIdentity, ClientId: pulumi.String(guid).ToStringOutput().ToStringPtrOutput()}
	r := pulumitest.Run(t, shop(args), entraOptions)
	e := r.Exports["shop.kubeconfig"]
	text, _ := e.Value.(string)
	for _, part := range []string{"command: kubelogin", "- workloadidentity", "- " + guid, "- " + pulumitest.TenantID, "interactiveMode: Never"} {
		if !strings.Contains(text, part) {
			t.Errorf("the kubeconfig lacks %q:\n%s", part, text)
		}
	}
	if strings.Contains(text, "devicecode") || !e.Secret {
		t.Errorf("device code is left, or the kubeconfig is no secret: %t\n%s", e.Secret, text)
	}
}

func TestAdminCredentialsAreAskedForOnRequest(t *testing.T) {
	args := &cluster.ClusterArgs{Credentials: cluster.CredentialsAdmin}
	r := pulumitest.Run(t, shop(args), pulumitest.Options{})
	for _, call := range r.Calls {
		if call.Token == pulumitest.AKS+"listManagedClusterUserCredentials" {
			t.Error("user credentials were asked for")
		}
	}
	if text, _ := r.Exports["shop.kubeconfig"].Value.(string); !strings.Contains(text, "# admin") {
		t.Errorf("kubeconfig = %q", text)
	}
	if places := r.Plain(pulumitest.KubeconfigMarker); len(places) > 0 {
		t.Errorf("the kubeconfig can be read in %v", places)
	}
}

func TestOutputsOfGivenIdentities(t *testing.T) {
	r := pulumitest.Run(t, shop(identities()), pulumitest.Options{})
	for key, want := range map[string]string{
		"controlPlaneIdentityId": control,
		"principalId":            pulumitest.GUID(control, "principal"),
		"tenantId":               pulumitest.TenantID, // Azure reports none; it is in the issuer's URL
		"kubeletIdentityId":      nodes,
		"kubeletClientId":        guid,
		"kubeletObjectId":        guid,
	} {
		if got := r.Exports["shop."+key].Value; got != want {
			t.Errorf("%s = %v, want %s", key, got, want)
		}
	}
}

// The older form of the issuer's URL has no tenant.
func TestTenantOfTheDeployerIsTheLastResort(t *testing.T) {
	user := resource.PropertyMap{
		"identity": resource.NewProperty(resource.PropertyMap{"userAssignedIdentities": resource.NewProperty(resource.PropertyMap{
			control: resource.NewProperty(resource.PropertyMap{"clientId": resource.NewProperty("c"), "principalId": resource.NewProperty("p")}),
		})}),
		"oidcIssuerProfile": resource.NewProperty(resource.PropertyMap{
			"enabled": resource.NewProperty(true), "issuerURL": resource.NewProperty("https://oidc.prod-aks.azure.com/" + guid + "/"),
		}),
	}
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return lookup(existing())(ctx, "old") }, answering(getCluster, reports(user)))
	if got := r.Exports["old.tenantId"].Value; got != pulumitest.TenantID {
		t.Errorf("tenantId = %v", got)
	}
}

// Names of role assignments are computed: Azure wants each of scope, principal and
// role only once, under whatever name.
func TestRegistriesAreOpenToTheNodes(t *testing.T) {
	r := pulumitest.Run(t, shop(&cluster.ClusterArgs{
		ContainerRegistries: []cluster.ContainerRegistryArgs{{Key: "team", Id: pulumi.String(registry + "team")}},
	}), pulumitest.Options{})
	a := r.Get(t, "azure-native:authorization:RoleAssignment", "shop-acr-team")
	const pull = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
	nodes := pulumitest.GUID("shop-aks", "kubelet object")
	for key, want := range map[string]string{
		"scope":              registry + "team",
		"principalId":        nodes,
		"principalType":      "ServicePrincipal",
		"roleDefinitionId":   "/subscriptions/" + guid + "/providers/Microsoft.Authorization/roleDefinitions/" + pull,
		"roleAssignmentName": azure.RoleAssignmentName(registry+"team", nodes, pull),
	} {
		if got := a.Inputs[resource.PropertyKey(key)]; !got.IsString() || got.StringValue() != want {
			t.Errorf("%s = %v, want %s", key, got, want)
		}
	}
}

func TestRegistryThatIsKnownLaterIsCheckedThen(t *testing.T) {
	r := pulumitest.Try(t, shop(&cluster.ClusterArgs{
		ContainerRegistries: []cluster.ContainerRegistryArgs{{Key: "team", Id: pulumi.String("team").ToStringOutput()}},
	}), pulumitest.Options{})
	if r.Err == nil || !strings.Contains(r.Err.Error(), `containerRegistries[0].id of cluster "shop"`) {
		t.Errorf("error = %v", r.Err)
	}
}

func TestTheNodesIdentityIsTheCallersToGrantWithoutAPrincipal(t *testing.T) {
	args := identities()
	args.KubeletIdentity.ControlPlanePrincipalId = nil
	args.ContainerRegistries = nil
	r := pulumitest.Run(t, shop(args), pulumitest.Options{})
	if list := r.ByType("azure-native:authorization:RoleAssignment"); len(list) > 0 {
		t.Errorf("%s was assigned", list[0].Name)
	}
}

// later is a text that is known only when the program runs.
func later(text string) pulumi.StringPtrInput {
	return pulumi.String(text).ToStringOutput().ToStringPtrOutput()
}

// What is not known at construction still reaches its property, and defaults still
// follow from it.
func TestArgumentsThatAreKnownLater(t *testing.T) {
	r := pulumitest.Run(t, shop(&cluster.ClusterArgs{
		ControlPlaneIdentityId: later(control),
		Network:                &cluster.NetworkArgs{ServiceCidr: later("10.9.0.0/16")},
		NodePools: []cluster.NodePoolArgs{{
			Name: "spot", Spot: &cluster.SpotArgs{},
			NodeLabels: pulumi.StringMap{"a": pulumi.String("b")}.ToStringMapOutput(),
			NodeTaints: pulumi.StringArray{pulumi.String("c=d:NoExecute")}.ToStringArrayOutput(),
		}},
		AddOns: &cluster.AddOnsArgs{KeyVaultSecretsProvider: &cluster.KeyVaultSecretsProviderArgs{
			Rotation: pulumi.Bool(false).ToBoolOutput().ToBoolPtrOutput(),
		}},
	}), pulumitest.Options{})

	aks, spot := r.Get(t, managedCluster, "shop-aks"), r.Get(t, pulumitest.AKS+"AgentPool", "shop-pool-spot")
	for path, want := range map[string]any{
		"networkProfile.dnsServiceIP":                                            "10.9.0.10",
		"identity.userAssignedIdentities[0]":                                     control,
		"addonProfiles.azureKeyvaultSecretsProvider.config.enableSecretRotation": "false",
	} {
		if got := property(t, aks, path); got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
	for path, want := range map[string]any{
		`nodeLabels["a"]`: "b",
		`nodeLabels["kubernetes.azure.com/scalesetpriority"]`: "spot",
		"nodeTaints[0]": "c=d:NoExecute",
		"nodeTaints[1]": "kubernetes.azure.com/scalesetpriority=spot:NoSchedule",
	} {
		if got := property(t, spot, path); got != want {
			t.Errorf("%s = %v, want %v", path, got, want)
		}
	}
}

func property(t *testing.T, r *pulumitest.Resource, text string) any {
	t.Helper()
	path, err := resource.ParsePropertyPath(text)
	if err != nil {
		t.Fatal(err)
	}
	value, ok := path.Get(resource.NewProperty(r.Inputs))
	if !ok {
		t.Fatalf("%s has no %s", r.Name, text)
	}
	return value.V
}

func TestARangeThatIsKnownLaterIsCheckedThen(t *testing.T) {
	r := pulumitest.Try(t, shop(&cluster.ClusterArgs{Network: &cluster.NetworkArgs{ServiceCidr: later("ten")}}), pulumitest.Options{})
	if r.Err == nil || !strings.Contains(r.Err.Error(), "network.serviceCidr") {
		t.Errorf("error = %v", r.Err)
	}
}

// Carries R1.
func TestIssuerIsAlwaysOn(t *testing.T) {
	for name, args := range map[string]*cluster.ClusterArgs{"defaults": nil, "full": full(), "entra": entra()} {
		r := pulumitest.Run(t, shop(args), entraOptions)
		if got := property(t, r.Get(t, managedCluster, "shop-aks"), "oidcIssuerProfile.enabled"); got != true {
			t.Errorf("%s: the issuer is %v", name, got)
		}
	}
}

func TestAPrivateApiServerHasItsPrivateName(t *testing.T) {
	r := pulumitest.Run(t, shop(private()), pulumitest.Options{})
	want := "private.shop-" + pulumitest.GUID("shop-aks", "fqdn")[:8] + ".hcp.westeurope.azmk8s.io"
	if got := r.Exports["shop.apiServerFqdn"].Value; got != want {
		t.Errorf("apiServerFqdn = %v, want %s", got, want)
	}
}

// WebhookRelease refuses to stand beside the add-on, best before a cluster is there.
func TestTheAddonIsKnownInAPreview(t *testing.T) {
	for _, on := range []bool{false, true} {
		r := pulumitest.Run(t, shop(&cluster.ClusterArgs{WorkloadIdentityAddon: on}), pulumitest.Options{DryRun: true})
		if e := r.Exports["shop.workloadIdentityAddon"]; !e.Known || e.Value != on {
			t.Errorf("workloadIdentityAddon = %+v, want %t", e, on)
		}
	}
}

// Nodes that the autoscaler has added are not taken away by the next "up".
func TestTheAutoscalersCountIsLeftAlone(t *testing.T) {
	r := pulumitest.Run(t, shop(&cluster.ClusterArgs{
		SystemPool: &cluster.NodePoolArgs{MinCount: pulumi.Int(1), MaxCount: pulumi.Int(3)},
		NodePools:  []cluster.NodePoolArgs{{Name: "a", MinCount: pulumi.Int(1), MaxCount: pulumi.Int(3)}, {Name: "b"}},
	}), pulumitest.Options{})
	for name, want := range map[string]string{"shop-aks": "dnsPrefix,agentPoolProfiles[0].count", "shop-pool-a": "count", "shop-pool-b": "", "shop-rg": ""} {
		for _, res := range r.Resources {
			if got := strings.Join(res.Request.GetIgnoreChanges(), ","); res.Name == name && got != want {
				t.Errorf("%s ignores changes of %q, want %q", name, got, want)
			}
		}
	}
	plain := pulumitest.Run(t, shop(nil), pulumitest.Options{})
	if got := plain.Get(t, managedCluster, "shop-aks").Request.GetIgnoreChanges(); strings.Join(got, ",") != "dnsPrefix" {
		t.Errorf("a fixed number of nodes ignores changes of %v", got)
	}
}

// The engine cannot delete what is in a cluster that it deletes before its successor exists; see managedOptions.
func TestAClusterWithAGivenNameIsNotDeletedFirst(t *testing.T) {
	given := pulumitest.Run(t, shop(&cluster.ClusterArgs{ResourceName: pulumi.String("aks-shop")}), pulumitest.Options{})
	request := given.Get(t, managedCluster, "shop-aks").Request
	if !request.GetDeleteBeforeReplaceDefined() || request.GetDeleteBeforeReplace() {
		t.Errorf("deleteBeforeReplace is %t, said: %t; want no, and said", request.GetDeleteBeforeReplace(), request.GetDeleteBeforeReplaceDefined())
	}
}

// A prefix that the caller gave is another matter: who changes it wants another cluster.
func TestAGivenDnsPrefixIsNotIgnored(t *testing.T) {
	given := pulumitest.Run(t, shop(&cluster.ClusterArgs{DnsPrefix: pulumi.String("shop")}), pulumitest.Options{})
	if got := given.Get(t, managedCluster, "shop-aks").Request.GetIgnoreChanges(); len(got) > 0 {
		t.Errorf("ignores changes of %v", got)
	}
}
