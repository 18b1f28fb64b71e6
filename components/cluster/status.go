package cluster

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// response is Azure's description of a managed cluster that is created or looked up.
type response struct {
	nodeResourceGroup pulumi.StringPtrOutput
	fqdn, privateFqdn pulumi.StringOutput
	identity          containerservice.ManagedClusterIdentityResponsePtrOutput
	identityProfile   containerservice.UserAssignedIdentityResponseMapOutput
	issuer            containerservice.ManagedClusterOIDCIssuerProfileResponsePtrOutput
	// managed is nil for a cluster that was looked up, whose issuer its owner turns on.
	managed *containerservice.ManagedCluster
}

func responseOf(m *containerservice.ManagedCluster) *response {
	return &response{
		nodeResourceGroup: m.NodeResourceGroup, fqdn: m.Fqdn, privateFqdn: m.PrivateFQDN,
		identity: m.Identity, identityProfile: m.IdentityProfile, issuer: m.OidcIssuerProfile, managed: m,
	}
}

// planned returns what a preview knows about the cluster that it may update. azure-native (2.x,
// provider/pkg/provider/provider.go, Update) then knows its name and its location only, so that
// role assignments of the kubelet identity would seem replaced, and credentials with the issuer
// changed, whatever the update is about. Nothing of it changes in an update, but for the control
// plane's identity, so that it is read from the cluster as it is. Of a cluster that the update
// creates or replaces the name is unknown, and so is all this.
func (r *registration) planned(args *ClusterArgs, at address, managed *containerservice.ManagedCluster) *response {
	live := responseOfLookup(containerservice.LookupManagedClusterOutput(r.ctx, containerservice.LookupManagedClusterOutputArgs{
		ResourceGroupName: at.resourceGroup,
		ResourceName:      at.cluster,
	}, pulumi.Parent(r.component)))
	live.managed = managed
	same := pulumi.All(live.identity, inputs.Text(args.ControlPlaneIdentityId)).ApplyT(func(values []any) pulumi.BoolOutput {
		now, _ := values[0].(*controlPlaneIdentity)
		if strings.EqualFold(userAssignedID(now), values[1].(string)) {
			return pulumi.Bool(true).ToBoolOutput()
		}
		return pulumi.UnsafeUnknownOutput([]pulumi.Resource{managed}).ApplyT(func(any) bool { return false }).(pulumi.BoolOutput)
	})
	live.identity = pulumi.All(live.identity, same).ApplyT(func(values []any) *controlPlaneIdentity {
		now, _ := values[0].(*controlPlaneIdentity)
		return now
	}).(containerservice.ManagedClusterIdentityResponsePtrOutput)
	return live
}

func responseOfLookup(m containerservice.LookupManagedClusterResultOutput) *response {
	return &response{
		nodeResourceGroup: m.NodeResourceGroup(), fqdn: m.Fqdn(), privateFqdn: m.PrivateFQDN(),
		identity: m.Identity(), identityProfile: m.IdentityProfile(), issuer: m.OidcIssuerProfile(),
	}
}

// unknown returns text that a preview cannot know.
func (from *response) unknown() pulumi.StringOutput {
	var resources []pulumi.Resource
	if from.managed != nil {
		resources = append(resources, from.managed)
	}
	return pulumi.UnsafeUnknownOutput(resources).ApplyT(func(any) string { return "" }).(pulumi.StringOutput)
}

// status has the outputs of a cluster that Azure decides.
type status struct {
	nodeResourceGroup, apiServerFqdn                    pulumi.StringOutput
	issuerURL, tenantID                                 pulumi.StringOutput
	principalID, controlPlaneIdentityID                 pulumi.StringOutput
	kubeletIdentityID, kubeletClientID, kubeletObjectID pulumi.StringOutput
}

// status returns what Azure reports about the cluster.
func (r *registration) status(at address, from *response) *status {
	kubelet := func(pick func(*kubeletIdentity) *string) pulumi.StringOutput {
		return r.reported(from, "kubelet identity", from.identityProfile.ApplyT(func(profile map[string]kubeletIdentity) string {
			identity := profile[nodeIdentityKey]
			return deref(pick(&identity))
		}))
	}
	issuer := r.issuer(at, from)
	return &status{
		nodeResourceGroup: r.reported(from, "node resource group", from.nodeResourceGroup.ApplyT(deref)),
		// The private name is that of a private cluster without a public one.
		apiServerFqdn: r.reported(from, "host name of its API server", pulumi.All(from.fqdn, from.privateFqdn).ApplyT(func(names []any) string {
			return cmp.Or(names[0].(string), names[1].(string))
		})),
		issuerURL:              issuer,
		tenantID:               r.tenant(from, issuer),
		principalID:            r.reported(from, "principal of its identity", from.identity.ApplyT(principalOf)),
		controlPlaneIdentityID: from.identity.ApplyT(userAssignedID).(pulumi.StringOutput),
		kubeletIdentityID:      kubelet(func(k *kubeletIdentity) *string { return k.ResourceId }),
		kubeletClientID:        kubelet(func(k *kubeletIdentity) *string { return k.ClientId }),
		kubeletObjectID:        kubelet(func(k *kubeletIdentity) *string { return k.ObjectId }),
	}
}

// reported returns text that Azure must report. If it is empty, it is unknown in a preview, and an
// error in an update.
func (r *registration) reported(from *response, what string, text pulumi.Output) pulumi.StringOutput {
	return text.ApplyT(func(text string) (pulumi.StringOutput, error) {
		switch {
		case text != "":
			return pulumi.String(text).ToStringOutput(), nil
		case r.ctx.DryRun():
			return from.unknown(), nil
		}
		return pulumi.StringOutput{}, r.errNotReported(what)
	}).(pulumi.StringOutput)
}

func (r *registration) errNotReported(what string) error {
	return problem.New(fmt.Sprintf("AKS reported no %s for cluster %q", what, r.name), "run \"pulumi refresh\" and \"pulumi up\" again")
}

// tenant returns the tenant of the control plane's identity: the reported one, else that of the
// issuer's URL, else that of the deployer, whose token Azure has accepted for the subscription.
func (r *registration) tenant(from *response, issuer pulumi.StringOutput) pulumi.StringOutput {
	return from.identity.ApplyT(func(identity *controlPlaneIdentity) (pulumi.StringOutput, error) {
		if tenant := tenantOf(identity, ""); tenant != "" {
			return pulumi.String(tenant).ToStringOutput(), nil
		}
		if userAssignedID(identity) == "" {
			if r.ctx.DryRun() {
				return from.unknown(), nil
			}
			return pulumi.StringOutput{}, r.errNotReported("tenant of its identity")
		}
		return issuer.ApplyT(func(issuer string) (string, error) {
			if tenant := tenantOf(nil, issuer); tenant != "" {
				return tenant, nil
			}
			client, err := authorization.GetClientConfig(r.ctx, pulumi.Parent(r.component))
			if err != nil {
				return "", fmt.Errorf("tenant of cluster %q: %w", r.name, err)
			}
			return client.TenantId, nil
		}).(pulumi.StringOutput), nil
	}).(pulumi.StringOutput)
}

// Azure's descriptions of identities.
type (
	controlPlaneIdentity = containerservice.ManagedClusterIdentityResponse
	kubeletIdentity      = containerservice.UserAssignedIdentityResponse
)

// userAssignedID returns the resource id of the control plane's user-assigned identity, or "" for a
// system-assigned one. AKS accepts one user-assigned identity.
func userAssignedID(identity *controlPlaneIdentity) string {
	if identity == nil {
		return ""
	}
	ids := make([]string, 0, len(identity.UserAssignedIdentities))
	for id := range identity.UserAssignedIdentities {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return ""
	}
	return slices.Min(ids)
}

// principalOf returns the object id of the control plane's identity.
func principalOf(identity *controlPlaneIdentity) string {
	if identity == nil {
		return ""
	}
	return cmp.Or(identity.UserAssignedIdentities[userAssignedID(identity)].PrincipalId, identity.PrincipalId)
}

// tenantOf returns the tenant of the control plane's identity, which Azure reports for a
// system-assigned one, else that of the issuer's URL,
// https://{region}.oic.prod-aks.azure.com/{tenant}/{cluster}/. It is empty for the older form of
// the URL, which has no tenant.
func tenantOf(identity *controlPlaneIdentity, issuer string) string {
	if identity != nil && identity.TenantId != "" {
		return identity.TenantId
	}
	parts := strings.Split(strings.TrimSuffix(issuer, "/"), "/")
	if len(parts) == 5 && azure.IsGUID(parts[3]) {
		return parts[3]
	}
	return ""
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
