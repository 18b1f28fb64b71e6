package main

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/cluster"
	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
)

// export sets the outputs that `make verify` reads: what it needs to check every federation in its
// cluster.
func export(ctx *pulumi.Context, clusters []*cluster.Cluster, workloads map[string]*workload.FederatedWorkload) {
	list := pulumi.MapArray{}
	for _, c := range clusters {
		list = append(list, pulumi.Map{
			"clusterName": c.ClusterName, "issuerUrl": c.IssuerUrl, "tenantId": c.TenantId,
			"location": c.Location, "kubeconfig": c.Kubeconfig, "cloud": pulumi.String("AzurePublicCloud"),
		})
	}
	ctx.Export("clusters", list.ToMapArrayOutput().ApplyT(func(all []map[string]any) map[string]any {
		byRegion := map[string]any{}
		for _, c := range all {
			byRegion[c["location"].(string)] = c
		}
		return byRegion
	}))

	all := pulumi.Map{}
	for name, w := range workloads {
		all[name] = pulumi.Map{
			"clientId": w.ClientId, "principalId": w.PrincipalId, "tenantId": w.TenantId,
			"identityId": w.IdentityId, "identityKind": w.IdentityKind,
			"podLabels": w.PodLabels, "secrets": pulumi.MapArray{},
			"federations": w.Federations.ApplyT(func(list []map[string]any) []map[string]any {
				located := make([]map[string]any, len(list))
				for i, f := range list {
					located[i] = maps.Clone(f) // the original is the component's output
					located[i]["cluster"] = f["key"]
				}
				return located
			}),
		}
	}
	ctx.Export("workloads", all)
}
