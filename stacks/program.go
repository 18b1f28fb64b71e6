// Package stacks is the program: it reads one environment's configuration, strictly, and deploys the whole graph from the
// components.
package stacks

import (
	"fmt"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
)

// platformName is the logical name of what a stack has once. Azure's names follow from it by Pulumi's autonaming; a change
// replaces the cluster.
const platformName = "platform"

// Run is the Pulumi program: pulumi.Run(stacks.Run).
//
// It reads the stack's configuration (see Config) and returns a *ConfigError with every problem in it, before any resource
// is registered. Otherwise it registers the whole graph:
//
//	resource group ─┬─ cluster ─── webhook ──┐
//	                ├─ vault ─ secrets ──┐   ├─ namespaces, service accounts
//	                └─ identities ─ grants   │
//	                   └─ credentials ───────┘ (the cluster's issuer)
//
// Vault, identities and grants on them are created while AKS is still being created. ProgramPlatform stops before the
// identities; ProgramWorkloads takes the clusters from the outputs of other stacks.
func Run(ctx *pulumi.Context) error {
	s := settingsOf(ctx)
	config, err := Load(ctx.Project(), ctx.Stack(), s.values, s.secret)
	if err != nil {
		return err
	}
	return deploy(ctx, config)
}

// graph is what has been registered so far.
type graph struct {
	config *Config
	// account is the tenant and subscription that the Azure provider works in.
	account *authorization.GetClientConfigResult
	group   group
	// cluster is the stack's own; nil for ProgramWorkloads.
	cluster *cluster.Cluster
	// webhook is nil unless the stack installs the chart.
	webhook *webhook.WebhookRelease
	// platforms are the outputs of the platforms' stacks, by platform and output.
	platforms map[string]map[string]pulumi.StringOutput
	// targets are the clusters that workloads run on.
	targets []*target
	// vault is nil when the stack has none.
	vault *vault
}

func deploy(ctx *pulumi.Context, config *Config) error {
	account, err := authorization.GetClientConfig(ctx)
	if err != nil {
		return fmt.Errorf("asking Azure for tenant and subscription: %w; log in with \"az login\", or set ARM_TENANT_ID, ARM_SUBSCRIPTION_ID and a credential, "+
			"or run the stack on the sandbox", err)
	}
	g := &graph{config: config, account: account}
	parts := []func(*pulumi.Context) error{g.deployGroup, g.deployVault, g.deployCluster, g.deployWebhook, g.deployNamespaces}
	if config.Program == ProgramWorkloads {
		// First the platforms, because one of them may not fit.
		parts = []func(*pulumi.Context) error{g.deployPlatforms, g.deployGroup, g.deployVault, g.deployNamespaces}
	}
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return err
		}
	}
	deployed, err := g.deployWorkloads(ctx)
	if err != nil {
		return err
	}
	g.export(ctx, deployed)
	return nil
}

// group is the resource group of the stack.
type group struct {
	id, name pulumi.StringOutput
}

func (g *graph) deployGroup(ctx *pulumi.Context) error {
	c := g.config.ResourceGroup
	if c.Existing {
		g.group = group{
			id:   pulumi.Sprintf("/subscriptions/%s/resourceGroups/%s", g.account.SubscriptionId, c.Name),
			name: pulumi.String(c.Name).ToStringOutput(),
		}
		return nil
	}
	r, err := resources.NewResourceGroup(ctx, platformName, &resources.ResourceGroupArgs{
		ResourceGroupName: optional(c.Name),
		Location:          pulumi.String(g.config.Location),
		Tags:              g.tags(),
	})
	if err != nil {
		return fmt.Errorf("registering the resource group: %w", err)
	}
	g.group = group{id: r.ID().ToStringOutput(), name: r.Name}
	return nil
}

// tags is nil without tags, because an empty map would be a difference to Azure's answer.
func (g *graph) tags() pulumi.StringMapInput {
	if len(g.config.Tags) == 0 {
		return nil
	}
	return pulumi.ToStringMap(g.config.Tags)
}

// optional is nil for the empty text, which in Config means "not given".
func optional(s string) pulumi.StringPtrInput {
	if s == "" {
		return nil
	}
	return pulumi.String(s)
}
