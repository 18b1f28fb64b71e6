package cluster

import (
	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// kubeletIdentity is the key of the nodes' identity in AKS's identity profile.
const kubeletIdentity = "kubeletidentity"

func controlPlaneIdentity(args *ClusterArgs) *containerservice.ManagedClusterIdentityArgs {
	if args.ControlPlaneIdentityId == nil {
		return &containerservice.ManagedClusterIdentityArgs{
			Type: containerservice.ResourceIdentityTypePtr("SystemAssigned"),
		}
	}
	return &containerservice.ManagedClusterIdentityArgs{
		Type:                   containerservice.ResourceIdentityTypePtr("UserAssigned"),
		UserAssignedIdentities: pulumi.StringArray{required(args.ControlPlaneIdentityId)},
	}
}

// kubeletProfile is nothing where AKS creates the nodes' identity.
func kubeletProfile(k *KubeletIdentityArgs) containerservice.UserAssignedIdentityMapInput {
	if k == nil {
		return nil
	}
	return containerservice.UserAssignedIdentityMap{
		kubeletIdentity: &containerservice.UserAssignedIdentityArgs{
			ResourceId: optional(k.IdentityId),
			ClientId:   optional(k.ClientId),
			ObjectId:   optional(k.ObjectId),
		},
	}
}

// entraProfile is the managed integration, in which AKS runs the server
// application; the older one with applications of one's own is gone.
// Source: learn.microsoft.com, "Enable managed identity authentication on AKS with
// Microsoft Entra ID".
func entraProfile(e *EntraArgs) containerservice.ManagedClusterAADProfilePtrInput {
	if e == nil {
		return nil
	}
	return &containerservice.ManagedClusterAADProfileArgs{
		Managed:             pulumi.Bool(true),
		EnableAzureRBAC:     boolOr(e.AzureRbac, false),
		AdminGroupObjectIDs: e.AdminGroupObjectIds,
		TenantID:            e.TenantId,
	}
}
