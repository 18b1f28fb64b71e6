package workload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
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
				{Path: "annotations.a b", Text: `"a b"`},
				{Path: "labels.a/b/c", Text: `"a/b/c"`},
				{Path: "labels.owner", Text: `"Jane Doe"`},
				{Path: "namespaceLabels.team", Text: "at most 63"},
			},
		},
		"the pods' label on a service account": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Labels = pulumi.StringMap{"azure.workload.identity/use": pulumi.String("true")}
			}),
			Want: []pulumitest.Problem{{Path: "labels.azure.workload.identity/use", Text: "belongs on the pod template"}},
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
				{Path: "annotations.azure.workload.identity/client-id", Text: "itself"},
				{Path: "annotations.azure.workload.identity/tenant-id", Text: "itself"},
			},
		},
	}, newWorkload)
}

func TestInvalidFederations(t *testing.T) {
	off := false
	pulumitest.Invalid(t, map[string]invalidCase{
		"an empty federation lacks everything": {
			Args: changed(func(f *workload.FederationArgs) { *f = workload.FederationArgs{} }),
			Want: []pulumitest.Problem{
				{Path: "federations[0].key", Text: "required"},
				{Path: "federations[0].namespace", Text: "required"},
				{Path: "federations[0].serviceAccount", Text: "required"},
				{Path: "federations[0].issuer", Text: "issuerUrl output"},
				{Path: "federations[0].kubernetesProvider", Text: `"existing"`},
			},
		},
		"a key with a dot would make names ambiguous": {
			Args: changed(func(f *workload.FederationArgs) { f.Key = "a.b" }),
			Want: []pulumitest.Problem{{Path: "federations[0].key", Text: "letters, digits, hyphens and underscores"}},
		},
		"names that Kubernetes refuses": {
			Args: changed(func(f *workload.FederationArgs) { f.Namespace, f.ServiceAccount = "Shop", "web_1" }),
			Want: []pulumitest.Problem{
				{Path: "federations[0].namespace", Text: "lower-case"},
				{Path: "federations[0].serviceAccount", Text: "lower-case"},
			},
		},
		"wildcards do not exist for AKS issuers": {
			Args: changed(func(f *workload.FederationArgs) { f.Namespace, f.ServiceAccount = "*", "web-*" }),
			Want: []pulumitest.Problem{
				{Path: "federations[0].namespace", Text: "wildcard"},
				{Path: "federations[0].serviceAccount", Text: "wildcard"},
			},
		},
		"the default service account is everybody's": {
			Args: changed(func(f *workload.FederationArgs) { f.ServiceAccount = "default" }),
			Want: []pulumitest.Problem{{Path: "federations[0].serviceAccount", Text: "allowDefaultServiceAccount"}},
		},
		"an AKS issuer without its slash matches no token": {
			Args: changed(func(f *workload.FederationArgs) { f.Issuer = pulumi.String(strings.TrimSuffix(issuer, "/")) }),
			Want: []pulumitest.Problem{{Path: "federations[0].issuer", Text: "trailing slash"}},
		},
		"an issuer over http": {
			Args: changed(func(f *workload.FederationArgs) { f.Issuer = pulumi.String("http://example.com/") }),
			Want: []pulumitest.Problem{{Path: "federations[0].issuer", Text: "https"}},
		},
		"an empty issuer, R20's live symptom": {
			Args: changed(func(f *workload.FederationArgs) { f.Issuer = pulumi.String("") }),
			Want: []pulumitest.Problem{{Path: "federations[0].issuer", Text: "issuerUrl"}},
		},
		"an audience with a wildcard and a description that is too long": {
			Args: changed(func(f *workload.FederationArgs) { f.Audience, f.Description = "api://*", strings.Repeat("x", 601) }),
			Want: []pulumitest.Problem{
				{Path: "federations[0].audience", Text: "wildcard"},
				{Path: "federations[0].description", Text: "at most 600"},
			},
		},
		"a mode that does not exist": {
			Args: changed(func(f *workload.FederationArgs) { f.ServiceAccountMode = "patch" }),
			Want: []pulumitest.Problem{{Path: "federations[0].serviceAccountMode", Text: "create, adopt, annotate, existing"}},
		},
		"a service account needs a cluster to be created in": {
			Args: changed(func(f *workload.FederationArgs) { f.ServiceAccountMode = "" }),
			Want: []pulumitest.Problem{{Path: "federations[0].kubernetesProvider", Text: "pass the cluster's"}},
		},
		"a service account needs a cluster to be adopted in": {
			Args: changed(func(f *workload.FederationArgs) { f.ServiceAccountMode = workload.AdoptServiceAccount }),
			Want: []pulumitest.Problem{{Path: "federations[0].kubernetesProvider", Text: "pass the cluster's"}},
		},
		"a service account needs a cluster to be annotated in": {
			Args: changed(func(f *workload.FederationArgs) { f.ServiceAccountMode = workload.AnnotateServiceAccount }),
			Want: []pulumitest.Problem{{Path: "federations[0].kubernetesProvider", Text: "pass the cluster's"}},
		},
		"a provider that is a nil pointer": {
			Args: changed(func(f *workload.FederationArgs) {
				var none *kubernetes.Provider
				f.ServiceAccountMode, f.KubernetesProvider = workload.CreateServiceAccount, none
			}),
			Want: []pulumitest.Problem{{Path: "federations[0].kubernetesProvider", Text: "pass the cluster's"}},
		},
		"nothing to wait for": {
			Args: changed(func(f *workload.FederationArgs) {
				var none *kubernetes.Provider
				f.After = []pulumi.Resource{nil, none}
			}),
			Want: []pulumitest.Problem{
				{Path: "federations[0].after[0]", Text: "leave it out"},
				{Path: "federations[0].after[1]", Text: "leave it out"},
			},
		},
		"former names that are none": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = nil
				for i, name := range []string{"main", "main/shop", "main/shop/web/x", "ma.in/shop/web", "main/Shop/web", "main/shop/web_"} {
					f := federation("main", "shop", fmt.Sprintf("web-%d", i))
					f.RenamedFrom = name
					a.Federations = append(a.Federations, f)
				}
			}),
			Want: []pulumitest.Problem{
				{Path: "federations[0].renamedFrom", Text: "write key/namespace/serviceAccount"},
				{Path: "federations[1].renamedFrom", Text: "write key/namespace/serviceAccount"},
				{Path: "federations[2].renamedFrom", Text: "write key/namespace/serviceAccount"},
				{Path: "federations[3].renamedFrom", Text: "write key/namespace/serviceAccount"},
				{Path: "federations[4].renamedFrom", Text: "write key/namespace/serviceAccount"},
				{Path: "federations[5].renamedFrom", Text: "write key/namespace/serviceAccount"},
			},
		},
		"a former name that is the name now": {
			Args: changed(func(f *workload.FederationArgs) { f.RenamedFrom = "main/shop/web" }),
			Want: []pulumitest.Problem{{Path: "federations[0].renamedFrom", Text: "leave it out"}},
		},
		"a former name that another federation has now, or had": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				b, c, d := federation("main", "shop", "b"), federation("main", "shop", "c"), federation("main", "shop", "d")
				b.RenamedFrom, c.RenamedFrom, d.RenamedFrom = "main/shop/web", "main/shop/old", "main/shop/old"
				a.Federations = append(a.Federations, b, c, d)
			}),
			Want: []pulumitest.Problem{
				{Path: "federations[1].renamedFrom", Text: "federations[0] is called"},
				{Path: "federations[3].renamedFrom", Text: "federations[2] was"},
			},
		},
		"a namespace needs a cluster to be created in": {
			Args: changed(func(f *workload.FederationArgs) { f.CreateNamespace = true }),
			Want: []pulumitest.Problem{{Path: "federations[0].kubernetesProvider", Text: "pass the cluster's"}},
		},
		"the same service account twice": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = append(a.Federations, federation("main", "shop", "web"))
			}),
			Want: []pulumitest.Problem{{Path: "federations[1]", Text: "federations[0]"}},
		},
		"the same trust under another key": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = append(a.Federations, federation("other", "shop", "web"))
			}),
			Want: []pulumitest.Problem{{Path: "federations[1].issuer", Text: "federations[0]"}},
		},
		"21 federations": {
			Args: valid(func(a *workload.FederatedWorkloadArgs) {
				a.Federations = nil
				for i := range 21 {
					a.Federations = append(a.Federations, federation("main", "shop", fmt.Sprintf("web-%d", i)))
				}
				// One that is off does not count, and is not the reason.
				spare := federation("main", "shop", "spare")
				spare.Enabled = &off
				a.Federations = append(a.Federations, spare)
			}),
			Want: []pulumitest.Problem{{Path: "federations", Text: "21 federations are enabled: an identity holds at most 20"}},
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
