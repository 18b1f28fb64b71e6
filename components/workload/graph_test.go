package workload_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// Carries R5, R6, R7.
func TestGraph(t *testing.T) {
	for name, b := range map[string]pulumitest.Build{
		"minimal": build(minimal), "full": build(full), "application": build(application), "existing": build(existing),
		"existing-application": build(existingApplication), "service-account-modes": build(modes), "several-clusters": several,
	} {
		t.Run(name, func(t *testing.T) {
			r := pulumitest.Matrix(t, options(), []string{"azure-native", "azuread"}, b)
			pulumitest.Golden(t, name, r.Graph())
		})
	}
}

func TestCredentialsAreWrittenOneAtATime(t *testing.T) {
	for name, tc := range map[string]struct {
		typ  string
		kind workload.IdentityKind
	}{
		"of a user-assigned identity": {credentialType, workload.UserAssigned},
		"of an application":           {appTrustType, workload.Application},
		"of an existing application":  {appTrustType, workload.ExistingApplication},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
				args := &workload.FederatedWorkloadArgs{
					Identity: &workload.IdentityArgs{Kind: tc.kind}, Targets: c.targets(), ServiceAccount: &workload.ServiceAccountArgs{CreateNamespace: true},
				}
				switch tc.kind {
				case workload.UserAssigned:
					args.ResourceGroupName = pulumi.String("apps")
				case workload.ExistingApplication:
					args.Identity.Id = pulumi.String(theirClient)
				}
				for i := range azure.MaxFederatedCredentials {
					args.Federations = append(args.Federations, workload.Accounts(fmt.Sprintf("shop/web-%02d", i))...)
				}
				return args
			})
			list := r.ByType(tc.typ)
			if len(list) != azure.MaxFederatedCredentials {
				t.Fatalf("%d credentials", len(list))
			}
			// Every pair has a direct edge, so that deleting any subset is ordered.
			for i, later := range list {
				if !later.Request.GetDeleteBeforeReplace() {
					t.Errorf("%s would be replaced beside its predecessor, which has its issuer and subject", later.Name)
				}
				for _, earlier := range list[:i] {
					if !slices.Contains(later.Explicit, earlier.URN) {
						t.Errorf("%s does not depend on %s", later.Name, earlier.Name)
					}
				}
			}
		})
	}
}

func TestNothingWaitsWithoutNeed(t *testing.T) {
	r := run(t, full)
	cluster := r.Get(t, managedType, "shop-cluster")
	identity := r.Get(t, identityType, "shop-identity")
	waits := func(from *pulumitest.Resource, to *pulumitest.Resource, want bool) {
		t.Helper()
		if got := r.Reaches(from, to); got != want {
			t.Errorf("%s waits for %s: %t, want %t\n%s", from.Name, to.Name, got, want, r.Graph())
		}
	}
	waits(identity, cluster, false)
	for _, grant := range r.ByType(grantType) {
		waits(grant, cluster, false)
		waits(grant, identity, true)
	}
	for _, credential := range r.ByType(credentialType) {
		waits(credential, cluster, true)
		waits(credential, identity, true)
		for _, grant := range r.ByType(grantType) {
			waits(credential, grant, false)
			waits(grant, credential, false)
		}
	}
	for _, account := range r.ByType(accountType) {
		waits(account, cluster, true)
		waits(account, identity, true)
		waits(account, r.Get(t, namespaceType, "shop-namespace-main.shop"), true)
		for _, credential := range r.ByType(credentialType) {
			waits(account, credential, false)
		}
		if got := account.Request.GetDeletedWith(); got != cluster.URN {
			t.Errorf("%s is deleted with %q, want the cluster", account.Name, got)
		}
	}
	if len(r.ByType(grantType)) != 2 || len(r.ByType(credentialType)) != 3 || len(r.ByType(accountType)) != 3 {
		t.Errorf("unexpected numbers of resources:\n%s", r.Graph())
	}
}
