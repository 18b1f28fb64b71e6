package main

import (
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	"github.com/pulumi/pulumi-azure-native-sdk/resources/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/webhook"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
)

// Program deploys two clusters in two regions and three applications on both: one with a new
// user-assigned identity, one that is an Entra application, and one whose identity exists already.
func Program(ctx *pulumi.Context) error {
	group, err := resources.NewResourceGroup(ctx, "fleet", &resources.ResourceGroupArgs{Location: pulumi.String("westeurope")})
	if err != nil {
		return err
	}
	existing, err := managedidentity.NewUserAssignedIdentity(ctx, "legacy", &managedidentity.UserAssignedIdentityArgs{
		ResourceGroupName: group.Name,
	})
	if err != nil {
		return err
	}
	var clusters []*cluster.Cluster
	var targets []workload.Target
	for _, region := range []string{"westeurope", "northeurope"} {
		c, target, err := deployCluster(ctx, region)
		if err != nil {
			return err
		}
		clusters, targets = append(clusters, c), append(targets, target)
	}

	kinds := map[string]*workload.FederatedWorkloadArgs{
		"orders": {
			ResourceGroupName: group.Name,
			// 14 federations: seven service accounts in each of two clusters.
			Targets:     targets,
			Federations: accounts("orders", 7),
			Grants:      []workload.GrantArgs{{Role: "Reader", Scope: group.ID(), ScopeKey: "group"}},
		},
		"reports": {
			Identity: &workload.IdentityArgs{Kind: workload.Application},
			// Eight federations: four service accounts in each of two clusters.
			Targets:     targets,
			Federations: accounts("reports", 4),
			Grants:      []workload.GrantArgs{{Preset: workload.ListRoleAssignments, Scope: group.ID(), ScopeKey: "group"}},
		},
		"legacy": {
			Identity: &workload.IdentityArgs{Kind: workload.ExistingUserAssigned, Id: existing.ID()},
			// Three federations, in one cluster only.
			Targets:     targets[:1],
			Federations: accounts("legacy", 3),
		},
	}
	workloads := map[string]*workload.FederatedWorkload{}
	for name, args := range kinds {
		args.ServiceAccount = &workload.ServiceAccountArgs{CreateNamespace: true}
		w, err := workload.NewFederatedWorkload(ctx, name, args)
		if err != nil {
			return err
		}
		workloads[name] = w
	}
	export(ctx, clusters, workloads)
	return nil
}

// deployCluster registers a cluster with the webhook in it.
func deployCluster(ctx *pulumi.Context, region string) (*cluster.Cluster, workload.Target, error) {
	c, err := cluster.NewCluster(ctx, region, &cluster.ClusterArgs{Location: pulumi.String(region)})
	if err != nil {
		return nil, workload.Target{}, err
	}
	hook, err := webhook.NewWebhookRelease(ctx, region+"-webhook", &webhook.WebhookReleaseArgs{TenantId: c.TenantId}, c.InCluster()...)
	if err != nil {
		return nil, workload.Target{}, err
	}
	return c, workload.NewTarget(region, c, hook.Release), nil
}

// accounts returns n service accounts in the application's namespace.
func accounts(application string, n int) []workload.FederationArgs {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s/%s-%d", application, application, i+1)
	}
	return workload.Accounts(list...)
}
