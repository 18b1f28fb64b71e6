package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
)

// export sets the stack's outputs (R26). Their names and shapes are a contract with `make verify` and with other stacks.
//
// kubeconfig is secret. In the rest nothing is: client ids, tenants, issuers and names of secrets are no credentials.
func (g *graph) export(ctx *pulumi.Context, deployed map[string]*workload.FederatedWorkload) {
	ctx.Export("clusterName", g.cluster.ClusterName)
	ctx.Export("clusterId", g.cluster.ClusterId)
	ctx.Export("resourceGroup", g.group.name)
	ctx.Export("nodeResourceGroup", g.cluster.NodeResourceGroup)
	ctx.Export("issuerUrl", g.cluster.IssuerUrl)
	ctx.Export("tenantId", pulumi.String(g.account.TenantId))
	ctx.Export("subscriptionId", pulumi.String(g.account.SubscriptionId))
	ctx.Export("cloud", pulumi.String(g.config.Cloud))
	ctx.Export("kubeconfig", pulumi.ToSecret(g.cluster.Kubeconfig))

	workloads := pulumi.Map{}
	for name, d := range deployed {
		workloads[name] = g.workloadOutputs(d, clusterKey(ctx.Stack()), g.config.Workloads[name].Secrets)
	}
	ctx.Export("workloads", workloads)
}

func (g *graph) workloadOutputs(d *workload.FederatedWorkload, ownKey string, reads []string) pulumi.Map {
	secrets := pulumi.MapArray{}
	for _, name := range reads {
		secrets = append(secrets, pulumi.Map{
			"vaultUrl": g.vault.url,
			"name":     pulumi.String(name),
		})
	}
	return pulumi.Map{
		"clientId":                  d.ClientId,
		"principalId":               d.PrincipalId,
		"tenantId":                  d.TenantId,
		"identityId":                d.IdentityId,
		"identityKind":              d.IdentityKind,
		"federations":               federationOutputs(d.Federations, ownKey),
		"secrets":                   secrets,
		"serviceAccountAnnotations": d.ServiceAccountAnnotations,
		"podLabels":                 d.PodLabels,
		"helmValues":                d.HelmValues,
	}
}

// federationOutputs leaves out the component's key, which means something in resource names only. Another key than ownKey,
// that of the stack's cluster, becomes "elsewhere": the federation trusts an issuer of its own, and this stack's cluster
// says nothing about it.
func federationOutputs(federations pulumi.MapArrayOutput, ownKey string) pulumi.Output {
	return federations.ApplyT(func(all []map[string]any) []map[string]any {
		list := make([]map[string]any, 0, len(all))
		for _, f := range all {
			kept := make(map[string]any, len(f))
			for _, key := range []string{"namespace", "serviceAccount", "issuer", "subject", "audience", "credentialId"} {
				kept[key] = f[key]
			}
			if f["key"] != ownKey {
				kept["elsewhere"] = true
			}
			list = append(list, kept)
		}
		return list
	})
}
