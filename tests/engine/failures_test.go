package engine

import (
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

// failing returns an Interfere function that fails the operation "what name" and no other.
func failing(op string, err error) func(fake.Op) error {
	return func(o fake.Op) error {
		if o.What+" "+o.Name == op {
			return err
		}
		return hold(o)
	}
}

var (
	errRefused  = errors.New("500 InternalServerError: try again")
	errAccepted = &fake.AcceptedError{Reason: "the operation was accepted and ended badly"}
)

func TestAFailedCreateIsCompletedByTheNextRun(t *testing.T) {
	for _, failed := range []string{
		"main-aks", "webhook-release", "orders-identity", credentialOf("b"), "orders-namespace-one.shop",
		"orders-account-one.shop.b", "orders-grant-vault.key-vault-secrets-user",
	} {
		for how, err := range map[string]error{"refused": errRefused, "accepted": errAccepted} {
			t.Run(failed+" "+how, func(t *testing.T) {
				s := newStack(t)
				s.world.Interfere = failing("create "+failed, err)
				_ = s.fail(shop{}.program)
				created := creations(s.world.Ops())
				if created[failed] != 0 && how == "refused" || created[failed] != 1 && how == "accepted" {
					t.Fatalf("%s was created %d times in the failed run", failed, created[failed])
				}

				s.world.Interfere = hold
				s.up(shop{}.program)
				for name, n := range creations(s.world.Ops()) {
					created[name] += n
				}
				for name, n := range created {
					if n != 1 {
						t.Errorf("%s was created %d times", name, n)
					}
				}
				oneAtATime(t, s.world.Ops())
				equal(t, "deletions", s.world.Ops().What(fake.Delete).Strings(), []string{})
				for typ, want := range map[string]int{managedCluster: 1, identity: 1, credential: 3, assignment: 1} {
					equal(t, typ, len(s.world.IDs(typ)), want)
				}
				equal(t, "a third run", s.up(shop{}.program).changes(), []string{})
			})
		}
	}
}

// creations counts what was created, including what was accepted and then failed.
func creations(ops fake.Ops) map[string]int {
	out := map[string]int{}
	for _, o := range ops.What(fake.Create) {
		if o.Err == nil || strings.Contains(o.Err.Error(), errAccepted.Reason) {
			out[o.Name]++
		}
	}
	return out
}

func TestAFailedUpdateOfACredentialIsCompletedByTheNextRun(t *testing.T) {
	for how, err := range map[string]error{"refused": errRefused, "accepted": errAccepted} {
		t.Run(how, func(t *testing.T) {
			s := newStack(t)
			s.up(shop{}.program)
			moved := shop{cluster: cluster.ClusterArgs{DnsPrefix: pulumi.String("other")}}.program
			s.world.Interfere = failing("update "+credentialOf("b"), err)
			_ = s.fail(moved)

			s.world.Interfere = hold
			s.up(moved)
			oneAtATime(t, s.world.Ops())
			equal(t, "writes", s.world.Ops().Of(credential).Strings(), []string{"update " + credentialOf("b"), "update " + credentialOf("c")})
			issuer := s.world.Text(only(t, s.world, managedCluster), "oidcIssuerProfile.issuerURL")
			for _, id := range s.world.IDs(credential) {
				equal(t, "the issuer of "+id, s.world.Text(id, "issuer"), issuer)
			}
			equal(t, "credentials", len(s.world.IDs(credential)), 3)
			equal(t, "a third run", s.up(moved).changes(), []string{})
		})
	}
}

func TestAFailedDeletionOfACredentialIsCompletedByTheNextRun(t *testing.T) {
	s := newStack(t)
	s.up(shop{}.program)
	fewer := shop{accounts: []string{"one/b"}}.program
	s.world.Interfere = failing("delete "+credentialOf("c"), errRefused)
	_ = s.fail(fewer)
	equal(t, "credentials after the failure", len(s.world.IDs(credential)), 3)

	s.world.Interfere = hold
	s.up(fewer)
	oneAtATime(t, s.world.Ops())
	equal(t, "writes", s.world.Ops().Of(credential).Strings(), []string{"delete " + credentialOf("c"), "delete " + credentialOf("a")})
	equal(t, "a third run", s.up(fewer).changes(), []string{})
}

func TestADestroyThatFailedIsCompletedByTheNext(t *testing.T) {
	for _, failed := range []string{"main-aks", "orders-identity", credentialOf("b"), "orders-grant-vault.key-vault-secrets-user"} {
		t.Run(failed, func(t *testing.T) {
			s := newStack(t)
			s.up(shop{}.program)
			s.world.Interfere = failing("delete "+failed, errRefused)
			_ = s.failToDestroy()

			s.world.Interfere = hold
			s.destroy()
			oneAtATime(t, s.world.Ops())
			for _, typ := range []string{managedCluster, identity, credential, assignment} {
				equal(t, typ+" left behind", s.world.IDs(typ), []string{})
			}
		})
	}
}
