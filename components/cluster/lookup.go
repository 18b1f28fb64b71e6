package cluster

import (
	"cmp"
	"fmt"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// LookupClusterArgs names a cluster that exists.
type LookupClusterArgs struct {
	// ResourceGroupName is the cluster's resource group. Required.
	ResourceGroupName pulumi.StringInput `pulumi:"resourceGroupName"`
	// ClusterName is the cluster's name in Azure. Required.
	ClusterName pulumi.StringInput `pulumi:"clusterName"`
	// Credentials is the way in which the Kubernetes provider signs in: user (the default), admin,
	// or kubelogin (the default with Kubelogin). A way that the cluster does not accept is an
	// error.
	Credentials CredentialMode `pulumi:"credentials,optional"`
	// Kubelogin configures the credentials kubelogin, which require it.
	Kubelogin *KubeloginArgs `pulumi:"kubelogin,optional"`
}

// Validate reports all problems with the arguments, as ClusterArgs.Validate does. LookupCluster
// calls it.
func (args *LookupClusterArgs) Validate(name string) error {
	args = cmp.Or(args, &LookupClusterArgs{})
	var l problem.List
	arguments.Check(&l, "", args)
	checkName(&l, "resourceGroupName", azure.TypeResourceGroup, args.ResourceGroupName)
	checkName(&l, "clusterName", azure.TypeManagedCluster, args.ClusterName)
	checkKubelogin(&l, args.Credentials, args.Kubelogin)
	return arguments.Err("existing cluster", name, &l)
}

// LookupCluster finds a cluster that this program does not manage, in the subscription of the Azure
// provider, and gives it the outputs of NewCluster. It reads the cluster, also in a preview, and
// registers one child, the Kubernetes provider <name>-kubernetes. If the cluster has been replaced
// by another one of the same name, the provider and this program's objects in the cluster are
// created again; the objects in the former cluster are forgotten.
//
// A cluster without an OIDC issuer is an error that says how to turn it on. Bad arguments are
// reported all at once, before anything is registered, in an error that unwraps to
// *errors.InputPropertiesError.
func LookupCluster(ctx *pulumi.Context, name string, args *LookupClusterArgs, opts ...pulumi.ResourceOption) (*Cluster, error) {
	if err := args.Validate(name); err != nil {
		return nil, err
	}

	c := &Cluster{}
	if err := ctx.RegisterComponentResource(ExistingType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering existing cluster %q: %w", name, err)
	}
	r := &registration{ctx: ctx, name: name, component: c}
	mode := credentialMode(args.Credentials, args.Kubelogin)
	found := containerservice.LookupManagedClusterOutput(ctx, containerservice.LookupManagedClusterOutputArgs{
		ResourceGroupName: args.ResourceGroupName,
		ResourceName:      args.ClusterName,
	}, pulumi.Parent(c))

	c.ResourceGroupName = args.ResourceGroupName.ToStringOutput()
	c.ClusterName = r.checkedName(found, mode)
	c.ClusterId = found.Id()
	c.Location = found.Location()
	c.WorkloadIdentityAddon = found.SecurityProfile().ApplyT(hasAddon).(pulumi.BoolOutput)
	at := address{resourceGroup: c.ResourceGroupName, cluster: c.ClusterName}
	c.setStatus(r.status(at, responseOfLookup(found)))
	c.Kubeconfig = r.kubeconfig(at, mode, args.Kubelogin)
	provider, err := r.registerProvider(&kubernetes.ProviderArgs{
		Kubeconfig: c.Kubeconfig,
		// The cluster can be replaced without this program's knowledge, and then has the resource
		// id of the former one, but never its issuer.
		ClusterIdentifier: c.IssuerUrl,
		// The objects in the former cluster are gone. This lets Pulumi forget them, instead of
		// failing at every update because it cannot delete them (provider/pkg/provider/provider.go
		// of the Kubernetes provider, v4.30.0, Delete and Read). A refresh or a destroy that cannot
		// reach the cluster forgets its objects too, with a warning; the next update takes them
		// over again.
		DeleteUnreachable: pulumi.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	c.Provider = provider
	c.registerOutputs(ctx)
	return c, nil
}

// checkedName returns the cluster's name once the mode is known to work with it, so that
// credentials are asked for only where they can exist.
func (r *registration) checkedName(found containerservice.LookupManagedClusterResultOutput, mode CredentialMode) pulumi.StringOutput {
	return found.ApplyT(func(m containerservice.LookupManagedClusterResult) (string, error) {
		if err := checkAccess(&m, mode); err != nil {
			return "", fmt.Errorf("credentials of existing cluster %q: %w", r.name, err)
		}
		return m.Name, nil
	}).(pulumi.StringOutput)
}

// checkAccess reports why a mode cannot work with a cluster, as ClusterArgs.Validate does for a new
// one.
func checkAccess(m *containerservice.LookupManagedClusterResult, mode CredentialMode) error {
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

// hasAddon reports whether the workload identity add-on is on.
func hasAddon(profile *containerservice.ManagedClusterSecurityProfileResponse) bool {
	return profile != nil && profile.WorkloadIdentity != nil && profile.WorkloadIdentity.Enabled != nil && *profile.WorkloadIdentity.Enabled
}
