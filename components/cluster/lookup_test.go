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

const getCluster = pulumitest.AKS + "getManagedCluster"

func lookup(args *cluster.LookupClusterArgs) pulumitest.Build {
	return func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		c, err := cluster.LookupCluster(ctx, name, args, opts...)
		if err != nil {
			return err
		}
		export(ctx, name, c)
		return nil
	}
}

func existing() *cluster.LookupClusterArgs {
	return &cluster.LookupClusterArgs{ResourceGroupName: pulumi.String("platform"), ClusterName: pulumi.String("old")}
}

// reports returns a managed cluster that differs from the fakes' by some properties.
func reports(set resource.PropertyMap) pulumitest.FakeCall {
	return func(args resource.PropertyMap) (resource.PropertyMap, error) {
		state := resource.PropertyMap{
			"id": resource.NewProperty("/id"), "name": args["resourceName"], "location": resource.NewProperty("westeurope"),
			"nodeResourceGroup": resource.NewProperty("MC"), "fqdn": resource.NewProperty("old.hcp.westeurope.azmk8s.io"), "privateFQDN": resource.NewProperty(""),
			"oidcIssuerProfile": resource.NewProperty(resource.PropertyMap{
				"enabled": resource.NewProperty(true), "issuerURL": resource.NewProperty(pulumitest.IssuerURL("old")),
			}),
			"identity": resource.NewProperty(resource.PropertyMap{"principalId": resource.NewProperty("p"), "tenantId": resource.NewProperty("t")}),
			"identityProfile": resource.NewProperty(resource.PropertyMap{"kubeletidentity": resource.NewProperty(resource.PropertyMap{
				"resourceId": resource.NewProperty("r"), "clientId": resource.NewProperty("c"), "objectId": resource.NewProperty("o"),
			})}),
		}
		for key, value := range set {
			state[key] = value
		}
		return state, nil
	}
}

func answering(token string, call pulumitest.FakeCall) pulumitest.Options {
	return pulumitest.Options{Fakes: pulumitest.Fakes{Calls: map[string]pulumitest.FakeCall{token: call}}}
}

// Carries R2.
func TestLookupGraph(t *testing.T) {
	r := pulumitest.Matrix(t, pulumitest.Options{}, []string{"azure-native"}, lookup(existing()))
	pulumitest.Golden(t, "lookup", r.Graph())
}

// Carries R2, R26.
func TestLookupOutputs(t *testing.T) {
	want := map[string]any{
		"old.clusterId":              "/subscriptions/" + pulumitest.SubscriptionID + "/resourceGroups/platform/providers/Microsoft.ContainerService/managedClusters/old",
		"old.clusterName":            "old",
		"old.resourceGroupName":      "platform",
		"old.nodeResourceGroup":      "MC_platform_old_westeurope",
		"old.location":               "westeurope",
		"old.apiServerFqdn":          "old-" + pulumitest.GUID("old", "fqdn")[:8] + ".hcp.westeurope.azmk8s.io",
		"old.issuerUrl":              pulumitest.IssuerURL("old"),
		"old.tenantId":               pulumitest.TenantID,
		"old.principalId":            pulumitest.GUID("old", "principal"),
		"old.controlPlaneIdentityId": "",
		"old.kubeletIdentityId":      pulumitest.KubeletIdentityID("old"),
		"old.kubeletClientId":        pulumitest.GUID("old", "kubelet client"),
		"old.kubeletObjectId":        pulumitest.GUID("old", "kubelet object"),
		"old.workloadIdentityAddon":  false,
		"old.kubeconfig":             "apiVersion: v1\nkind: Config\n# " + pulumitest.KubeconfigMarker + " old\n",
	}
	for reason, dryRun := range map[string]bool{"update": false, "a preview reads as well": true} {
		t.Run(reason, func(t *testing.T) {
			r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return lookup(existing())(ctx, "old") }, pulumitest.Options{DryRun: dryRun})
			got := map[string]any{}
			for key, e := range r.Exports {
				got[key] = e.Value
				if secret := key == "old.kubeconfig"; e.Secret != secret {
					t.Errorf("%s: secret = %t, want %t", key, e.Secret, secret)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if places := r.Plain(pulumitest.KubeconfigMarker); len(places) > 0 {
				t.Errorf("the kubeconfig can be read in %v", places)
			}
		})
	}
}

// A cluster that somebody has replaced under its name keeps its resource id, and what was in the
// one before cannot be deleted.
func TestLookupFollowsTheCluster(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return lookup(existing())(ctx, "old") }, pulumitest.Options{})
	inputs := r.Get(t, "pulumi:providers:kubernetes", "old-kubernetes").Inputs
	if got, want := inputs["clusterIdentifier"], resource.NewProperty(pulumitest.IssuerURL("old")); !got.DeepEquals(want) {
		t.Errorf("clusterIdentifier = %v, want %v", got, want)
	}
	if got := inputs["deleteUnreachable"]; !got.DeepEquals(resource.NewProperty(true)) {
		t.Errorf("deleteUnreachable = %v, want true", got)
	}
}

func TestLookupReadsTheAddon(t *testing.T) {
	on := resource.NewProperty(resource.PropertyMap{"workloadIdentity": resource.NewProperty(resource.PropertyMap{"enabled": resource.NewProperty(true)})})
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return lookup(existing())(ctx, "old") },
		answering(getCluster, reports(resource.PropertyMap{"securityProfile": on})))
	if got := r.Exports["old.workloadIdentityAddon"].Value; got != true {
		t.Errorf("workloadIdentityAddon = %v", got)
	}
}

// Carries R2.
func TestLookupRefuses(t *testing.T) {
	entra := resource.PropertyMap{"aadProfile": resource.NewProperty(resource.PropertyMap{"managed": resource.NewProperty(true)})}
	alone := entra.Copy()
	alone["disableLocalAccounts"] = resource.NewProperty(true)
	for reason, tc := range map[string]struct {
		set   resource.PropertyMap
		mode  cluster.CredentialMode
		login *cluster.KubeloginArgs
		want  []string
	}{
		"a cluster that was never asked for an issuer": {
			set:  resource.PropertyMap{"oidcIssuerProfile": resource.NewNullProperty()},
			want: []string{"az aks update --resource-group platform --name old --enable-oidc-issuer", "never be turned off", "restarts the API server"},
		},
		"a cluster with its issuer off": {
			set:  resource.PropertyMap{"oidcIssuerProfile": resource.NewProperty(resource.PropertyMap{"enabled": resource.NewProperty(false)})},
			want: []string{"has no OIDC issuer"},
		},
		"user credentials that ask for a device code": {set: entra, want: []string{"device code", "existing cluster \"old\""}},
		"admin credentials without local accounts":    {set: alone, mode: cluster.CredentialsAdmin, want: []string{"no local accounts"}},
		"kubelogin without Entra": {
			login: &cluster.KubeloginArgs{Login: cluster.LoginAzureCLI}, want: []string{"not integrated with Entra"},
		},
	} {
		for _, dryRun := range []bool{false, true} {
			args := existing()
			args.Credentials, args.Kubelogin = tc.mode, tc.login
			o := answering(getCluster, reports(tc.set))
			o.DryRun = dryRun
			r := pulumitest.Try(t, func(ctx *pulumi.Context) error { return lookup(args)(ctx, "old") }, o)
			for _, text := range tc.want {
				if r.Err == nil || !strings.Contains(r.Err.Error(), text) {
					t.Errorf("%s (preview %t): error = %v, want %q", reason, dryRun, r.Err, text)
				}
			}
		}
	}
}

// The credentials of a mode that cannot work are not even asked for.
func TestLookupChecksBeforeItAsksForCredentials(t *testing.T) {
	entra := resource.PropertyMap{"aadProfile": resource.NewProperty(resource.PropertyMap{"managed": resource.NewProperty(true)})}
	r := pulumitest.Try(t, func(ctx *pulumi.Context) error { return lookup(existing())(ctx, "old") }, answering(getCluster, reports(entra)))
	for _, call := range r.Calls {
		if strings.Contains(call.Token, "Credentials") {
			t.Errorf("%s was called", call.Token)
		}
	}
}

func TestInvalidLookups(t *testing.T) {
	pulumitest.Invalid(t, map[string]pulumitest.InvalidCase[*cluster.LookupClusterArgs]{
		"no arguments": {
			Want: []pulumitest.Problem{{Path: "resourceGroupName", Text: "required"}, {Path: "clusterName", Text: "required"}},
		},
		"names that Azure does not allow, and a login that is none": {
			Args: &cluster.LookupClusterArgs{
				ResourceGroupName: pulumi.String("a."), ClusterName: pulumi.String("-a"), Kubelogin: &cluster.KubeloginArgs{Login: "browser"},
			},
			Want: []pulumitest.Problem{
				{Path: "kubelogin.login", Text: "azurecli, workloadidentity, spn, msi"},
				{Path: "resourceGroupName", Text: "not ending with a full stop"},
				{Path: "clusterName", Text: "1 to 63"},
			},
		},
		"kubelogin without a login": {
			Args: &cluster.LookupClusterArgs{
				ResourceGroupName: pulumi.String("a"), ClusterName: pulumi.String("a"), Credentials: cluster.CredentialsKubelogin,
			},
			Want: []pulumitest.Problem{{Path: "kubelogin", Text: "give kubelogin.login"}},
		},
	}, func(ctx *pulumi.Context, args *cluster.LookupClusterArgs) error {
		_, err := cluster.LookupCluster(ctx, "old", args)
		return err
	})
}

func TestNothingInAnExistingClusterGoesWithIt(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		c, err := cluster.LookupCluster(ctx, "old", existing())
		if err != nil {
			return err
		}
		if owner := c.DeletedWith(); owner != nil {
			t.Errorf("deleted with %v", owner)
		}
		child := &pulumi.CustomResourceState{}
		return ctx.RegisterResource("kubernetes:core/v1:Namespace", "apps", pulumi.Map{
			"metadata": pulumi.Map{"name": pulumi.String("apps")},
		}, child, c.InCluster()...)
	}, pulumitest.Options{RootTypes: []string{"kubernetes:core/v1:Namespace"}})
	ns := r.Get(t, "kubernetes:core/v1:Namespace", "apps")
	if got := ns.Request.GetDeletedWith(); got != "" {
		t.Errorf("deleted with %q, although the cluster lives on", got)
	}
	if want := r.Get(t, "pulumi:providers:kubernetes", "old-kubernetes").URN; ns.Provider != want {
		t.Errorf("provider %q, want %q", ns.Provider, want)
	}
}

// A cluster of another stack may have a name that this preview does not know yet.
func TestLookupOfAClusterThatIsNotKnownYet(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		other, err := cluster.NewCluster(ctx, "other", nil)
		if err != nil {
			return err
		}
		return lookup(&cluster.LookupClusterArgs{ResourceGroupName: other.ResourceGroupName, ClusterName: other.ClusterName})(ctx, "old")
	}, pulumitest.Options{DryRun: true})
	if e := r.Exports["old.issuerUrl"]; e.Known || len(r.Calls) > 0 {
		t.Errorf("issuerUrl = %+v after the calls %v", e, r.Calls)
	}
}
