package engine

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

// patience limits how long a test waits for an event that does not happen, so that it fails instead
// of hanging. No test measures it.
const patience = 20 * time.Second

// twoIdentities returns a program with two workloads of one identity kind: one with 13 federations
// and one with 12.
func twoIdentities(kind workload.IdentityKind) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		c, err := cluster.NewCluster(ctx, "main", &cluster.ClusterArgs{ResourceGroupName: pulumi.String(resourceGroup)})
		if err != nil {
			return err
		}
		count := 13
		for _, name := range []string{"first", "second"} {
			args := &workload.FederatedWorkloadArgs{
				Identity: &workload.IdentityArgs{Kind: kind}, Targets: []workload.Target{workload.NewTarget("one", c)},
			}
			if kind == workload.UserAssigned {
				args.ResourceGroupName = pulumi.String(resourceGroup)
			}
			for i := range count {
				args.Federations = append(args.Federations, workload.Accounts(fmt.Sprintf("default/%s%d", name, i))...)
			}
			count--
			if _, err := workload.NewFederatedWorkload(ctx, name, args); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestTwentyFiveFederationsOverTwoIdentities(t *testing.T) {
	for name, kind := range map[string]workload.IdentityKind{"UserAssigned": workload.UserAssigned, "Application": workload.Application} {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			program := twoIdentities(kind)
			// The first write of either identity waits for that of the other, and then takes its
			// time: if the identities waited for each other, they would wait for ever.
			s.world.Interfere = meet(2)
			s.up(program)
			ops := writes(s.world.Ops())
			equal(t, "writes", len(ops), 25)
			oneAtATime(t, ops)
			overlaps(t, ops)

			s.world.Interfere = hold
			s.destroy()
			ops = writes(s.world.Ops())
			equal(t, "writes", len(ops), 25)
			oneAtATime(t, ops)
		})
	}
}

// writes returns the operations on federated credentials of user-assigned identities and of
// applications.
func writes(ops fake.Ops) fake.Ops {
	return ops.Of(credential, "Application"+credential)
}

// meet makes the first write under each identity wait until n identities have begun a write.
func meet(n int) func(fake.Op) error {
	var mu sync.Mutex
	seen, all := map[string]bool{}, make(chan struct{})
	return func(op fake.Op) error {
		if op.Owner == "" {
			return nil
		}
		mu.Lock()
		if !seen[op.Owner] {
			seen[op.Owner] = true
			if len(seen) == n {
				close(all)
			}
		}
		mu.Unlock()
		select {
		case <-all:
			return hold(op)
		case <-time.After(patience):
			return errors.New("no other identity is written at the same time")
		}
	}
}

// overlaps fails unless writes of different identities ran at the same time.
func overlaps(t *testing.T, ops fake.Ops) {
	t.Helper()
	for i, a := range ops {
		for _, b := range ops[i+1:] {
			if a.Owner != b.Owner && a.Overlap(b) {
				return
			}
		}
	}
	t.Error("writes of different identities waited for each other")
}

// Without this check, TestTwentyFiveFederationsOverTwoIdentities would also pass with fakes that
// accept concurrent writes.
func TestWritesWithoutAnOrderAreRefused(t *testing.T) {
	s := newStack(t)
	s.world.Interfere = func(op fake.Op) error {
		// The first write lasts until the second one has been refused.
		for end := time.Now().Add(patience); op.Owner != "" && time.Now().Before(end); time.Sleep(time.Millisecond) {
			for _, o := range s.world.Ops().Of(credential) {
				if o.Err != nil && strings.Contains(o.Err.Error(), "409 ConcurrentFederatedIdentityCredentialsWrites") {
					return nil
				}
			}
		}
		return nil
	}
	_ = s.fail(func(ctx *pulumi.Context) error {
		id, err := managedidentity.NewUserAssignedIdentity(ctx, "id", &managedidentity.UserAssignedIdentityArgs{
			ResourceGroupName: pulumi.String(resourceGroup),
		})
		if err != nil {
			return err
		}
		for _, account := range []string{"a", "b"} {
			_, err := managedidentity.NewFederatedIdentityCredential(ctx, account, &managedidentity.FederatedIdentityCredentialArgs{
				ResourceGroupName: pulumi.String(resourceGroup), ResourceName: id.Name, Issuer: pulumi.String("https://example.com/"),
				Subject: pulumi.String(account), Audiences: pulumi.StringArray{pulumi.String("api://AzureADTokenExchange")},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	refused := 0
	for _, o := range s.world.Ops().Of(credential) {
		if o.Err != nil {
			refused++
		}
	}
	equal(t, "refused", refused, 1)
}

// With the options of InCluster, the webhook's component is registered when the cluster is there.
// Whatever the program registers after it must not wait for that: see components/internal/outputs.
func TestTheWebhookDoesNotMakeTheRestOfTheProgramWaitForTheCluster(t *testing.T) {
	s := newStack(t)
	s.world.Interfere = readyAfterIdentityAndGrant(s.world)
	s.up(shop{}.program)
}
