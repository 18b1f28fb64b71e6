package cluster

import (
	"fmt"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// LookupClusterArgs names a cluster that exists.
type LookupClusterArgs struct {
	// ResourceGroupName is the cluster's resource group. Required.
	ResourceGroupName pulumi.StringInput `pulumi:"resourceGroupName"`
	// ClusterName is the cluster's name in Azure. Required.
	ClusterName pulumi.StringInput `pulumi:"clusterName"`
	// Credentials is how the Kubernetes provider gets in: user (the default), admin,
	// or kubelogin (the default when Kubelogin is given). What the cluster does not
	// accept is an error that says so.
	Credentials string `pulumi:"credentials,optional" enum:"user,admin,kubelogin"`
	// Kubelogin configures the credentials mode kubelogin, and is required for it.
	Kubelogin *KubeloginArgs `pulumi:"kubelogin,optional"`
}

// LookupCluster finds a cluster that somebody else created (R2), in the
// subscription of the Azure provider, and gives it the same outputs as NewCluster.
// It reads, also in a preview, and creates nothing but the Kubernetes provider
// <name>-kubernetes. When somebody has replaced the cluster by another one of that
// name, the provider and all objects of this program in it are made anew; those
// that went with the cluster before are forgotten.
//
// A cluster without an OIDC issuer is refused, with the way to turn it on. Bad
// arguments are reported all at once, before anything is registered, as an error
// that unwraps to *errors.InputPropertiesError.
func LookupCluster(ctx *pulumi.Context, name string, args *LookupClusterArgs, opts ...pulumi.ResourceOption) (*Cluster, error) {
	if err := args.Validate(name); err != nil {
		return nil, err
	}

	c := &Cluster{}
	if err := ctx.RegisterComponentResource(ExistingType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering existing cluster %q: %w", name, err)
	}
	if err := c.find(ctx, name, args); err != nil {
		return nil, err
	}
	c.registerOutputs(ctx)
	return c, nil
}

// find reads the cluster and registers its Kubernetes provider.
func (c *Cluster) find(ctx *pulumi.Context, name string, args *LookupClusterArgs) error {
	mode := credentialsMode(args.Credentials, args.Kubelogin)
	found := containerservice.LookupManagedClusterOutput(ctx, containerservice.LookupManagedClusterOutputArgs{
		ResourceGroupName: args.ResourceGroupName,
		ResourceName:      args.ClusterName,
	}, pulumi.Parent(c))

	c.ResourceGroupName = args.ResourceGroupName.ToStringOutput()
	// Through the check, so that credentials are asked for only where they can
	// exist.
	c.ClusterName = found.ApplyT(func(m containerservice.LookupManagedClusterResult) (string, error) {
		if err := checkAccess(&m, mode); err != nil {
			return "", fmt.Errorf("credentials of existing cluster %q: %w", name, err)
		}
		return m.Name, nil
	}).(pulumi.StringOutput)
	c.ClusterId = found.Id()
	c.Location = found.Location()
	c.WorkloadIdentityAddon = found.SecurityProfile().ApplyT(addonOf).(pulumi.BoolOutput)
	c.read(ctx, name, reportOfLookup(found))
	c.Kubeconfig = c.kubeconfig(ctx, name, mode, args.Kubelogin)
	return c.registerProvider(ctx, name)
}

// checkAccess reports why a mode cannot work with a cluster, as
// ClusterArgs.Validate does for a new one.
func checkAccess(m *containerservice.LookupManagedClusterResult, mode string) error {
	noLocal := m.DisableLocalAccounts != nil && *m.DisableLocalAccounts
	switch {
	case mode == CredentialsUser && m.AadProfile != nil:
		return errDeviceCode(noLocal)
	case mode == CredentialsAdmin && noLocal:
		return problem.New("the cluster has no local accounts, and so no admin credentials", fmt.Sprintf("choose %q, and give kubelogin.login", CredentialsKubelogin))
	case mode == CredentialsKubelogin && m.AadProfile == nil:
		return problem.New("the cluster is not integrated with Entra, so that it accepts no Entra tokens", fmt.Sprintf("choose %q", CredentialsUser))
	}
	return nil
}

// addonOf reports whether AKS's own webhook is on.
func addonOf(profile *containerservice.ManagedClusterSecurityProfileResponse) bool {
	return profile != nil && profile.WorkloadIdentity != nil && profile.WorkloadIdentity.Enabled != nil && *profile.WorkloadIdentity.Enabled
}
