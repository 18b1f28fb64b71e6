package workload_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

// federation needs no target: nothing is created in its cluster.
func federation(key, namespace, account string) workload.FederationArgs {
	return workload.FederationArgs{Key: key, Issuer: pulumi.String(issuer), Namespace: namespace, ServiceAccount: account}
}

// of returns arguments with an identity, and no federation.
func of(id workload.IdentityArgs) *workload.FederatedWorkloadArgs {
	return &workload.FederatedWorkloadArgs{Identity: &id}
}

// account returns arguments whose service accounts have the settings.
func account(a workload.ServiceAccountArgs) *workload.FederatedWorkloadArgs {
	return valid(func(args *workload.FederatedWorkloadArgs) { args.ServiceAccount = &a })
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
	pulumitest.Invalid(t, map[string]invalidCase{
		"no arguments at all": {
			Want: []pulumitest.Problem{{Path: "resourceGroupName", Text: "required"}},
		},
		"a kind that does not exist": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) { a.Identity = &workload.IdentityArgs{Kind: "systemAssigned"} }),
			Want: []pulumitest.Problem{{Path: "identity.kind", Text: "userAssigned, application, existingUserAssigned, existingApplication"}},
		},
		"an identity name that Azure refuses": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Identity = &workload.IdentityArgs{Name: pulumi.String("a.b")}
			}),
			Want: []pulumitest.Problem{{Path: "identity.name", Text: "3 to 128"}},
		},
		"an application has no resource group or region": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Identity, a.Location = &workload.IdentityArgs{Kind: workload.Application}, pulumi.String("westeurope")
			}),
			Want: []pulumitest.Problem{
				{Path: "resourceGroupName", Text: `belongs to identity.kind "userAssigned"`},
				{Path: "location", Text: "leave it out"},
			},
		},
		"an application needs a display name": {
			Args: of(workload.IdentityArgs{Kind: workload.Application, Name: pulumi.String("")}),
			Want: []pulumitest.Problem{{Path: "identity.name", Text: "1 to 256"}},
		},
		"an existing identity needs its id": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingUserAssigned}),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: "required"}},
		},
		"the id of something else": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingUserAssigned, Id: pulumi.String(vaultID)}),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: "Microsoft.ManagedIdentity/userAssignedIdentities"}},
		},
		"an existing identity has its name": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingUserAssigned, Id: pulumi.String(id), Name: pulumi.String("other")}),
			Want: []pulumitest.Problem{{Path: "identity.name", Text: "leave it out"}},
		},
		"a new identity has no id yet": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) { a.Identity = &workload.IdentityArgs{Id: pulumi.String(id)} }),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: `belongs to identity.kind "existingUserAssigned" or "existingApplication", not "userAssigned"`}},
		},
		"an existing application needs its id": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingApplication}),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: "client id of the existing application is required"}},
		},
		"an application by its display name": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingApplication, Id: pulumi.String("shop")}),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: "give its client id"}},
		},
		"an application by the id of its service principal": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingApplication, Id: pulumi.String("/servicePrincipals/" + theirObject)}),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: "/applications/ and its object id"}},
		},
		"an application's object id that is none": {
			Args: of(workload.IdentityArgs{Kind: workload.ExistingApplication, Id: pulumi.String("/applications/shop")}),
			Want: []pulumitest.Problem{{Path: "identity.id", Text: "object id"}},
		},
		"an existing application has a name, and no resource group or region": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Identity = &workload.IdentityArgs{Kind: workload.ExistingApplication, Id: pulumi.String(theirClient), Name: pulumi.String("shop")}
				a.Location = pulumi.String("westeurope")
			}),
			Want: []pulumitest.Problem{
				{Path: "identity.name", Text: "leave it out"},
				{Path: "resourceGroupName", Text: `belongs to identity.kind "userAssigned"`},
				{Path: "location", Text: "leave it out"},
			},
		},
		"a display name that is too long": {
			Args: of(workload.IdentityArgs{Kind: workload.Application, Name: pulumi.String(strings.Repeat("a", 257))}),
			Want: []pulumitest.Problem{{Path: "identity.name", Text: "not 257"}},
		},
		"labels and annotations that Kubernetes refuses": {
			Args: account(workload.ServiceAccountArgs{
				Annotations:     pulumi.StringMap{"a b": pulumi.String("x"), "Example.com/UPPER": pulumi.String("any text, which is fine")},
				Labels:          pulumi.StringMap{"a/b/c": pulumi.String("x"), "owner": pulumi.String("Jane Doe"), "later": pulumi.String("a b").ToStringOutput()},
				NamespaceLabels: pulumi.StringMap{"team": pulumi.String(strings.Repeat("x", 64))},
			}),
			Want: []pulumitest.Problem{
				{Path: `serviceAccount.annotations["a b"]`, Text: `"a b"`},
				{Path: "serviceAccount.labels.a/b/c", Text: `"a/b/c"`},
				{Path: "serviceAccount.labels.owner", Text: `"Jane Doe"`},
				{Path: "serviceAccount.namespaceLabels.team", Text: "at most 63"},
			},
		},
		"the pods' label on a service account": {
			Args: account(workload.ServiceAccountArgs{Labels: pulumi.StringMap{"azure.workload.identity/use": pulumi.String("true")}}),
			Want: []pulumitest.Problem{{Path: `serviceAccount.labels["azure.workload.identity/use"]`, Text: "belongs on the pod template"}},
		},
		"settings of the whole workload, all at once": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Cloud = "AzureMoon"
				a.TenantId = pulumi.String("contoso.com")
				a.SubscriptionId = pulumi.String("production")
				a.ServiceAccount = &workload.ServiceAccountArgs{
					TokenExpirationSeconds: pulumi.Int(3599),
					Annotations: pulumi.StringMap{
						"azure.workload.identity/client-id": pulumi.String("x"), "azure.workload.identity/tenant-id": pulumi.String("y"), "mine": pulumi.String("z"),
					},
				}
			}),
			Want: []pulumitest.Problem{
				{Path: "serviceAccount.tokenExpirationSeconds", Text: "3600 to 86400"},
				{Path: `serviceAccount.annotations["azure.workload.identity/client-id"]`, Text: "itself"},
				{Path: `serviceAccount.annotations["azure.workload.identity/tenant-id"]`, Text: "itself"},
				{Path: "tenantId", Text: "not its domain"},
				{Path: "subscriptionId", Text: "not its name"},
				{Path: "cloud", Text: "AzurePublicCloud"},
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
