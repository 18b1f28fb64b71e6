//go:build findings

package engine

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

// The tests of this file state the right behaviour and fail: run them with "go test -tags findings". One that passes
// belongs into the file of its subject.

// The release has DeleteBeforeReplace, so that the engine deletes it at once when its cluster is replaced, before it
// knows that the cluster goes too: DeletedWith does not help. The old cluster loses its webhook while it still works.
func TestAReplacedClusterTakesTheOldReleaseWithIt(t *testing.T) {
	s := newStack(t)
	s.up(shop{}.program)
	s.up(shop{cluster: cluster.ClusterArgs{DnsPrefix: pulumi.String("other")}}.program)
	equal(t, "deletions in the old cluster", s.world.Ops().InCluster().What(fake.Delete).Strings(), []string{})
}

// DnsPrefix is by default the component's name, and replaces the cluster: an alias does not make a rename harmless.
func TestARenamedClusterWithTheDefaultDnsPrefixIsNotReplaced(t *testing.T) {
	program := func(name string, opts ...pulumi.ResourceOption) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			_, err := cluster.NewCluster(ctx, name, &cluster.ClusterArgs{ResourceGroupName: pulumi.String(resourceGroup)}, opts...)
			return err
		}
	}
	s := newStack(t)
	s.up(program("main"))
	done := s.up(program("primary", pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String("main")}})))
	equal(t, "replacements", done.replacements(), []string{})
}

// Another key is another URN for credential, namespace and service account. The new credential is created while the
// old one still has issuer and subject, which Azure refuses.
func TestARenamedKeyReplacesTheCredentialOldOneFirst(t *testing.T) {
	s := newStack(t)
	s.up(shop{accounts: []string{"one/a"}}.program)
	s.up(shop{accounts: []string{"two/a"}}.program)
	oneAtATime(t, s.world.Ops())
	equal(t, "credentials", len(s.world.IDs(credential)), 1)
}

// The same without the credential: server-side apply makes the new URN's object out of the old one's, and then the
// old URN is deleted, and with it the one object that both meant.
func TestARenamedKeyLeavesNamespaceAndServiceAccountInTheCluster(t *testing.T) {
	off := false
	disabled := func(account string) pulumi.RunFunc {
		p := shop{accounts: []string{account}}
		p.edit = func(f []workload.FederationArgs) { f[0].Enabled = &off }
		return p.program
	}
	s := newStack(t)
	s.up(disabled("one/a"))
	objects := s.world.Objects(only(t, s.world, managedCluster))
	s.up(disabled("two/a"))
	equal(t, "objects in the cluster", s.world.Objects(only(t, s.world, managedCluster)), objects)
}

// With the options of InCluster, the webhook's component is registered when the cluster is there, and until then
// RegisterResourceOutputs keeps NewWebhookRelease from returning (it awaits the URN in the caller's goroutine; Go SDK
// v3.245.0). Whatever the program registers afterwards starts when the cluster is ready.
func TestTheWebhookDoesNotMakeTheRestOfTheProgramWaitForTheCluster(t *testing.T) {
	s := newStack(t)
	s.world.Interfere = readyAfterIdentityAndGrant(s.world)
	s.up(shop{}.program)
}
