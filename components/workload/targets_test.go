package workload_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	managedidentity "github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/internal/pulumitest"
)

var _ workload.Cluster = (*cluster.Cluster)(nil)

// target returns arguments with one target and one federation in it, as change changes them.
func target(change func(*workload.FederatedWorkloadArgs, *workload.Target)) *workload.FederatedWorkloadArgs {
	return valid(func(a *workload.FederatedWorkloadArgs) {
		a.Targets = []workload.Target{{Key: "main", Issuer: pulumi.String(issuer), KubernetesProvider: &kubernetes.Provider{}}}
		a.Federations = workload.Accounts("shop/web")
		change(a, &a.Targets[0])
	})
}

// several federates two accounts on each of two clusters, and one on an issuer that the program
// cannot reach.
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

func TestNewTarget(t *testing.T) {
	c := &fakeCluster{managed: &managed{}, issuer: pulumi.String(issuer).ToStringOutput(), provider: &kubernetes.Provider{}}
	after := &managedidentity.UserAssignedIdentity{}
	got := workload.NewTarget("main", c, after)
	if got.Key != "main" || got.Issuer != pulumi.StringInput(c.issuer) || got.KubernetesProvider != c.provider || got.DeletedWith != pulumi.Resource(c.managed) {
		t.Errorf("target %+v", got)
	}
	if diff := cmp.Diff(1, len(got.After)); diff != "" || got.After[0] != pulumi.Resource(after) {
		t.Errorf("waits for %v", got.After)
	}
}

func TestInvalidTargets(t *testing.T) {
	mode := func(m workload.ServiceAccountMode) *workload.FederatedWorkloadArgs {
		return target(func(a *workload.FederatedWorkloadArgs, t *workload.Target) {
			t.KubernetesProvider, a.Federations[0].ServiceAccountMode = nil, m
		})
	}
	needsProvider := []pulumitest.Problem{{Path: "targets[0].kubernetesProvider", Text: "pass the cluster's"}}
	pulumitest.Invalid(t, map[string]invalidCase{
		"an empty target lacks everything": {
			Args: target(func(_ *workload.FederatedWorkloadArgs, t *workload.Target) { *t = workload.Target{} }),
			Want: []pulumitest.Problem{
				{Path: "targets[0].key", Text: "required"},
				{Path: "targets[0].issuer", Text: "issuerUrl output"},
				{Path: "targets[0].kubernetesProvider", Text: `"existing"`},
			},
		},
		"a key with a dot would make names ambiguous": {
			Args: target(func(_ *workload.FederatedWorkloadArgs, t *workload.Target) { t.Key = "a.b" }),
			Want: []pulumitest.Problem{{Path: "targets[0].key", Text: "letters, digits, hyphens and underscores"}},
		},
		"an AKS issuer without its slash matches no token": {
			Args: target(func(_ *workload.FederatedWorkloadArgs, t *workload.Target) {
				t.Issuer = pulumi.String(issuer[:len(issuer)-1])
			}),
			Want: []pulumitest.Problem{{Path: "targets[0].issuer", Text: "trailing slash"}},
		},
		"a service account needs a cluster to be created in":   {Args: mode(""), Want: needsProvider},
		"a service account needs a cluster to be adopted in":   {Args: mode(workload.AdoptServiceAccount), Want: needsProvider},
		"a service account needs a cluster to be annotated in": {Args: mode(workload.AnnotateServiceAccount), Want: needsProvider},
		"a provider that is a nil pointer": {
			Args: target(func(_ *workload.FederatedWorkloadArgs, t *workload.Target) {
				var none *kubernetes.Provider
				t.KubernetesProvider = none
			}),
			Want: needsProvider,
		},
		"a namespace needs a cluster to be created in": {
			Args: target(func(a *workload.FederatedWorkloadArgs, t *workload.Target) {
				t.KubernetesProvider = nil
				a.ServiceAccount = &workload.ServiceAccountArgs{Mode: workload.ExistingServiceAccount, CreateNamespace: true}
			}),
			Want: needsProvider,
		},
		"nothing to wait for": {
			Args: target(func(_ *workload.FederatedWorkloadArgs, t *workload.Target) {
				var none *kubernetes.Provider
				t.After = []pulumi.Resource{nil, none}
			}),
			Want: []pulumitest.Problem{
				{Path: "targets[0].after[0]", Text: "leave it out"},
				{Path: "targets[0].after[1]", Text: "leave it out"},
			},
		},
		"two targets with one issuer": {
			Args: target(func(a *workload.FederatedWorkloadArgs, t *workload.Target) {
				other := *t
				other.Key = "other"
				a.Targets = append(a.Targets, other)
			}),
			Want: []pulumitest.Problem{{Path: "federations[0]", Text: `the targets "main" and "other" have the same issuer`}},
		},
		"targets that no service account is in": {
			Args: target(func(a *workload.FederatedWorkloadArgs, _ *workload.Target) { a.Federations = nil }),
			Want: []pulumitest.Problem{{Path: "serviceAccount.namespace", Text: "name that of the workload's pods"}},
		},
	}, newWorkload)
}

func TestATargetNeedsNoProviderIfNothingIsCreatedInIt(t *testing.T) {
	args := target(func(a *workload.FederatedWorkloadArgs, t *workload.Target) {
		t.KubernetesProvider = nil
		a.ServiceAccount = &workload.ServiceAccountArgs{Mode: workload.ExistingServiceAccount}
	})
	if err := args.Validate("shop"); err != nil {
		t.Error(err)
	}
}

func TestOneKeyIsOneCluster(t *testing.T) {
	r := pulumitest.Try(t, func(ctx *pulumi.Context) error {
		a, err := newCluster(ctx, "a")
		if err != nil {
			return err
		}
		b, err := newCluster(ctx, "b")
		if err != nil {
			return err
		}
		return newWorkload(ctx, &workload.FederatedWorkloadArgs{
			ResourceGroupName: pulumi.String("apps"),
			Targets:           []workload.Target{workload.NewTarget("main", a), workload.NewTarget("main", b)},
			ServiceAccount:    &workload.ServiceAccountArgs{Namespace: "shop"},
		})
	}, options())
	pulumitest.CheckProblems(t, r.Err, []pulumitest.Problem{{Path: "targets[1].key", Text: "a key names one cluster"}})
}

// A cluster that was looked up has no managed cluster in the stack: its field is a nil pointer,
// which as a resource is not nil.
func TestNothingToBeDeletedWith(t *testing.T) {
	r := run(t, func(c *fakeCluster) *workload.FederatedWorkloadArgs {
		args := minimal(c)
		var none *managedidentity.UserAssignedIdentity
		args.Targets[0].DeletedWith = none
		return args
	})
	if got := r.Get(t, accountType, "shop-account-main.shop.web").Request.GetDeletedWith(); got != "" {
		t.Errorf("deleted with %q", got)
	}
}

func TestOnlyWhatIsInTheClusterWaitsForAfter(t *testing.T) {
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		c, err := newCluster(ctx, "shop-cluster")
		if err != nil {
			return err
		}
		first, err := newCluster(ctx, "first")
		if err != nil {
			return err
		}
		_, err = workload.NewFederatedWorkload(ctx, "shop", &workload.FederatedWorkloadArgs{
			ResourceGroupName: pulumi.String("apps"),
			Targets:           []workload.Target{workload.NewTarget("main", c, first.managed)},
			ServiceAccount:    &workload.ServiceAccountArgs{Name: "web", Namespace: "shop", CreateNamespace: true},
			Grants:            []workload.GrantArgs{{Role: "Reader", Scope: pulumi.String(vaultID), ScopeKey: "x"}},
		})
		return err
	}, options())
	first := r.Get(t, managedType, "first")
	for typ, want := range map[string]bool{accountType: true, namespaceType: true, credentialType: false, identityType: false, grantType: false} {
		for _, res := range r.ByType(typ) {
			if got := r.Reaches(res, first); got != want {
				t.Errorf("%s waits: %t, want %t", res.Name, got, want)
			}
		}
	}
}
