package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/workload"
)

// export sets the stack's outputs (R26). Their names and shapes are a contract with `make verify`
// and with other stacks.
//
// kubeconfig is secret. In the rest nothing is: client ids, tenants, issuers and names of secrets
// are no credentials.
func (g *graph) export(ctx *pulumi.Context, deployed map[string]*workload.FederatedWorkload) {
	ctx.Export("resourceGroup", g.group.name)
	ctx.Export("tenantId", pulumi.String(g.account.TenantId))
	ctx.Export("subscriptionId", pulumi.String(g.account.SubscriptionId))
	ctx.Export("cloud", pulumi.String(g.config.Cloud))
	if g.cluster != nil {
		ctx.Export("clusterName", g.cluster.ClusterName)
		ctx.Export("clusterId", g.cluster.ClusterId)
		ctx.Export("nodeResourceGroup", g.cluster.NodeResourceGroup)
		ctx.Export("issuerUrl", g.cluster.IssuerUrl)
		ctx.Export("kubeconfig", pulumi.ToSecret(g.cluster.Kubeconfig))
	}
	if g.vault != nil {
		ctx.Export("vaultId", g.vault.id)
		ctx.Export("vaultUrl", g.vault.url)
	}
	if len(g.platforms) > 0 {
		ctx.Export("clusters", g.platformOutputs())
	}
	workloads := pulumi.Map{}
	for name, d := range deployed {
		workloads[name] = g.workloadOutputs(d, g.config.Workloads[name].Secrets)
	}
	ctx.Export("workloads", workloads)
}

// platformOutputs describe the clusters of other stacks, by platform, so that what reads this
// stack's outputs need not know theirs. The kubeconfigs are secret.
func (g *graph) platformOutputs() pulumi.Map {
	all := pulumi.Map{}
	for name, outputs := range g.platforms {
		one := pulumi.Map{}
		for _, output := range platformOutputs {
			one[output] = outputs[output]
		}
		one["kubeconfig"] = pulumi.ToSecret(outputs["kubeconfig"])
		all[name] = one
	}
	return all
}

func (g *graph) workloadOutputs(d *workload.FederatedWorkload, reads []string) pulumi.Map {
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
		"federations":               g.federationOutputs(d.Federations),
		"secrets":                   secrets,
		"serviceAccountAnnotations": d.ServiceAccountAnnotations,
		"podLabels":                 d.PodLabels,
		"podAnnotations":            d.PodAnnotations,
		"sqlScripts":                d.SqlScripts,
		"helmValues":                d.HelmValues,
	}
}

// federationOutputs returns the federations, each with the place of its service account instead of
// the component's key, which means something in resource names only: nothing for the stack's own
// cluster, the platform's name for one of another stack, and "elsewhere" for an issuer that the
// stack file gives, of whose cluster this stack knows nothing.
func (g *graph) federationOutputs(federations pulumi.MapArrayOutput) pulumi.Output {
	clusters := map[any]string{}
	for _, t := range g.targets {
		clusters[t.key] = t.name
	}
	return federations.ApplyT(func(all []map[string]any) []map[string]any {
		list := make([]map[string]any, 0, len(all))
		for _, f := range all {
			kept := make(map[string]any, len(f))
			for _, key := range []string{"namespace", "serviceAccount", "issuer", "subject", "audience", "credentialId"} {
				kept[key] = f[key]
			}
			switch name, here := clusters[f["key"]]; {
			case !here:
				kept["elsewhere"] = true
			case name != "":
				kept["cluster"] = name
			}
			list = append(list, kept)
		}
		return list
	})
}
