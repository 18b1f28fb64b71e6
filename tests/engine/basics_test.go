package engine

import (
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

func TestASecondRunOfTheSameProgramAndARefreshChangeNothing(t *testing.T) {
	s := newStack(t)
	program := shop{}.program
	s.up(program)
	oneAtATime(t, s.world.Ops())

	equal(t, "a second run", s.up(program).changes(), []string{})
	equal(t, "operations of a second run", s.world.Ops().Of(managedCluster, identity, credential, serviceAccount, assignment).Strings(), []string{})
	equal(t, "a refresh", s.refresh().changes(), []string{})
	equal(t, "a run after the refresh", s.up(program).changes(), []string{})
}

func TestARefreshFindsAnOutsideChangeAndTheNextRunRevertsIt(t *testing.T) {
	s := newStack(t)
	program := shop{accounts: []string{"one/a"}}.program
	s.up(program)
	id := only(t, s.world, credential)
	s.world.SetText(id, "issuer", "https://example.com/")

	equal(t, "a refresh", s.refresh().changes(), []string{"update " + credentialOf("a")})
	equal(t, "the next run", s.up(program).changes(), []string{"update " + credentialOf("a")})
	equal(t, "issuer", s.world.Text(id, "issuer"), s.world.Text(only(t, s.world, managedCluster), "oidcIssuerProfile.issuerURL"))
}

func TestDestroying(t *testing.T) {
	s := newStack(t)
	s.up(shop{}.program)
	s.destroy()
	ops := s.world.Ops()

	oneAtATime(t, ops)
	equal(t, "credentials", ops.Of(credential).Strings(), []string{
		"delete " + credentialOf("c"), "delete " + credentialOf("b"), "delete " + credentialOf("a"),
	})
	equal(t, "operations in the cluster, which is deleted with its objects", ops.InCluster().Strings(), []string{})
	for _, typ := range []string{managedCluster, identity, credential, assignment} {
		equal(t, typ+" left behind", s.world.IDs(typ), []string{})
	}
	before(t, ops.Of(assignment), ops.Of(identity))
	before(t, ops.Of(credential), ops.Of(identity))
}

// before fails unless every one of the first operations ended before any of the second began.
func before(t *testing.T, first, second fake.Ops) {
	t.Helper()
	if len(first) == 0 || len(second) == 0 {
		t.Fatalf("nothing to compare: %v, %v", first.Strings(), second.Strings())
	}
	for _, a := range first {
		for _, b := range second {
			if a.End > b.Start {
				t.Errorf("%s did not end before %s began", a, b)
			}
		}
	}
}
