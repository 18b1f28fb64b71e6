package engine

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
)

// DnsPrefix is by default made of the component's name, and another one replaces the cluster: a
// rename must not bring one.
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

// renamed returns the program with RenamedFrom set on its first federation.
func renamed(p shop, from string) shop {
	edit := p.edit
	p.edit = func(f []workload.FederationArgs) {
		if edit != nil {
			edit(f)
		}
		f[0].RenamedFrom = from
	}
	return p
}

// Another key is another URN for credential, namespace and service account. Without RenamedFrom the
// new credential would be created while the old one still has issuer and subject, which Azure
// refuses.
func TestARenamedKeyReplacesTheCredentialOldOneFirst(t *testing.T) {
	s := newStack(t)
	s.up(shop{accounts: []string{"one/a"}}.program)
	s.up(renamed(shop{accounts: []string{"two/a"}}, "one/shop/a").program)
	oneAtATime(t, s.world.Ops())
	equal(t, "credentials", len(s.world.IDs(credential)), 1)
}

// The same without the credential: server-side apply would make the new URN's object out of the old
// one's, and then the old URN would be deleted, and with it the one object that both mean.
func TestARenamedKeyLeavesNamespaceAndServiceAccountInTheCluster(t *testing.T) {
	off := false
	disabled := func(account string) shop {
		p := shop{accounts: []string{account}}
		p.edit = func(f []workload.FederationArgs) { f[0].Enabled = &off }
		return p
	}
	s := newStack(t)
	s.up(disabled("one/a").program)
	objects := s.world.Objects(only(t, s.world, managedCluster))
	s.up(renamed(disabled("two/a"), "one/shop/a").program)
	equal(t, "objects in the cluster", s.world.Objects(only(t, s.world, managedCluster)), objects)
}
