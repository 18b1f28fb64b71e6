package stacks

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// Cluster describes the AKS cluster: every argument of the Cluster component that the stack does
// not set itself.
type Cluster struct {
	cluster.ClusterArgs
	// Existing uses a cluster that exists instead of creating one. It excludes every other key of
	// the section. Default: none.
	Existing *ExistingCluster `config:"existing"`
}

// OwnedKeys returns the component's arguments that the stack sets itself.
func (Cluster) OwnedKeys() []string {
	return []string{"resourceGroupName", "location", "tags", "workloadIdentityAddon"}
}

// ExistingCluster names a cluster that exists: every argument of LookupCluster.
type ExistingCluster struct {
	cluster.LookupClusterArgs
}

// clusterArgs returns the component's arguments, but for those that only the graph knows.
func (c *Config) clusterArgs() *cluster.ClusterArgs {
	args := c.Cluster.ClusterArgs
	args.Location = pulumi.String(c.Location)
	args.WorkloadIdentityAddon = c.Webhook.Mode == WebhookAddon
	return &args
}

// existingCluster checks that nothing is asked of a cluster that the stack does not own.
func (v *validator) existingCluster() {
	if v.config.Cluster.Existing == nil {
		return
	}
	for _, key := range v.keysGiven("cluster") {
		if key != "existing" {
			v.Add(v.root("cluster").Key(key), "is given for a cluster that exists", "remove it; the stack changes nothing of that cluster")
		}
	}
	if v.config.Webhook.Mode == WebhookAddon {
		v.Add(v.root("webhook").Field("mode"), "is addon for a cluster that exists, whose add-ons are not this stack's",
			"use none if the add-on is on there, or chart")
	}
}

// registerCluster registers the stack's cluster, or looks up the one that exists, and makes it the
// one target.
func (g *graph) registerCluster(ctx *pulumi.Context) error {
	c, err := g.newCluster(ctx)
	if err != nil {
		return err
	}
	g.cluster = c
	own := &target{key: clusterKey(ctx.Stack()), id: c.ClusterId, issuer: c.IssuerUrl, provider: c.Provider}
	if c.Managed != nil {
		own.managed = c.Managed
	}
	g.targets = []*target{own}
	return nil
}

func (g *graph) newCluster(ctx *pulumi.Context) (*cluster.Cluster, error) {
	if existing := g.config.Cluster.Existing; existing != nil {
		return cluster.LookupCluster(ctx, platformName, &existing.LookupClusterArgs)
	}
	args := g.config.clusterArgs()
	args.ResourceGroupName = g.group.name.ToStringPtrOutput()
	args.Tags = g.tags()
	return cluster.NewCluster(ctx, platformName, args)
}

// clusterKey returns the key of the stack's cluster in the names of federated credentials. It holds
// the stack's name, so that stacks which federate the same existing identity (dev and prod, say) do
// not fight over one credential. Stack names may have full stops and be longer than a key, and then
// end with a hash of the exact name.
func clusterKey(stack string) string {
	key := strings.ReplaceAll(stack, ".", "-")
	if key == stack && azure.ValidateKey(key) == nil {
		return key
	}
	sum := sha256.Sum256([]byte(stack))
	suffix := "-" + hex.EncodeToString(sum[:])[:8]
	key = strings.TrimLeft(key, "-_")
	return "s" + key[:min(len(key), azure.MaxKeyLength-1-len(suffix))] + suffix
}
