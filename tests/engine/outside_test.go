package engine

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
)

// registryID is the id of a registry that is not in the stack.
const registryID = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/team/providers/Microsoft.ContainerRegistry/registries/team"

// A refresh copies what others have changed into the inputs. Whatever it is, the next update must
// not replace the cluster because of it.
func TestNoChangeByOthersReplacesTheCluster(t *testing.T) {
	text := func(value string) resource.PropertyValue { return resource.NewProperty(value) }
	profile := func(key string, value resource.PropertyValue) resource.PropertyValue {
		return resource.NewProperty(resource.PropertyMap{resource.PropertyKey(key): value})
	}
	for reason, tc := range map[string]struct {
		network *cluster.NetworkArgs
		path    string
		value   resource.PropertyValue
		changes []string
	}{
		"AKS describes Windows nodes":             {path: "windowsProfile", value: profile("adminUsername", text("azureuser")), changes: []string{}},
		"a profile of Linux nodes":                {path: "linuxProfile", value: profile("adminUsername", text("azureuser")), changes: []string{}},
		"a disk encryption set":                   {path: "diskEncryptionSetID", value: text("/des"), changes: []string{}},
		"the autoscaler's settings":               {path: "autoScalerProfile", value: profile("expander", text("priority")), changes: []string{}},
		"the load balancer's ports":               {path: "networkProfile.loadBalancerProfile.idleTimeoutInMinutes", value: resource.NewProperty(30.0), changes: []string{}},
		"the load balancer of a network as given": {network: &cluster.NetworkArgs{Policy: cluster.PolicyCilium}, path: "networkProfile.loadBalancerProfile.idleTimeoutInMinutes", value: resource.NewProperty(30.0), changes: []string{}},
		"a migration to another way out":          {path: "networkProfile.outboundType", value: text("managedNATGateway"), changes: []string{}},
		"an upgrade that the program leaves to AKS": {
			path: "kubernetesVersion", value: text("1.5"), changes: []string{"update main-aks"},
		},
	} {
		t.Run(reason, func(t *testing.T) {
			program := shop{cluster: cluster.ClusterArgs{Network: tc.network}}.program
			s := newStack(t)
			s.up(program)
			id := only(t, s.world, managedCluster)
			s.world.Set(id, tc.path, tc.value)

			if got := s.refresh().changes(); len(got) == 0 {
				t.Fatal("the refresh does not see the change: the test would prove nothing")
			}
			equal(t, "an update after the refresh", s.up(program).changes(), tc.changes)
			equal(t, "clusters", s.world.IDs(managedCluster), []string{id})
			equal(t, "replacements of a second update", s.up(program).changes(), []string{})
		})
	}
}

// Defender for Cloud switches its add-on on. An update switches it off again, unless it is
// unmanaged.
func TestAnUnmanagedAddonStaysAsOthersHaveSetIt(t *testing.T) {
	const path = "securityProfile.defender.securityMonitoring.enabled"
	args := func(tag string, unmanaged ...cluster.Addon) pulumi.RunFunc {
		return shop{cluster: cluster.ClusterArgs{
			Addons: &cluster.AddonsArgs{Unmanaged: unmanaged}, Tags: pulumi.StringMap{"a": pulumi.String(tag)},
		}}.program
	}
	s := newStack(t)
	s.up(args("1"))
	id := only(t, s.world, managedCluster)
	s.world.Set(id, path, resource.NewProperty(true))
	s.up(args("2"))
	equal(t, "a managed add-on", s.world.Get(id, path), resource.NewProperty(false))

	s.world.Set(id, path, resource.NewProperty(true))
	s.up(args("2", cluster.AddonDefender))
	s.up(args("3", cluster.AddonDefender))
	equal(t, "an unmanaged one", s.world.Get(id, path), resource.NewProperty(true))
}

// What no update of a cluster changes is known in the preview of every one.
func TestAPreviewShowsNoMoreThanTheUpdateDoes(t *testing.T) {
	args := func(tag string) cluster.ClusterArgs {
		return cluster.ClusterArgs{
			Tags:                pulumi.StringMap{"team": pulumi.String(tag)},
			ContainerRegistries: []cluster.ContainerRegistryArgs{{Key: "team", Id: pulumi.String(registryID)}},
			NodePools:           []cluster.NodePoolArgs{{Name: "apps"}},
		}
	}
	s := newStack(t)
	s.up(shop{cluster: args("a")}.program)
	changed := shop{cluster: args("b")}.program
	want := []string{"update main-aks", "update main-pool-apps"}
	equal(t, "preview of another tag", s.preview(changed).changes(), want)
	equal(t, "update to another tag", s.up(changed).changes(), want)
}

// An update that exchanges the control plane's identity changes its principal, which a preview must
// not take from the cluster as it is.
func TestAPreviewDoesNotKnowTheNextIdentity(t *testing.T) {
	const next = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/team/providers/Microsoft.ManagedIdentity/userAssignedIdentities/next"
	principal := func(args cluster.ClusterArgs) (pulumi.RunFunc, *bool) {
		known := new(bool)
		return func(ctx *pulumi.Context) error {
			args.ResourceGroupName = pulumi.String(resourceGroup)
			c, err := cluster.NewCluster(ctx, "main", &args)
			if err != nil {
				return err
			}
			c.PrincipalId.ApplyT(func(string) error { *known = true; return nil })
			return nil
		}, known
	}
	s := newStack(t)
	first, _ := principal(cluster.ClusterArgs{})
	s.up(first)
	for reason, tc := range map[string]struct {
		args cluster.ClusterArgs
		want bool
	}{
		"another tag keeps the identity": {cluster.ClusterArgs{Tags: pulumi.StringMap{"a": pulumi.String("b")}}, true},
		"another identity":               {cluster.ClusterArgs{ControlPlaneIdentityId: pulumi.String(next)}, false},
	} {
		program, known := principal(tc.args)
		s.preview(program)
		equal(t, reason+": the principal is known", *known, tc.want)
	}
}

// Pools follow the control plane, one after another.
func TestANewKubernetesVersionReachesThePoolsInTurn(t *testing.T) {
	args := func(version string) cluster.ClusterArgs {
		return cluster.ClusterArgs{
			KubernetesVersion: pulumi.String(version),
			NodePools:         []cluster.NodePoolArgs{{Name: "one"}, {Name: "two"}, {Name: "kept", OrchestratorVersion: pulumi.String("1.4")}},
		}
	}
	s := newStack(t)
	s.up(shop{cluster: args("1.4")}.program)
	s.up(shop{cluster: args("1.5")}.program)
	writes := s.world.Ops().Writes()
	equal(t, "writes", writes.Strings(), []string{"update main-aks", "update main-pool-one", "update main-pool-two"})
	for i := range writes[1:] {
		if writes[i].Overlap(writes[i+1]) {
			t.Errorf("at the same time: %s, %s", writes[i], writes[i+1])
		}
	}
	for _, id := range s.world.IDs("AgentPool") {
		want := "1.5"
		if strings.HasSuffix(id, "/kept") {
			want = "1.4"
		}
		equal(t, "the version of "+id, s.world.Text(id, "orchestratorVersion"), want)
	}
}

// A pool whose size changes is replaced; the pools that wait for it are not.
func TestAReplacedPoolReplacesNoOther(t *testing.T) {
	args := func(size string) cluster.ClusterArgs {
		return cluster.ClusterArgs{NodePools: []cluster.NodePoolArgs{{Name: "one", VmSize: pulumi.String(size)}, {Name: "two"}}}
	}
	s := newStack(t)
	s.up(shop{cluster: args("Standard_D4s_v5")}.program)
	s.up(shop{cluster: args("Standard_D8s_v5")}.program)
	equal(t, "writes", s.world.Ops().Writes().Strings(), []string{"delete main-pool-one", "create main-pool-one"})

	// AKS has chosen the size of the other one; a program that stops naming a size keeps the pool.
	equal(t, "an update without a size", s.up(shop{cluster: cluster.ClusterArgs{NodePools: []cluster.NodePoolArgs{{Name: "one"}, {Name: "two"}}}}.program).changes(), []string{})
}

// A protected cluster survives every mistake; pools and workloads still change, and who means it
// lifts the protection first.
func TestAProtectedClusterIsNeitherReplacedNorDeleted(t *testing.T) {
	program := func(protect bool, prefix string, pools ...cluster.NodePoolArgs) pulumi.RunFunc {
		return shop{ownGroup: true, cluster: cluster.ClusterArgs{
			Protect: protect, Location: pulumi.String("westeurope"), DnsPrefix: pulumi.String(prefix), NodePools: pools,
		}}.program
	}
	s := newStack(t)
	s.up(program(true, "one", cluster.NodePoolArgs{Name: "apps"}))
	id := only(t, s.world, managedCluster)
	equal(t, "a pool is removed", s.up(program(true, "one")).changes(), []string{"delete main-pool-apps"})

	// The CLI previews first, and stops where that fails.
	for what, preview := range map[string]func() (steps, error){
		"replacement": func() (steps, error) { return s.run(engine.Update, program(true, "two"), true) },
		"removal":     func() (steps, error) { return s.run(engine.Update, nothing, true) },
		"destroy":     func() (steps, error) { return s.run(engine.Destroy, nothing, true) },
	} {
		if _, err := preview(); err == nil {
			t.Errorf("the preview of its %s does not fail", what)
		}
	}
	_ = s.fail(program(true, "two"))
	equal(t, "clusters after the refused replacement", s.world.IDs(managedCluster), []string{id})

	equal(t, "lifting the protection changes nothing else", s.up(program(false, "one")).changes(), []string{})
	s.destroy()
	equal(t, "clusters", s.world.IDs(managedCluster), []string{})
}
