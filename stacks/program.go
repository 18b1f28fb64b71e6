// Package stacks is the program: it reads one environment's configuration, strictly, and deploys
// the whole graph from the components.
//
// A subject's configuration, checks and resources stand in one file: vault.go, cluster.go,
// grants.go and so on. program.go has the order in which they are registered, load.go the way from
// the stack file to a checked Config.
package stacks

import (
	"fmt"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
)

// platformName is the logical name of what a stack has once. Azure's names follow from it by
// Pulumi's autonaming; a change replaces the cluster.
const platformName = "platform"

// Run runs the Pulumi program: pulumi.Run(stacks.Run).
//
// It reads the stack's configuration (see Config) and returns a *ConfigError with every problem in
// it, before any resource is registered. Otherwise it registers the whole graph:
//
//	resource group ─┬─ cluster ─── webhook ──┐
//	                ├─ vault ─ secrets ──┐   ├─ namespaces, service accounts
//	                └─ identities ─ grants   │
//	                   └─ credentials ───────┘ (the cluster's issuer)
//
// Vault, identities and grants on them are created while AKS is still being created.
// ProgramPlatform stops before the identities; ProgramWorkloads takes the clusters from the outputs
// of other stacks.
func Run(ctx *pulumi.Context) error {
	s := settingsOf(ctx)
	config, err := Load(ctx.Project(), ctx.Stack(), s.values, s.secret)
	if err != nil {
		return err
	}
	return deploy(ctx, config)
}

// program checks that the file has what its program needs, and nothing that the program would
// ignore.
func (v *validator) program() {
	c := v.config
	ignored := map[string]bool{}
	switch c.Program {
	case ProgramAll:
		ignored["platforms"] = len(c.Platforms) > 0
	case ProgramPlatform:
		ignored["platforms"] = len(c.Platforms) > 0
		ignored["workloads"] = len(c.Workloads) > 0
	case ProgramWorkloads:
		ignored["cluster"] = v.given("cluster")
		ignored["webhook"] = v.given("webhook")
		if len(c.Platforms) == 0 {
			v.Add(v.root("platforms"), "is required for program "+string(ProgramWorkloads),
				"name the stacks of the clusters: pulumi config set --path platforms.main.stack ORGANIZATION/PROJECT/STACK")
		}
	}
	for _, section := range sortedKeys(ignored) {
		if ignored[section] {
			v.Add(v.root(section), fmt.Sprintf("is not for program %s", c.Program),
				"move it to the stack file that it belongs to, or set program to "+string(ProgramAll))
		}
	}
	v.platforms()
	v.existingCluster()
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
	parts := []func(*pulumi.Context) error{g.registerGroup, g.registerVault, g.registerCluster, g.registerWebhook, g.registerNamespaces}
	if config.Program == ProgramWorkloads {
		// First the platforms, because one of them may not fit.
		parts = []func(*pulumi.Context) error{g.registerPlatforms, g.registerGroup, g.registerVault, g.registerNamespaces}
	}
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return err
		}
	}
	deployed, err := g.registerWorkloads(ctx)
	if err != nil {
		return err
	}
	g.export(ctx, deployed)
	return nil
}

// tags returns nil without tags, because an empty map would be a difference to Azure's answer.
func (g *graph) tags() pulumi.StringMapInput {
	if len(g.config.Tags) == 0 {
		return nil
	}
	return pulumi.ToStringMap(g.config.Tags)
}
