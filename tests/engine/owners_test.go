package engine

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

const (
	colleague = "99999999-0000-4000-8000-00000000cccc"
	stranger  = "99999999-0000-4000-8000-00000000eeee"
)

// owned returns a program with an Entra application.
func owned(owners ...string) shop {
	id := &workload.IdentityArgs{Kind: workload.Application}
	if len(owners) > 0 {
		id.Owners = pulumi.ToStringArray(owners)
	}
	return shop{workload: workload.FederatedWorkloadArgs{Identity: id}}
}

// entraObjects returns the ids of the application and of its service principal.
func entraObjects(s *stack) []string {
	s.t.Helper()
	return []string{only(s.t, s.world, "Application"), only(s.t, s.world, "ServicePrincipal")}
}

func TestADeployerThatMayManageWhatItOwnsDeploysAndDestroys(t *testing.T) {
	s := newStack(t)
	s.world.OwnedOnly = true
	s.up(owned().program)
	for _, id := range entraObjects(s) {
		equal(t, "owners of "+id, s.world.Owners(id), []string{fake.DeployerID})
	}
	s.up(shop{workload: owned().workload, accounts: []string{"one/a"}}.program)
	s.destroy()
}

func TestAnotherDeployerTakesNothingAway(t *testing.T) {
	s := newStack(t)
	s.up(owned().program)
	first := entraObjects(s)
	s.world.Deployer = colleague
	equal(t, "changes by another deployer", s.up(owned().program).changes(), []string{})
	s.world.AddOwner(first[0], stranger)
	s.refresh()
	equal(t, "changes after somebody became an owner", s.up(owned().program).changes(), []string{})
	rename := owned()
	rename.workload.Identity.Name = pulumi.String("other")
	equal(t, "a change of the name", s.up(rename.program).changes(), []string{"update orders-application"})
	equal(t, "the objects", entraObjects(s), first)
	equal(t, "owners", s.world.Owners(first[0]), []string{fake.DeployerID, stranger})
}

func TestNamedOwnersDeployInTurn(t *testing.T) {
	s := newStack(t)
	s.world.OwnedOnly = true
	both := owned(fake.DeployerID, colleague)
	s.up(both.program)
	s.world.Deployer = colleague
	equal(t, "changes by the other owner", s.up(both.program).changes(), []string{})
	rename := owned(fake.DeployerID, colleague)
	rename.workload.Identity.Name = pulumi.String("other")
	s.up(rename.program)
	s.world.Deployer = stranger
	if err := s.failToDestroy(); !strings.Contains(err.Error(), "Authorization_RequestDenied") {
		t.Errorf("a stranger's destroy: %v", err)
	}
	s.world.Deployer = fake.DeployerID
	s.destroy()
}

func TestOwnersThatAreNamedLater(t *testing.T) {
	s := newStack(t)
	s.up(owned().program)
	named := []string{fake.DeployerID, colleague}
	equal(t, "changes", s.up(owned(named...).program).changes(), []string{"update orders-application", "update orders-principal"})
	for _, id := range entraObjects(s) {
		equal(t, "owners of "+id, s.world.Owners(id), named)
	}
	equal(t, "changes without the names", s.up(owned().program).changes(), []string{})
}
