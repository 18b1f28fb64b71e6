package engine

import (
	"slices"
	"strings"
	"testing"

	lt "github.com/pulumi/pulumi/pkg/v3/engine/lifecycletest/framework"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

// A run that is killed (Ctrl-C twice, a lost machine) can leave a resource in Azure that the state
// does not have. Resources with computed names meet it again: "cannot create already existing
// resource". They are taken over by an import, after which nothing is left to do
// (docs/operations.md).
func TestWhatAKilledRunHasLeftIsImported(t *testing.T) {
	for _, tc := range []struct{ name, typ, token string }{
		{credentialOf("b"), credential, "azure-native:managedidentity:FederatedIdentityCredential"},
		{"orders-grant-vault.key-vault-secrets-user", assignment, "azure-native:authorization:RoleAssignment"},
		{"main-pool-apps", "AgentPool", "azure-native:containerservice/v20250101:AgentPool"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			program := shop{cluster: withPool()}.program
			s := newStack(t)
			s.world.Interfere = failing("create "+tc.name, &fake.LostError{Reason: "killed"})
			_ = s.fail(program)
			s.world.Interfere = hold

			err := s.fail(program)
			if !strings.Contains(err.Error(), "cannot create already existing resource") {
				t.Fatalf("the next run fails with %v", err)
			}
			left := s.leftBehind(tc.typ)
			equal(t, "what the state does not have", len(left), 1)
			s.importResource(tc.token, tc.name, left[0])
			s.up(program)
			equal(t, "writes of the one that was imported", writesOf(s, tc.name), []string{})
			equal(t, "a further run", s.up(program).changes(), []string{})
			s.destroy()
			equal(t, "left behind", s.world.IDs(tc.typ), []string{})
		})
	}
}

func withPool() cluster.ClusterArgs {
	return cluster.ClusterArgs{NodePools: []cluster.NodePoolArgs{{Name: "apps"}}}
}

// leftBehind returns the ids of a type that are in Azure and not in the state.
func (s *stack) leftBehind(typ string) []string {
	return slices.DeleteFunc(s.world.IDs(typ), func(id string) bool {
		return slices.ContainsFunc(s.state.Resources, func(r *resource.State) bool { return strings.EqualFold(string(r.ID), id) })
	})
}

func writesOf(s *stack, name string) []string {
	return slices.DeleteFunc(s.world.Ops().Writes().Strings(), func(op string) bool { return !strings.HasSuffix(op, " "+name) })
}

// importResource does what `pulumi import TYPE NAME ID --parent URN` does.
func (s *stack) importResource(token, name, id string) {
	s.t.Helper()
	parent := resource.URN("")
	for _, r := range s.state.Resources {
		if !r.Custom && r.URN.Type() != resource.RootStackType && strings.HasPrefix(name, r.URN.Name()+"-") {
			parent = r.URN
		}
	}
	_, err := s.run(lt.ImportOp([]deploy.Import{{Type: tokens.Type(token), Name: name, ID: resource.ID(id), Parent: parent}}), nothing, false)
	if err != nil {
		s.t.Fatalf("import: %v", err)
	}
}

// New credentials of the cluster reach the provider in an update. A refresh alone uses the state's
// old ones, and fails without forgetting anything.
func TestCredentialsThatWereRotated(t *testing.T) {
	s := newStack(t)
	s.up(shop{}.program)
	id := only(t, s.world, managedCluster)
	objects := s.world.Objects(id)
	s.world.RotateCredentials(id)

	if err := s.failToRefresh(); !strings.Contains(err.Error(), "Unauthorized") {
		t.Errorf("the refresh fails with %v", err)
	}
	equal(t, "an update", s.up(shop{}.program).changes(), []string{"update main-kubernetes"})
	equal(t, "objects in the cluster", s.world.Objects(id), objects)
	equal(t, "a refresh after it", s.refresh().changes(), []string{})
}
