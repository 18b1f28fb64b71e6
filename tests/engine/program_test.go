package engine

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
	"github.com/aks-workload-identity/aks-workload-identity/tests/engine/fake"
)

// The names of resource types in tokens.
const (
	managedCluster = "ManagedCluster"
	identity       = "UserAssignedIdentity"
	credential     = "FederatedIdentityCredential"
	serviceAccount = "ServiceAccount"
	assignment     = "RoleAssignment"
	definition     = "RoleDefinition"
)

// shop is a program: a cluster, the webhook in it, and a workload with one federation for each of
// its service accounts. Its zero value is what most tests begin with.
type shop struct {
	// accounts are the federations, each "key/service account", in namespace shop; by default
	// one/a, one/b and one/c.
	accounts []string
	cluster  cluster.ClusterArgs
	webhook  webhook.WebhookReleaseArgs
	workload workload.FederatedWorkloadArgs

	edit      func([]workload.FederationArgs) // changes the federations
	noWebhook bool
	ownGroup  bool // the cluster makes its resource group

	// The components' names; by default main, webhook and orders.
	clusterName, webhookName, workloadName string
	// options are those of the component cluster, webhook or workload.
	options func(component string) []pulumi.ResourceOption
	// more registers what else the program has, after the cluster and before the workload.
	more func(ctx *pulumi.Context, c *cluster.Cluster) error
}

func (s shop) program(ctx *pulumi.Context) error {
	options := s.options
	if options == nil {
		options = func(string) []pulumi.ResourceOption { return nil }
	}
	clusterArgs := s.cluster
	if !s.ownGroup {
		clusterArgs.ResourceGroupName = pulumi.String(resourceGroup)
	}
	if clusterArgs.DnsPrefix == nil {
		clusterArgs.DnsPrefix = pulumi.String("main")
	}
	c, err := cluster.NewCluster(ctx, cmp.Or(s.clusterName, "main"), &clusterArgs, options("cluster")...)
	if err != nil {
		return err
	}
	var after []pulumi.Resource
	if !s.noWebhook {
		hookArgs := s.webhook
		hookArgs.TenantId = c.TenantId
		hook, err := webhook.NewWebhookRelease(ctx, cmp.Or(s.webhookName, "webhook"), &hookArgs, append(c.InCluster(), options("webhook")...)...)
		if err != nil {
			return err
		}
		after = append(after, hook.Release)
	}
	if s.more != nil {
		if err := s.more(ctx, c); err != nil {
			return err
		}
	}

	args := s.workload
	if args.Identity == nil || args.Identity.Kind != workload.Application {
		args.ResourceGroupName = pulumi.String(resourceGroup)
	}
	accounts := s.accounts
	if accounts == nil {
		accounts = []string{"one/a", "one/b", "one/c"}
	}
	federate(&args, c, accounts, after)
	if s.edit != nil {
		s.edit(args.Federations)
	}
	if args.Grants == nil {
		args.Grants = []workload.GrantArgs{{
			Role: "Key Vault Secrets User", Scope: pulumi.String(vaultScope), ScopeKey: "vault",
		}}
	}
	w, err := workload.NewFederatedWorkload(ctx, cmp.Or(s.workloadName, "orders"), &args, options("workload")...)
	if err != nil {
		return err
	}
	ctx.Export("clientId", w.ClientId)
	ctx.Export("kubeconfig", c.Kubeconfig)
	return nil
}

// vaultScope is the id of a vault that is not in the stack.
const vaultScope = "/subscriptions/" + fake.SubscriptionID + "/resourceGroups/team/providers/Microsoft.KeyVault/vaults/team"

// federate adds the federations, each given as "key/service account", and the cluster as their
// target.
func federate(args *workload.FederatedWorkloadArgs, c *cluster.Cluster, accounts []string, after []pulumi.Resource) {
	args.ServiceAccount = &workload.ServiceAccountArgs{Namespace: "shop", CreateNamespace: true}
	for _, a := range accounts {
		key, name, ok := strings.Cut(a, "/")
		if !ok {
			panic(a + " has no slash")
		}
		if !slices.ContainsFunc(args.Targets, func(t workload.Target) bool { return t.Key == key }) {
			args.Targets = append(args.Targets, workload.NewTarget(key, c, after...))
		}
		args.Federations = append(args.Federations, workload.FederationArgs{Target: key, ServiceAccount: name})
	}
}

// credentialOf returns the Pulumi name of the credential of shop's federation one/account.
func credentialOf(account string) string { return "orders-credential-one.shop." + account }

// only returns the one id of a type in Azure.
func only(t *testing.T, w *fake.World, typ string) string {
	t.Helper()
	ids := w.IDs(typ)
	if len(ids) != 1 {
		t.Fatalf("%d of type %s are there, want 1: %v", len(ids), typ, ids)
	}
	return ids[0]
}

// equal compares what the engine did with what it should have done.
func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// oneAtATime fails if two writes of federated credentials under one identity ran at the same time,
// or one was refused.
func oneAtATime(t *testing.T, ops fake.Ops) {
	t.Helper()
	for i, a := range ops {
		if a.Owner != "" && a.Err != nil {
			t.Errorf("%s", a)
		}
		for _, b := range ops[i+1:] {
			if a.Owner != "" && a.Owner == b.Owner && a.Overlap(b) {
				t.Errorf("at the same time under one identity: %s, %s", a, b)
			}
		}
	}
}
