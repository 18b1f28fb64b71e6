package workload_test

import (
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

// fakeCluster stands for a cluster, as a workload.Cluster: a resource that the issuer comes from, and a
// provider that waits for it.
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

// options let programs contain fake clusters.
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

// targets are those of one cluster with the key main.
func (c *fakeCluster) targets() []workload.Target {
	return []workload.Target{workload.NewTarget("main", c)}
}

// build registers a workload in a cluster "<name>-cluster", with its outputs as
// exports.
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

func application(c *fakeCluster) *workload.FederatedWorkloadArgs {
	args := full(c)
	args.Identity = &workload.IdentityArgs{Kind: workload.Application}
	args.ResourceGroupName, args.Location = nil, nil
	args.Federations[0].Description = pulumi.String("the web shop")
	return args
}

func existing(c *fakeCluster) *workload.FederatedWorkloadArgs {
	args := full(c)
	args.Identity = &workload.IdentityArgs{
		Kind: workload.ExistingUserAssigned,
		Id:   pulumi.String("/subscriptions/" + pulumitest.SubscriptionID + "/resourcegroups/theirs/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-theirs"),
	}
	args.ResourceGroupName, args.Location, args.Tags = nil, nil, nil
	return args
}

// Ids of an application that exists.
const (
	theirClient = "33333333-0000-4000-8000-000000000001"
	theirObject = "33333333-0000-4000-8000-000000000002"
)

func existingApplication(c *fakeCluster) *workload.FederatedWorkloadArgs {
	args := existing(c)
	args.Identity = &workload.IdentityArgs{Kind: workload.ExistingApplication, Id: pulumi.String(theirClient)}
	args.Federations[0].Description = pulumi.String("the web shop")
	return args
}

// modes has a service account of every mode.
func modes(c *fakeCluster) *workload.FederatedWorkloadArgs {
	args := full(c)
	args.Federations = workload.Accounts("shop/create", "shop/adopt", "shop/annotate", "shop/existing")
	for i := range args.Federations {
		args.Federations[i].ServiceAccountMode = workload.ServiceAccountMode(args.Federations[i].ServiceAccount)
	}
	args.ServiceAccount.NamespaceLabels = pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String("restricted")}
	return args
}

// several federates two accounts on each of two clusters, and one on an issuer
// that the program cannot reach.
func several(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) error {
	var targets []workload.Target
	for _, key := range []string{"east", "west"} {
		c, err := newCluster(ctx, name+"-"+key, opts...)
		if err != nil {
			return err
		}
		targets = append(targets, workload.NewTarget(key, c))
	}
	elsewhere := workload.FederationArgs{
		Key: "elsewhere", Issuer: pulumi.String("https://issuer.example.com"), Namespace: "shop", ServiceAccount: "web",
	}
	_, err := workload.NewFederatedWorkload(ctx, name, &workload.FederatedWorkloadArgs{
		ResourceGroupName: pulumi.String("apps"),
		Targets:           targets,
		ServiceAccount:    &workload.ServiceAccountArgs{CreateNamespace: true},
		Federations:       append(workload.Accounts("shop/web", "jobs/nightly"), elsewhere),
	}, opts...)
	return err
}

func run(t *testing.T, args func(*fakeCluster) *workload.FederatedWorkloadArgs) *pulumitest.Result {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error { return build(args)(ctx, "shop") }, options())
}
