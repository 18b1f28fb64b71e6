package engine

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

func TestANewKubernetesVersionUpdatesTheClusterInPlace(t *testing.T) {
	cases := map[string]struct {
		reason          string
		namesAreUnknown bool
	}{
		"NameIsStable":  {reason: "the preview knows the cluster's name, and asks for its kubeconfig"},
		"NameIsUnknown": {reason: "the preview does not know the kubeconfig, but the cluster's id, which decides", namesAreUnknown: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			s.world.NamesAreUnknown = tc.namesAreUnknown
			s.up(shop{cluster: cluster.ClusterArgs{KubernetesVersion: pulumi.String("1.4")}}.program)
			id := only(t, s.world, managedCluster)
			issuer, objects := s.world.Text(id, "oidcIssuerProfile.issuerURL"), s.world.Objects(id)

			newer := shop{cluster: cluster.ClusterArgs{KubernetesVersion: pulumi.String("1.5")}}.program
			planned := s.preview(newer)
			equal(t, tc.reason+"; the preview", planned.replacements(), []string{})
			providerKnown(t, s.world.Ops(), !tc.namesAreUnknown)

			done := s.up(newer)
			equal(t, tc.reason+"; the update", done.changes(), []string{"update main-aks"})
			equal(t, "operations", s.world.Ops().Writes().Strings(), []string{"update main-aks"})
			equal(t, "clusters", s.world.IDs(managedCluster), []string{id})
			equal(t, "version", s.world.Text(id, "kubernetesVersion"), "1.5")
			equal(t, "issuer", s.world.Text(id, "oidcIssuerProfile.issuerURL"), issuer)
			equal(t, "objects in the cluster", s.world.Objects(id), objects)
		})
	}
}

// providerKnown fails unless the preview asked the Kubernetes provider about its configuration,
// with or without knowing the kubeconfig. Without the question, the test would prove nothing.
func providerKnown(t *testing.T, ops fake.Ops, known bool) {
	t.Helper()
	// Type of a provider's DiffConfig: pulumi:providers:kubernetes.
	asked := ops.What(fake.DiffConfig).Of("kubernetes")
	if !slices.ContainsFunc(asked, func(o fake.Op) bool { return o.Unknown != known }) {
		t.Errorf("no question to the Kubernetes provider with known = %v: %v", known, asked)
	}
	for _, o := range asked {
		if o.Err != nil {
			t.Errorf("the Kubernetes provider is replaced: %v", o.Err)
		}
	}
}

func TestAReplacedCluster(t *testing.T) {
	west, north := cluster.ClusterArgs{Location: pulumi.String("westeurope")}, cluster.ClusterArgs{Location: pulumi.String("northeurope")}
	cases := map[string]struct {
		reason        string
		before, after shop
	}{
		"DnsPrefix": {
			reason: "the host name of a cluster cannot be changed",
			after:  shop{cluster: cluster.ClusterArgs{DnsPrefix: pulumi.String("other")}},
		},
		"Location": {reason: "the location of a cluster cannot be changed", after: shop{cluster: north}},
		"LocationOfItsGroup": {
			reason: "the location of a resource group cannot be changed, and its cluster is replaced with it",
			before: shop{cluster: west, ownGroup: true}, after: shop{cluster: north, ownGroup: true},
		},
		"NodeResourceGroup": {
			reason: "the name of the nodes' resource group cannot be changed",
			after:  shop{cluster: cluster.ClusterArgs{NodeResourceGroup: pulumi.String("nodes")}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			s.up(tc.before.program)
			old := only(t, s.world, managedCluster)
			oldIssuer, oldObjects := s.world.Text(old, "oidcIssuerProfile.issuerURL"), s.world.Objects(old)
			credentials, identities := s.world.IDs(credential), s.world.IDs(identity)
			equal(t, "credentials", len(credentials), 3)
			equal(t, "objects", oldObjects, []string{
				"Namespace azure-workload-identity-system", "Namespace shop", "Release azure-workload-identity-system/workload-identity-webhook",
				"ServiceAccount shop/a", "ServiceAccount shop/b", "ServiceAccount shop/c",
			})

			s.up(tc.after.program)
			ops := s.world.Ops()
			replaced := only(t, s.world, managedCluster)
			issuer := s.world.Text(replaced, "oidcIssuerProfile.issuerURL")
			if replaced == old || issuer == oldIssuer {
				t.Fatalf("%s: the cluster is still %s with %s", tc.reason, replaced, issuer)
			}

			oneAtATime(t, ops)
			equal(t, "credentials are updated, in the order of the federations", ops.Of(credential).Strings(),
				[]string{"update " + credentialOf("a"), "update " + credentialOf("b"), "update " + credentialOf("c")})
			equal(t, "credentials", s.world.IDs(credential), credentials)
			for _, id := range credentials {
				equal(t, "the issuer of "+id, s.world.Text(id, "issuer"), issuer)
			}
			equal(t, "identities", s.world.IDs(identity), identities)

			equal(t, "objects in the new cluster", s.world.Objects(replaced), oldObjects)
			equal(t, "operations on the workload's objects", sorted(ops.Of("Namespace", serviceAccount).Strings()), []string{
				"create orders-account-one.shop.a", "create orders-account-one.shop.b", "create orders-account-one.shop.c",
				"create orders-namespace-one.shop",
			})
			equal(t, "a second run", s.up(tc.after.program).changes(), []string{})
		})
	}
}
