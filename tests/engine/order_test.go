package engine

import (
	"errors"
	"testing"
	"time"

	"github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

// withRole returns a program that defines a role outside the component and grants it to its
// workload.
func withRole() shop {
	const role = "12345678-1234-4123-8123-123456789abc"
	var defined pulumi.Resource
	return shop{
		workload: workload.FederatedWorkloadArgs{Grants: []workload.GrantArgs{{
			Role: role, Scope: pulumi.String(vaultScope), ScopeKey: "vault",
		}}},
		more: func(ctx *pulumi.Context, _ *cluster.Cluster) (err error) {
			defined, err = authorization.NewRoleDefinition(ctx, "role", &authorization.RoleDefinitionArgs{
				RoleDefinitionId: pulumi.String(role), Scope: pulumi.String("/subscriptions/" + fake.SubscriptionID),
				RoleName: pulumi.String("Vault reader"),
			})
			return err
		},
		// The grant names the role by its GUID, which is no dependency. A dependency of the whole
		// component orders both creation and deletion.
		options: func(component string) []pulumi.ResourceOption {
			if component != "workload" {
				return nil
			}
			return []pulumi.ResourceOption{pulumi.DependsOn([]pulumi.Resource{defined})}
		},
	}
}

func TestARoleIsDefinedBeforeItIsAssignedAndDeletedAfterwards(t *testing.T) {
	s := newStack(t)
	s.up(withRole().program)
	before(t, s.world.Ops().Of(definition), s.world.Ops().Of(assignment))
	equal(t, "a second run", s.up(withRole().program).changes(), []string{})

	s.destroy()
	before(t, s.world.Ops().Of(assignment), s.world.Ops().Of(definition))
	before(t, s.world.Ops().Of(assignment), s.world.Ops().Of(identity))
	equal(t, "definitions left behind", s.world.IDs(definition), []string{})
}

func TestAnIdentityThatMovesIsReplacedWithItsCredentialsAndGrants(t *testing.T) {
	cases := map[string]struct {
		reason      string
		args        workload.FederatedWorkloadArgs
		first, then string // the writes of the identity
		credentials []string
	}{
		"NamedByTheEngine": {
			reason: "the new identity is created before the old one is deleted; each credential has a given name and is replaced, deletion first",
			first:  fake.Create, then: fake.Delete,
			credentials: []string{
				"delete " + credentialOf("a"), "create " + credentialOf("a"), "delete " + credentialOf("b"),
				"create " + credentialOf("b"), "delete " + credentialOf("c"), "create " + credentialOf("c"),
			},
		},
		"NamedByTheUser": {
			reason: "the given name has to be free first, so the old identity and everything that depends on it is deleted first",
			args:   workload.FederatedWorkloadArgs{Identity: &workload.IdentityArgs{Name: pulumi.String("orders")}},
			first:  fake.Delete, then: fake.Create,
			credentials: []string{
				"delete " + credentialOf("c"), "delete " + credentialOf("b"), "delete " + credentialOf("a"),
				"create " + credentialOf("a"), "create " + credentialOf("b"), "create " + credentialOf("c"),
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			s.up(shop{workload: tc.args}.program)
			oldClient := s.world.Text(only(t, s.world, identity), "clientId")
			oldObjects := s.world.Objects(only(t, s.world, managedCluster))

			tc.args.Location = pulumi.String("northeurope")
			moved := shop{workload: tc.args}.program
			s.up(moved)
			ops := s.world.Ops()
			oneAtATime(t, ops)
			before(t, ops.Of(identity).What(tc.first), ops.Of(identity).What(tc.then))
			equal(t, tc.reason, ops.Of(credential).Strings(), tc.credentials)
			before(t, ops.Of(credential).What(fake.Delete), ops.Of(identity).What(fake.Delete))
			before(t, ops.Of(assignment).What(fake.Delete), ops.Of(identity).What(fake.Delete))

			id := only(t, s.world, identity)
			equal(t, "location", s.world.Text(id, "location"), "northeurope")
			if s.world.Text(id, "clientId") == oldClient {
				t.Errorf("the client id is still %s", oldClient)
			}
			equal(t, "credentials", len(s.world.IDs(credential)), 3)
			equal(t, "assignments", len(s.world.IDs(assignment)), 1)
			equal(t, "objects in the cluster", s.world.Objects(only(t, s.world, managedCluster)), oldObjects)
			equal(t, "a second run", s.up(moved).changes(), []string{})
		})
	}
}

func TestWhatDoesNotNeedTheClusterDoesNotWaitForIt(t *testing.T) {
	s := newStack(t)
	s.world.Interfere = readyAfterIdentityAndGrant(s.world)
	s.up(shop{noWebhook: true}.program)
	before(t, s.world.Ops().Of(managedCluster), s.world.Ops().Of(credential))
	before(t, s.world.Ops().Of(managedCluster), s.world.Ops().InCluster())
}

// readyAfterIdentityAndGrant delays the cluster's creation until identity and grant have been
// created. If either waited for the cluster, the creation would fail after patience.
func readyAfterIdentityAndGrant(w *fake.World) func(fake.Op) error {
	return func(op fake.Op) error {
		if op.Name != "main-aks" {
			return hold(op)
		}
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if len(w.Ops().Of(identity)) > 0 && len(w.Ops().Of(assignment)) > 0 {
				return nil
			}
		}
		return errors.New("identity and grant wait for the cluster")
	}
}

func TestTheWebhookAndTheNamespaceComeBeforeTheServiceAccounts(t *testing.T) {
	s := newStack(t)
	s.up(shop{}.program)
	ops := s.world.Ops()
	before(t, ops.Of(managedCluster), ops.InCluster())
	before(t, ops.Of("Release"), ops.Of(serviceAccount))
	before(t, ops.Of("Namespace"), ops.Of(serviceAccount))
}

func TestAnotherWebhook(t *testing.T) {
	cases := map[string]struct {
		reason string
		after  webhook.WebhookReleaseArgs
		want   []string
	}{
		"Version":  {reason: "Helm upgrades the release in place", after: webhook.WebhookReleaseArgs{Version: "1.7.0"}, want: []string{"update webhook-release"}},
		"Replicas": {reason: "Helm changes a value in place", after: webhook.WebhookReleaseArgs{Replicas: pulumi.Int(3)}, want: []string{"update webhook-release"}},
		"Namespace": {
			reason: "the chart has cluster-wide objects with fixed names, so two releases cannot exist at the same time",
			after:  webhook.WebhookReleaseArgs{Namespace: "webhook"}, want: []string{"delete webhook-release", "create webhook-release"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			s.up(shop{}.program)
			s.up(shop{webhook: tc.after}.program)
			equal(t, tc.reason+"; nothing else is touched", s.world.Ops().Writes().Strings(), tc.want)
		})
	}
}

// twoClusters returns a program with one workload in two clusters.
func twoClusters(dnsPrefixOfTheFirst string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &workload.FederatedWorkloadArgs{ResourceGroupName: pulumi.String(resourceGroup)}
		prefix := pulumi.String(dnsPrefixOfTheFirst)
		for _, name := range []string{"one", "two"} {
			c, err := cluster.NewCluster(ctx, name, &cluster.ClusterArgs{
				ResourceGroupName: pulumi.String(resourceGroup), DnsPrefix: prefix,
			})
			if err != nil {
				return err
			}
			prefix = "two"
			federate(args, c, []string{name + "/a", name + "/b"}, nil)
		}
		_, err := workload.NewFederatedWorkload(ctx, "orders", args)
		return err
	}
}

func TestReplacingOneOfTwoClustersLeavesTheOtherAlone(t *testing.T) {
	s := newStack(t)
	s.up(twoClusters("one"))
	issuers := func() map[string]bool {
		out := map[string]bool{}
		for _, id := range s.world.IDs(managedCluster) {
			out[s.world.Text(id, "oidcIssuerProfile.issuerURL")] = true
		}
		return out
	}
	equal(t, "issuers", len(issuers()), 2)

	s.up(twoClusters("other"))
	ops := s.world.Ops()
	oneAtATime(t, ops)
	equal(t, "writes of credentials", sorted(ops.Of(credential).Strings()), []string{
		"update orders-credential-one.shop.a", "update orders-credential-one.shop.b",
	})
	equal(t, "operations in the clusters", sorted(ops.InCluster().Strings()), []string{
		"create orders-account-one.shop.a", "create orders-account-one.shop.b", "create orders-namespace-one.shop",
	})
	for _, id := range s.world.IDs(credential) {
		if !issuers()[s.world.Text(id, "issuer")] {
			t.Errorf("%s trusts %s, which is gone", id, s.world.Text(id, "issuer"))
		}
	}
	equal(t, "a second run", s.up(twoClusters("other")).changes(), []string{})
}
