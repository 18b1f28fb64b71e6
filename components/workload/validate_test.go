package workload_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// federation needs no cluster: its service account is somebody else's.
func federation(key, namespace, account string) workload.FederationArgs {
	return workload.FederationArgs{
		Key: key, Issuer: pulumi.String(issuer), Namespace: namespace, ServiceAccount: account,
		ServiceAccountMode: workload.ExistingServiceAccount,
	}
}

// valid are arguments that nothing is wrong with; change makes it so.
func valid(change func(*workload.FederatedWorkloadArgs)) *workload.FederatedWorkloadArgs {
	args := &workload.FederatedWorkloadArgs{
		ResourceGroupName: pulumi.String("apps"),
		Federations:       []workload.FederationArgs{federation("main", "shop", "web")},
	}
	change(args)
	return args
}

func changed(change func(*workload.FederationArgs)) *workload.FederatedWorkloadArgs {
	return valid(func(a *workload.FederatedWorkloadArgs) { change(&a.Federations[0]) })
}

func granted(list ...workload.GrantArgs) *workload.FederatedWorkloadArgs {
	return valid(func(a *workload.FederatedWorkloadArgs) { a.Grants = list })
}

type invalidCase = pulumitest.InvalidCase[*workload.FederatedWorkloadArgs]

func newWorkload(ctx *pulumi.Context, args *workload.FederatedWorkloadArgs) error {
	_, err := workload.NewFederatedWorkload(ctx, "shop", args)
	return err
}

func TestInvalidIdentity(t *testing.T) {
	const id = "/subscriptions/" + pulumitest.SubscriptionID + "/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
	number := 3599
	pulumitest.Invalid(t, map[string]invalidCase{
		"no arguments at all": {
			Want: []pulumitest.Problem{{Path: "resourceGroupName", Text: "required"}},
		},
		"a kind that does not exist": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) { a.IdentityKind = "systemAssigned" }),
			Want: []pulumitest.Problem{{Path: "identityKind", Text: "userAssigned, application, existingUserAssigned, existingApplication"}},
		},
		"an identity name that Azure refuses": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) { a.IdentityName = pulumi.String("a.b") }),
			Want: []pulumitest.Problem{{Path: "identityName", Text: "3 to 128"}},
		},
		"an application has no resource group or region": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.IdentityKind, a.Location = workload.Application, pulumi.String("westeurope")
			}),
			Want: []pulumitest.Problem{
				{Path: "resourceGroupName", Text: `belongs to identityKind "userAssigned"`},
				{Path: "location", Text: "leave it out"},
			},
		},
		"an application needs a display name": {
			Args: &workload.FederatedWorkloadArgs{IdentityKind: workload.Application, IdentityName: pulumi.String("")},
			Want: []pulumitest.Problem{{Path: "identityName", Text: "1 to 256"}},
		},
		"an existing identity needs its id": {
			Args: &workload.FederatedWorkloadArgs{IdentityKind: workload.ExistingUserAssigned},
			Want: []pulumitest.Problem{{Path: "identityId", Text: "required"}},
		},
		"the id of something else": {
			Args: &workload.FederatedWorkloadArgs{IdentityKind: workload.ExistingUserAssigned, IdentityId: pulumi.String(vaultID)},
			Want: []pulumitest.Problem{{Path: "identityId", Text: "Microsoft.ManagedIdentity/userAssignedIdentities"}},
		},
		"an existing identity has its name": {
			Args: &workload.FederatedWorkloadArgs{IdentityKind: workload.ExistingUserAssigned, IdentityId: pulumi.String(id), IdentityName: pulumi.String("other")},
			Want: []pulumitest.Problem{{Path: "identityName", Text: "leave it out"}},
		},
		"a new identity has no id yet": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) { a.IdentityId = pulumi.String(id) }),
			Want: []pulumitest.Problem{{Path: "identityId", Text: `belongs to identityKind "existingUserAssigned" or "existingApplication", not "userAssigned"`}},
		},
		"an existing application needs its id": {
			Args: &workload.FederatedWorkloadArgs{IdentityKind: workload.ExistingApplication},
			Want: []pulumitest.Problem{{Path: "identityId", Text: "client id of the existing application is required"}},
		},
		"an application by its display name": {
			Args: &workload.FederatedWorkloadArgs{IdentityKind: workload.ExistingApplication, IdentityId: pulumi.String("shop")},
			Want: []pulumitest.Problem{{Path: "identityId", Text: "give its client id"}},
		},
		"an application by the id of its service principal": {
			Args: &workload.FederatedWorkloadArgs{IdentityKind: workload.ExistingApplication, IdentityId: pulumi.String("/servicePrincipals/" + theirObject)},
			Want: []pulumitest.Problem{{Path: "identityId", Text: "/applications/ and its object id"}},
		},
		"an application's object id that is none": {
			Args: &workload.FederatedWorkloadArgs{IdentityKind: workload.ExistingApplication, IdentityId: pulumi.String("/applications/shop")},
			Want: []pulumitest.Problem{{Path: "identityId", Text: "object id"}},
		},
		"an existing application has a name, and no resource group or region": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.IdentityKind, a.IdentityId = workload.ExistingApplication, pulumi.String(theirClient)
				a.IdentityName, a.Location = pulumi.String("shop"), pulumi.String("westeurope")
			}),
			Want: []pulumitest.Problem{
				{Path: "identityName", Text: "leave it out"},
				{Path: "resourceGroupName", Text: `belongs to identityKind "userAssigned"`},
				{Path: "location", Text: "leave it out"},
			},
		},
		"a display name that is too long": {
			Args: &workload.FederatedWorkloadArgs{IdentityKind: workload.Application, IdentityName: pulumi.String(strings.Repeat("a", 257))},
			Want: []pulumitest.Problem{{Path: "identityName", Text: "not 257"}},
		},
		"labels and annotations that Kubernetes refuses": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Annotations = pulumi.StringMap{"a b": pulumi.String("x"), "Example.com/UPPER": pulumi.String("any text, which is fine")}
				a.Labels = pulumi.StringMap{"a/b/c": pulumi.String("x"), "owner": pulumi.String("Jane Doe"), "later": pulumi.String("a b").ToStringOutput()}
				a.NamespaceLabels = pulumi.StringMap{"team": pulumi.String(strings.Repeat("x", 64))}
			}),
			Want: []pulumitest.Problem{
				{Path: `annotations["a b"]`, Text: `"a b"`},
				{Path: "labels.a/b/c", Text: `"a/b/c"`},
				{Path: "labels.owner", Text: `"Jane Doe"`},
				{Path: "namespaceLabels.team", Text: "at most 63"},
			},
		},
		"the pods' label on a service account": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Labels = pulumi.StringMap{"azure.workload.identity/use": pulumi.String("true")}
			}),
			Want: []pulumitest.Problem{{Path: `labels["azure.workload.identity/use"]`, Text: "belongs on the pod template"}},
		},
		"settings of the whole workload, all at once": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.TokenExpirationSeconds = &number
				a.Cloud = "AzureMoon"
				a.TenantId = pulumi.String("contoso.com")
				a.SubscriptionId = pulumi.String("production")
				a.Annotations = pulumi.StringMap{
					"azure.workload.identity/client-id": pulumi.String("x"), "azure.workload.identity/tenant-id": pulumi.String("y"), "mine": pulumi.String("z"),
				}
			}),
			Want: []pulumitest.Problem{
				{Path: "tokenExpirationSeconds", Text: "3600 to 86400"},
				{Path: "cloud", Text: "AzurePublicCloud"},
				{Path: "tenantId", Text: "not its domain"},
				{Path: "subscriptionId", Text: "not its name"},
				{Path: `annotations["azure.workload.identity/client-id"]`, Text: "itself"},
				{Path: `annotations["azure.workload.identity/tenant-id"]`, Text: "itself"},
			},
		},
	}, newWorkload)
}

func TestInvalidGrants(t *testing.T) {
	grant := workload.GrantArgs{Role: "Reader", Scope: pulumi.String(vaultID), ScopeKey: "vault"}
	with := func(change func(*workload.GrantArgs)) *workload.FederatedWorkloadArgs {
		g := grant
		change(&g)
		return granted(g)
	}
	pulumitest.Invalid(t, map[string]invalidCase{
		"an empty grant lacks everything": {
			Args: granted(workload.GrantArgs{}),
			Want: []pulumitest.Problem{
				{Path: "grants[0].role", Text: "required"},
				{Path: "grants[0].scope", Text: "required"},
				{Path: "grants[0].scopeKey", Text: "short name"},
			},
		},
		"a misspelt role": {
			Args: with(func(g *workload.GrantArgs) { g.Role = "Key Vault Secret User" }),
			Want: []pulumitest.Problem{{Path: "grants[0].role", Text: `did you mean "Key Vault Secrets User"`}},
		},
		"a scope that is no resource id": {
			Args: with(func(g *workload.GrantArgs) { g.Scope = pulumi.String("kv") }),
			Want: []pulumitest.Problem{{Path: "grants[0].scope", Text: "/subscriptions/"}},
		},
		"a scope key with a slash": {
			Args: with(func(g *workload.GrantArgs) { g.ScopeKey = "a/b" }),
			Want: []pulumitest.Problem{{Path: "grants[0].scopeKey", Text: "letters, digits"}},
		},
		"the same grant twice, once by name and once by id": {
			Args: granted(grant, workload.GrantArgs{Role: "acdd72a7-3385-48ef-bd42-f606fba81ae7", Scope: pulumi.String(vaultID), ScopeKey: "vault"}),
			Want: []pulumitest.Problem{{Path: "grants[1]", Text: "grants[0]"}},
		},
	}, newWorkload)
}

func TestNoArgumentsAreValidatedLikeEmptyOnes(t *testing.T) {
	var none *workload.FederatedWorkloadArgs
	pulumitest.CheckProblems(t, none.Validate("x"), []pulumitest.Problem{{Path: "resourceGroupName", Text: "a resource group is required"}})
}
