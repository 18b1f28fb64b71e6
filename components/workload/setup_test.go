package workload_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

const (
	identityType   = "azure-native:managedidentity:UserAssignedIdentity"
	credentialType = "azure-native:managedidentity:FederatedIdentityCredential"
	grantType      = "azure-native:authorization:RoleAssignment"
	accountType    = "kubernetes:core/v1:ServiceAccount"
	patchType      = "kubernetes:core/v1:ServiceAccountPatch"
	namespaceType  = "kubernetes:core/v1:Namespace"
	appType        = "azuread:index/application:Application"
	principalType  = "azuread:index/servicePrincipal:ServicePrincipal"
	appTrustType   = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"

	vaultID = "/subscriptions/" + pulumitest.SubscriptionID + "/resourceGroups/data/providers/Microsoft.KeyVault/vaults/kv"
	issuer  = "https://westeurope.oic.prod-aks.azure.com/" + pulumitest.TenantID + "/11111111-0000-4000-8000-000000000001/"
)

const (
	roleType   = "azure-native:authorization:RoleDefinition"
	policyType = "azure-native:keyvault:AccessPolicy"
	adminType  = "azure-native:sql:ServerAzureADAdministrator"

	subscriptionID = "/subscriptions/" + pulumitest.SubscriptionID
	groupID        = subscriptionID + "/resourceGroups/data"
	storageID      = groupID + "/providers/Microsoft.Storage/storageAccounts/shop1"
	managementID   = "/providers/Microsoft.Management/managementGroups/root"

	readAssignments = "Microsoft.Authorization/roleAssignments/read"
	getVault        = "azure-native:keyvault:getVault"
	getAdmin        = "azure-native:sql:getServerAzureADAdministrator"
)

// fakeCluster stands for a cluster, as a workload.Cluster: a resource that the issuer comes from,
// and a provider that waits for it.
type fakeCluster struct {
	managed  *managed
	issuer   pulumi.StringOutput
	provider pulumi.ProviderResource
}

type managed struct {
	pulumi.CustomResourceState
	Issuer pulumi.StringOutput `pulumi:"issuer"`
}

const managedType = "azure-native:test:Cluster"

// options returns options for programs with fake clusters.
func options() pulumitest.Options {
	return pulumitest.Options{
		RootTypes: []string{managedType},
		Fakes: pulumitest.Fakes{Resources: map[string]pulumitest.FakeResource{
			managedType: {State: func(r *pulumitest.Resource) (string, resource.PropertyMap, error) {
				return "/clusters/" + r.Name, resource.PropertyMap{"issuer": resource.NewProperty(pulumitest.IssuerURL(r.Name))}, nil
			}},
		}},
	}
}

// with returns options in which a fake replaces one provider function.
func with(token string, call pulumitest.FakeCall) pulumitest.Options {
	o := options()
	o.Fakes.Calls = map[string]pulumitest.FakeCall{token: call}
	return o
}

func newCluster(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (*fakeCluster, error) {
	c := &fakeCluster{managed: &managed{}}
	if err := ctx.RegisterResource(managedType, name, pulumi.Map{}, c.managed, opts...); err != nil {
		return nil, err
	}
	c.issuer = c.managed.Issuer
	var p struct{ pulumi.ProviderResourceState }
	if err := ctx.RegisterResource("pulumi:providers:kubernetes", name+"-kubernetes", pulumi.Map{"clusterIdentifier": c.managed.ID()}, &p); err != nil {
		return nil, err
	}
	c.provider = &p
	return c, nil
}

func (c *fakeCluster) Issuer() pulumi.StringOutput { return c.issuer }

func (c *fakeCluster) KubernetesProvider() pulumi.ProviderResource { return c.provider }

func (c *fakeCluster) DeletedWith() pulumi.Resource { return c.managed }

// targets returns the cluster as the only target, with the key main.
func (c *fakeCluster) targets() []workload.Target {
	return []workload.Target{workload.NewTarget("main", c)}
}

// build registers a workload in a cluster "<name>-cluster", with its outputs as exports.
func build(make func(c *fakeCluster) *workload.FederatedWorkloadArgs) pulumitest.Build {
	return func(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
		c, err := newCluster(ctx, name+"-cluster", opts...)
		if err != nil {
			return err
		}
		w, err := workload.NewFederatedWorkload(ctx, name, make(c), opts...)
		if err != nil {
			return err
		}
		for key, out := range map[string]pulumi.Output{
			"clientId": w.ClientId, "principalId": w.PrincipalId, "tenantId": w.TenantId, "identityId": w.IdentityId,
			"identityKind": w.IdentityKind, "subjects": w.Subjects, "credentialIds": w.CredentialIds, "federations": w.Federations,
			"serviceAccountNames": w.ServiceAccountNames, "roleAssignmentIds": w.RoleAssignmentIds,
			"serviceAccountAnnotations": w.ServiceAccountAnnotations, "podLabels": w.PodLabels, "podAnnotations": w.PodAnnotations,
			"helmValues": w.HelmValues,
		} {
			ctx.Export(key, out)
		}
		return nil
	}
}

func run(t *testing.T, args func(*fakeCluster) *workload.FederatedWorkloadArgs) *pulumitest.Result {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error { return build(args)(ctx, "shop") }, options())
}

func newWorkload(ctx *pulumi.Context, args *workload.FederatedWorkloadArgs) error {
	_, err := workload.NewFederatedWorkload(ctx, "shop", args)
	return err
}

func minimal(c *fakeCluster) *workload.FederatedWorkloadArgs {
	return &workload.FederatedWorkloadArgs{
		ResourceGroupName: pulumi.String("apps"),
		Targets:           c.targets(),
		ServiceAccount:    &workload.ServiceAccountArgs{CreateNamespace: true},
		Federations:       workload.Accounts("shop/web"),
	}
}

func full(c *fakeCluster) *workload.FederatedWorkloadArgs {
	off := false
	federations := workload.Accounts("shop/web", "shop/worker", "shop/cron", "legacy/app.v1")
	federations[2].Enabled = &off
	chart := &federations[3]
	chart.CreateNamespace, chart.ServiceAccountMode = &off, workload.ExistingServiceAccount
	return &workload.FederatedWorkloadArgs{
		ResourceGroupName: pulumi.String("apps"),
		Location:          pulumi.String("westeurope"),
		Identity:          &workload.IdentityArgs{Name: pulumi.String("id-shop")},
		Targets:           c.targets(),
		ServiceAccount: &workload.ServiceAccountArgs{
			CreateNamespace:        true,
			TokenExpirationSeconds: pulumi.Int(7200),
			Labels:                 pulumi.StringMap{"team": pulumi.String("shop")},
			Annotations:            pulumi.StringMap{"note": pulumi.String("x")},
		},
		Federations: federations,
		Grants: []workload.GrantArgs{
			{Role: "Key Vault Secrets User", Scope: pulumi.String(vaultID), ScopeKey: "vault"},
			{
				Role: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", Scope: pulumi.String("/subscriptions/" + pulumitest.SubscriptionID + "/resourceGroups/data"), ScopeKey: "data",
				Condition: pulumi.String("@Resource[x] StringEquals 'y'"), Description: pulumi.String("reads"),
			},
		},
		TenantId: pulumi.String(pulumitest.TenantID),
		Tags:     pulumi.StringMap{"env": pulumi.String("test")},
	}
}

// federation returns one that needs no target, because nothing is created in its cluster.
func federation(key, namespace, account string) workload.FederationArgs {
	return workload.FederationArgs{Key: key, Issuer: pulumi.String(issuer), Namespace: namespace, ServiceAccount: account}
}

// valid returns arguments that nothing is wrong with, as change changes them.
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

type invalidCase = pulumitest.InvalidCase[*workload.FederatedWorkloadArgs]

func later(s string) pulumi.StringOutput { return pulumi.String(s).ToStringOutput() }

// laterCase is a mistake that shows only when an output resolves or Azure answers.
type laterCase struct {
	// options of the program; by default those of options().
	options pulumitest.Options
	args    *workload.FederatedWorkloadArgs
	// want are parts of the error.
	want []string
}

func checkLater(t *testing.T, cases map[string]laterCase) {
	t.Helper()
	for reason, tc := range cases {
		t.Run(reason, func(t *testing.T) {
			o := tc.options
			if o.RootTypes == nil {
				o = options()
			}
			r := pulumitest.Try(t, func(ctx *pulumi.Context) error { return newWorkload(ctx, tc.args) }, o)
			for _, want := range tc.want {
				if r.Err == nil || !strings.Contains(r.Err.Error(), want) {
					t.Errorf("error = %v, want %q", r.Err, want)
				}
			}
		})
	}
}
