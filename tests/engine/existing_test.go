package engine

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
)

// sibling returns another, empty stack in the same world.
func (s *stack) sibling() *stack { return &stack{t: s.t, world: s.world} }

// identitiesOfOthers registers a user-assigned identity and an application, which another stack
// then uses as existing ones.
func identitiesOfOthers(ctx *pulumi.Context) error {
	_, err := managedidentity.NewUserAssignedIdentity(ctx, "theirs", &managedidentity.UserAssignedIdentityArgs{
		ResourceGroupName: pulumi.String(resourceGroup),
	})
	if err != nil {
		return err
	}
	app, err := azuread.NewApplication(ctx, "theirs", &azuread.ApplicationArgs{DisplayName: pulumi.String("theirs")})
	if err != nil {
		return err
	}
	_, err = azuread.NewServicePrincipal(ctx, "theirs", &azuread.ServicePrincipalArgs{ClientId: app.ClientId})
	return err
}

func TestAnExistingIdentityGetsCredentialsAndGrantsAndIsLeftAsItWas(t *testing.T) {
	cases := map[string]struct {
		kind            workload.IdentityKind
		typ, credential string
		id              func(s *stack) string
	}{
		"UserAssigned": {
			kind: workload.ExistingUserAssigned, typ: identity, credential: credential,
			id: func(s *stack) string { return only(s.t, s.world, identity) },
		},
		"Application": {
			kind: workload.ExistingApplication, typ: "Application", credential: "ApplicationFederatedIdentityCredential",
			id: func(s *stack) string { return s.world.Text(only(s.t, s.world, "Application"), "clientId") },
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			theirs := newStack(t)
			theirs.up(identitiesOfOthers)
			id := pulumi.String(tc.id(theirs))
			program := func(ctx *pulumi.Context) error {
				c, err := cluster.NewCluster(ctx, "main", &cluster.ClusterArgs{ResourceGroupName: pulumi.String(resourceGroup)})
				if err != nil {
					return err
				}
				args := &workload.FederatedWorkloadArgs{
					Identity: &workload.IdentityArgs{Kind: tc.kind, Id: id},
					Grants:   []workload.GrantArgs{{Role: "Key Vault Secrets User", Scope: pulumi.String(vaultScope), ScopeKey: "vault"}},
				}
				federate(args, c, []string{"one/a", "one/b"}, nil)
				_, err = workload.NewFederatedWorkload(ctx, "orders", args)
				return err
			}
			s := theirs.sibling()
			s.up(program)
			oneAtATime(t, s.world.Ops())
			equal(t, "credentials", len(s.world.IDs(tc.credential)), 2)
			equal(t, "assignments", len(s.world.IDs(assignment)), 1)
			equal(t, "a second run", s.up(program).changes(), []string{})

			s.destroy()
			oneAtATime(t, s.world.Ops())
			equal(t, "operations on the identity itself", s.world.Ops().Of(tc.typ).Strings(), []string{})
			equal(t, "credentials left behind", s.world.IDs(tc.credential), []string{})
			equal(t, "assignments left behind", s.world.IDs(assignment), []string{})
			only(t, s.world, tc.typ)
		})
	}
}

// Destroying the stack keeps a cluster that was looked up, so its objects have to be deleted one by
// one.
func TestAClusterThatWasLookedUpIsCleanedUp(t *testing.T) {
	theirs := newStack(t)
	theirs.up(func(ctx *pulumi.Context) error {
		_, err := cluster.NewCluster(ctx, "theirs", &cluster.ClusterArgs{ResourceGroupName: pulumi.String(resourceGroup)})
		return err
	})
	id := only(t, theirs.world, managedCluster)
	name := theirs.world.Text(id, "name")
	program := func(ctx *pulumi.Context) error {
		c, err := cluster.LookupCluster(ctx, "main", &cluster.LookupClusterArgs{
			ResourceGroupName: pulumi.String(resourceGroup), ClusterName: pulumi.String(name),
		})
		if err != nil {
			return err
		}
		args := &workload.FederatedWorkloadArgs{ResourceGroupName: pulumi.String(resourceGroup)}
		federate(args, c, []string{"one/a"}, nil)
		_, err = workload.NewFederatedWorkload(ctx, "orders", args)
		return err
	}
	s := theirs.sibling()
	s.up(program)
	equal(t, "objects in the cluster", s.world.Objects(id), []string{"Namespace shop", "ServiceAccount shop/a"})
	equal(t, "issuer", s.world.Text(only(t, s.world, credential), "issuer"), s.world.Text(id, "oidcIssuerProfile.issuerURL"))
	equal(t, "a second run", s.up(program).changes(), []string{})

	s.destroy()
	equal(t, "operations in the cluster", s.world.Ops().InCluster().Strings(), []string{"delete orders-account-one.shop.a", "delete orders-namespace-one.shop"})
	equal(t, "objects in the cluster", s.world.Objects(id), []string{})
	equal(t, "clusters", s.world.IDs(managedCluster), []string{id})
}

// No change of the mode deletes the service account, because running pods use it.
func TestAnotherModeOfAServiceAccountDeletesNothing(t *testing.T) {
	off := false
	mode := func(m workload.ServiceAccountMode) pulumi.RunFunc {
		return shop{accounts: []string{"one/a"}, noWebhook: true, edit: func(f []workload.FederationArgs) {
			// Others own the namespace.
			f[0].Namespace, f[0].CreateNamespace, f[0].ServiceAccountMode = "default", &off, m
		}}.program
	}
	const account = "ServiceAccount default/a"
	steps := []workload.ServiceAccountMode{
		workload.CreateServiceAccount, workload.AdoptServiceAccount, workload.AnnotateServiceAccount,
		workload.CreateServiceAccount, workload.AnnotateServiceAccount, workload.AdoptServiceAccount,
	}
	s := newStack(t)
	s.up(mode(steps[0]))
	cluster := only(t, s.world, managedCluster)
	for i, next := range steps[1:] {
		what := fmt.Sprintf("%s to %s", steps[i], next)
		planned := s.preview(mode(next))
		equal(t, what+", replacements", planned.replacements(), []string{})
		s.up(mode(next))
		equal(t, what+", deletions in the cluster", s.world.Ops().InCluster().What("delete").Strings(), []string{})
		equal(t, what+", objects", s.world.Objects(cluster), []string{account})
		equal(t, what+", a second run", s.up(mode(next)).changes(), []string{})
	}
	// An adopted account is left to the team; the state forgets it.
	s.up(mode(workload.ExistingServiceAccount))
	equal(t, "from adopt to existing", s.world.Objects(cluster), []string{account})
}
