package cluster

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// read takes the component's outputs from what Azure reports. What is missing is
// unknown in a preview, and an error after that.
func (c *Cluster) read(ctx *pulumi.Context, name string, r report) {
	reported := func(what string, o pulumi.Output, pick func(any) string) pulumi.StringOutput {
		return o.ApplyT(func(v any) (pulumi.StringOutput, error) {
			if s := pick(v); s != "" {
				return pulumi.String(s).ToStringOutput(), nil
			}
			if ctx.DryRun() {
				return c.unknown(), nil
			}
			return pulumi.StringOutput{}, problem.New(fmt.Sprintf("AKS reported no %s for cluster %q", what, name), "run \"pulumi refresh\" and \"pulumi up\" again")
		}).(pulumi.StringOutput)
	}
	identity := func(pick func(*identityResponse) string) func(any) string {
		return func(v any) string { i, _ := v.(*identityResponse); return pick(i) }
	}
	nodes := func(pick func(containerservice.UserAssignedIdentityResponse) *string) func(any) string {
		return func(v any) string {
			profile, _ := v.(map[string]containerservice.UserAssignedIdentityResponse)
			return deref(pick(nodesOf(profile)))
		}
	}

	c.NodeResourceGroup = reported("node resource group", r.nodeResourceGroup, func(v any) string { s, _ := v.(*string); return deref(s) })
	c.ApiServerFqdn = reported("host name of its API server", pulumi.All(r.fqdn, r.privateFqdn), func(v any) string {
		both, _ := v.([]any)
		return orDefault(both[0].(string), both[1].(string))
	})
	c.PrincipalId = reported("principal of its identity", r.identity, identity(principalOf))
	c.ControlPlaneIdentityId = r.identity.ApplyT(func(i *identityResponse) string {
		id, _ := assigned(i)
		return id
	}).(pulumi.StringOutput)
	c.KubeletIdentityId = reported("kubelet identity", r.kubelet, nodes(func(u containerservice.UserAssignedIdentityResponse) *string { return u.ResourceId }))
	c.KubeletClientId = reported("kubelet identity", r.kubelet, nodes(func(u containerservice.UserAssignedIdentityResponse) *string { return u.ClientId }))
	c.KubeletObjectId = reported("kubelet identity", r.kubelet, nodes(func(u containerservice.UserAssignedIdentityResponse) *string { return u.ObjectId }))
	c.IssuerUrl = c.issuer(ctx, name, r)
	c.TenantId = c.tenant(ctx, name, r)
}

// tenant is the tenant of the control plane's identity: as reported, else that of
// the deployer, whose token Azure has accepted for the cluster's subscription.
func (c *Cluster) tenant(ctx *pulumi.Context, name string, r report) pulumi.StringOutput {
	return r.identity.ApplyT(func(identity *identityResponse) (pulumi.StringOutput, error) {
		if tenant := tenantOf(identity, ""); tenant != "" {
			return pulumi.String(tenant).ToStringOutput(), nil
		}
		if id, _ := assigned(identity); id == "" {
			if ctx.DryRun() {
				return c.unknown(), nil
			}
			return pulumi.StringOutput{}, problem.New(fmt.Sprintf("AKS reported no tenant of its identity for cluster %q", name), "run \"pulumi refresh\" and \"pulumi up\" again")
		}
		return c.IssuerUrl.ApplyT(func(issuer string) (string, error) {
			if tenant := tenantOf(nil, issuer); tenant != "" {
				return tenant, nil
			}
			client, err := authorization.GetClientConfig(ctx, pulumi.Parent(c))
			if err != nil {
				return "", fmt.Errorf("tenant of cluster %q: %w", name, err)
			}
			return client.TenantId, nil
		}).(pulumi.StringOutput), nil
	}).(pulumi.StringOutput)
}

// unknown is a string that a preview cannot know.
func (c *Cluster) unknown() pulumi.StringOutput {
	var from []pulumi.Resource
	if owner := c.DeletedWith(); owner != nil {
		from = append(from, owner)
	}
	return pulumi.UnsafeUnknownOutput(from).ApplyT(func(any) string { return "" }).(pulumi.StringOutput)
}
