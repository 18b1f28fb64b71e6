package cluster

import (
	"cmp"
	"encoding/base64"
	"fmt"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// CredentialMode is a way in which the Kubernetes provider signs in to a cluster.
type CredentialMode string

// Ways in which the Kubernetes provider signs in to a cluster.
const (
	// CredentialsUser is the kubeconfig of "Azure Kubernetes Service Cluster User Role", with a
	// client certificate. Only clusters without Entra have it.
	CredentialsUser CredentialMode = "user"
	// CredentialsAdmin is the kubeconfig of "Azure Kubernetes Service Cluster Admin Role", with a
	// client certificate, which works without Entra. It needs local accounts.
	CredentialsAdmin CredentialMode = "admin"
	// CredentialsKubelogin is a kubeconfig without a credential, which calls the program kubelogin
	// for an Entra token. It needs Entra.
	CredentialsKubelogin CredentialMode = "kubelogin"
)

var _ = arguments.Enum(CredentialsUser, CredentialsAdmin, CredentialsKubelogin)

// credentialMode returns the given mode, or the one that follows from the other arguments.
func credentialMode(given CredentialMode, k *KubeloginArgs) CredentialMode {
	if given == "" && k != nil {
		return CredentialsKubelogin
	}
	return cmp.Or(given, CredentialsUser)
}

// errDeviceCode explains why user credentials cannot be used with Entra. Source:
// learn.microsoft.com, "Use kubelogin to authenticate users in Azure Kubernetes Service (AKS)".
func errDeviceCode(noLocalAccounts bool) error {
	const message = "the user credentials of a cluster with Entra ask a person to type a device code, which no deployment can"
	remedy := fmt.Sprintf("choose %q, and give kubelogin.login", CredentialsKubelogin)
	if !noLocalAccounts {
		remedy += fmt.Sprintf(", or %q", CredentialsAdmin)
	}
	return problem.New(message, remedy)
}

// kubeconfig returns the cluster's kubeconfig for a mode. Everything from Azure's answer on is
// secret, so that the state has no readable copy.
func (r *registration) kubeconfig(at address, mode CredentialMode, k *KubeloginArgs) pulumi.StringOutput {
	text := func(list []containerservice.CredentialResultResponse) (string, error) {
		text, err := decodeKubeconfig(list, mode)
		return text, r.aboutKubeconfig(err)
	}
	if mode == CredentialsAdmin {
		answer := containerservice.ListManagedClusterAdminCredentialsOutput(r.ctx, containerservice.ListManagedClusterAdminCredentialsOutputArgs{
			ResourceGroupName: at.resourceGroup,
			ResourceName:      at.cluster,
		}, pulumi.Parent(r.component))
		return pulumi.ToSecret(answer).(containerservice.ListManagedClusterAdminCredentialsResultOutput).Kubeconfigs().ApplyT(text).(pulumi.StringOutput)
	}
	answer := containerservice.ListManagedClusterUserCredentialsOutput(r.ctx, containerservice.ListManagedClusterUserCredentialsOutputArgs{
		ResourceGroupName: at.resourceGroup,
		ResourceName:      at.cluster,
	}, pulumi.Parent(r.component))
	user := pulumi.ToSecret(answer).(containerservice.ListManagedClusterUserCredentialsResultOutput).Kubeconfigs().ApplyT(text).(pulumi.StringOutput)
	if mode != CredentialsKubelogin {
		return user
	}
	return pulumi.All(user, inputs.Text(k.ClientId), inputs.Text(k.ServerId)).ApplyT(func(values []any) (string, error) {
		text, err := kubeloginKubeconfig(values[0].(string), kubelogin{
			login: k.Login, clientID: values[1].(string), serverID: values[2].(string),
		})
		return text, r.aboutKubeconfig(err)
	}).(pulumi.StringOutput)
}

func (r *registration) aboutKubeconfig(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("kubeconfig of cluster %q: %w", r.name, err)
}

// decodeKubeconfig returns the text of the first kubeconfig that Azure listed. Its errors never
// quote the text, which is a credential.
func decodeKubeconfig(list []containerservice.CredentialResultResponse, mode CredentialMode) (string, error) {
	kind, role := "user", "Azure Kubernetes Service Cluster User Role"
	if mode == CredentialsAdmin {
		kind, role = "admin", "Azure Kubernetes Service Cluster Admin Role"
	}
	if len(list) == 0 {
		return "", problem.New(fmt.Sprintf("AKS listed no %s credentials", kind), fmt.Sprintf("does the deployer hold %q?", role))
	}
	text, err := base64.StdEncoding.DecodeString(list[0].Value)
	if err != nil {
		return "", fmt.Errorf("AKS's credential %q is not base64", list[0].Name)
	}
	if len(text) == 0 {
		return "", fmt.Errorf("AKS's credential %q is empty", list[0].Name)
	}
	return string(text), nil
}
