package cluster_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

const managedCluster = pulumitest.AKS + "ManagedCluster"

// build registers a cluster and exports its outputs under the cluster's name.
func build(args *cluster.ClusterArgs) pulumitest.Build {
	return func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		c, err := cluster.NewCluster(ctx, name, args, opts...)
		if err != nil {
			return err
		}
		export(ctx, name, c)
		return nil
	}
}

func export(ctx *pulumi.Context, name string, c *cluster.Cluster) {
	for key, out := range map[string]pulumi.Output{
		"clusterId": c.ClusterId, "clusterName": c.ClusterName, "resourceGroupName": c.ResourceGroupName,
		"nodeResourceGroup": c.NodeResourceGroup, "location": c.Location, "apiServerFqdn": c.ApiServerFqdn, "issuerUrl": c.IssuerUrl,
		"tenantId": c.TenantId, "principalId": c.PrincipalId, "controlPlaneIdentityId": c.ControlPlaneIdentityId,
		"kubeletIdentityId": c.KubeletIdentityId, "kubeletClientId": c.KubeletClientId, "kubeletObjectId": c.KubeletObjectId,
		"workloadIdentityAddon": c.WorkloadIdentityAddon, "kubeconfig": c.Kubeconfig,
	} {
		ctx.Export(name+"."+key, out)
	}
}

func shop(args *cluster.ClusterArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error { return build(args)(ctx, "shop") }
}

func TestGraph(t *testing.T) {
	for name, tc := range map[string]struct {
		args *cluster.ClusterArgs
		o    pulumitest.Options
	}{
		"defaults":   {},
		"full":       {args: full()},
		"identities": {args: identities()},
		"private":    {args: private()},
		"entra":      {args: entra(), o: entraOptions},
		"admin": {args: &cluster.ClusterArgs{
			Entra: &cluster.EntraArgs{AzureRbac: pulumi.Bool(true)}, Credentials: cluster.CredentialsAdmin,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := pulumitest.Matrix(t, tc.o, []string{"azure-native"}, build(tc.args))
			pulumitest.Golden(t, name, r.Graph())
		})
	}
}

// Carries R1, R26.
func TestOutputs(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return build(nil)(ctx, "shop") }, pulumitest.Options{})
	aks := r.Get(t, managedCluster, "shop-aks")
	group := pulumitest.Physical("shop-rg")
	want := map[string]any{
		"shop.clusterId":              aks.ID,
		"shop.clusterName":            pulumitest.Physical("shop-aks"),
		"shop.resourceGroupName":      group,
		"shop.nodeResourceGroup":      "MC_" + group + "_" + pulumitest.Physical("shop-aks") + "_westeurope",
		"shop.location":               "westeurope",
		"shop.issuerUrl":              pulumitest.IssuerURL("shop-aks"),
		"shop.tenantId":               pulumitest.TenantID,
		"shop.principalId":            pulumitest.GUID("shop-aks", "principal"),
		"shop.apiServerFqdn":          "shop-" + pulumitest.GUID("shop-aks", "fqdn")[:8] + ".hcp.westeurope.azmk8s.io",
		"shop.controlPlaneIdentityId": "",
		"shop.kubeletIdentityId":      pulumitest.KubeletIdentityID("shop-aks"),
		"shop.workloadIdentityAddon":  false,
		"shop.kubeletClientId":        pulumitest.GUID("shop-aks", "kubelet client"),
		"shop.kubeletObjectId":        pulumitest.GUID("shop-aks", "kubelet object"),
		"shop.kubeconfig":             "apiVersion: v1\nkind: Config\n# " + pulumitest.KubeconfigMarker + " " + pulumitest.Physical("shop-aks") + "\n",
	}
	got := map[string]any{}
	for key, e := range r.Exports {
		got[key] = e.Value
		if secret := key == "shop.kubeconfig"; e.Secret != secret {
			t.Errorf("%s: secret = %t, want %t", key, e.Secret, secret)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
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

func TestInCluster(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		c, err := cluster.NewCluster(ctx, "shop", nil)
		if err != nil {
			return err
		}
		child := &pulumi.CustomResourceState{}
		return ctx.RegisterResource("kubernetes:core/v1:Namespace", "apps", pulumi.Map{
			"metadata": pulumi.Map{"name": pulumi.String("apps")},
		}, child, c.InCluster()...)
	}, pulumitest.Options{RootTypes: []string{"kubernetes:core/v1:Namespace"}})

	ns, aks := r.Get(t, "kubernetes:core/v1:Namespace", "apps"), r.Get(t, managedCluster, "shop-aks")
	if got := ns.Request.GetDeletedWith(); got != aks.URN {
		t.Errorf("deleted with %q, want the managed cluster", got)
	}
	if want := r.Get(t, "pulumi:providers:kubernetes", "shop-kubernetes").URN; ns.Provider != want {
		t.Errorf("provider %q, want %q", ns.Provider, want)
	}
}

func TestTagsReachEveryTaggableChild(t *testing.T) {
	args := full()
	args.ResourceGroupName = nil
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return build(args)(ctx, "shop") }, pulumitest.Options{})
	want := resource.NewProperty(resource.PropertyMap{"env": resource.NewProperty("test")})
	tagged := 0
	for _, res := range r.Resources {
		// Maintenance configurations have no tags in Azure.
		if res.Package() != "azure-native" || strings.HasSuffix(res.Type, ":MaintenanceConfiguration") {
			continue
		}
		tagged++
		if got := res.Inputs["tags"]; !got.DeepEquals(want) {
			t.Errorf("%s has tags %v", res.Name, got)
		}
	}
	if pool := r.Get(t, managedCluster, "shop-aks").Inputs["agentPoolProfiles"].ArrayValue()[0]; !pool.ObjectValue()["tags"].DeepEquals(want) {
		t.Errorf("the system pool has tags %v", pool.ObjectValue()["tags"])
	}
	if tagged != 5 {
		t.Errorf("%d taggable children, want the group, the cluster and three pools", tagged)
	}
}

func TestProtectIsAnOption(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		return build(nil)(ctx, "shop", pulumi.Protect(true))
	}, pulumitest.Options{})
	if !r.Get(t, managedCluster, "shop-aks").Request.GetProtect() {
		t.Error("the managed cluster of a protected component is not protected")
	}
}

func TestCredentialsWaitForTheCluster(t *testing.T) {
	preview := pulumitest.Run(t, func(ctx *pulumi.Context) error { return build(nil)(ctx, "shop") }, pulumitest.Options{DryRun: true})
	if len(preview.Calls) > 0 {
		t.Errorf("a preview of a new cluster calls %v: there is no cluster to ask yet", preview.Calls)
	}
	for key, e := range preview.Exports {
		// These three follow from the arguments: the identity is system-assigned.
		if e.Known && key != "shop.location" && key != "shop.workloadIdentityAddon" && key != "shop.controlPlaneIdentityId" {
			t.Errorf("%s is known before there is a cluster: %v", key, e.Value)
		}
	}
}
