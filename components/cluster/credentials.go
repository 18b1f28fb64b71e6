package cluster

import (
	"encoding/base64"
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// credentialsMode is the given mode, or the one that the other arguments mean.
func credentialsMode(given string, k *KubeloginArgs) string {
	if given == "" && k != nil {
		return CredentialsKubelogin
	}
	return orDefault(given, CredentialsUser)
}

// errDeviceCode says why user credentials do not do with Entra.
// Source: learn.microsoft.com, "Use kubelogin to authenticate users in Azure
// Kubernetes Service (AKS)".
func errDeviceCode(noLocalAccounts bool) error {
	const message = "the user credentials of a cluster with Entra ask a person to type a device code, which no deployment can"
	remedy := fmt.Sprintf("choose %q, and give kubelogin.login", CredentialsKubelogin)
	if !noLocalAccounts {
		remedy += fmt.Sprintf(", or %q", CredentialsAdmin)
	}
	return problem.New(message, remedy)
}

// kubeconfig is the cluster's kubeconfig in the given mode, as a secret from the
// start: nothing between Azure's answer and the output is readable in the state.
func (c *Cluster) kubeconfig(ctx *pulumi.Context, name, mode string, k *KubeloginArgs) pulumi.StringOutput {
	text := func(list []containerservice.CredentialResultResponse) (string, error) {
		text, err := decodeKubeconfig(list, mode)
		if err != nil {
			return "", fmt.Errorf("kubeconfig of cluster %q: %w", name, err)
		}
		return text, nil
	}
	if mode == CredentialsAdmin {
		answer := containerservice.ListManagedClusterAdminCredentialsOutput(ctx, containerservice.ListManagedClusterAdminCredentialsOutputArgs{
			ResourceGroupName: c.ResourceGroupName,
			ResourceName:      c.ClusterName,
		}, pulumi.Parent(c))
		return pulumi.ToSecret(answer).(containerservice.ListManagedClusterAdminCredentialsResultOutput).Kubeconfigs().ApplyT(text).(pulumi.StringOutput)
	}
	answer := containerservice.ListManagedClusterUserCredentialsOutput(ctx, containerservice.ListManagedClusterUserCredentialsOutputArgs{
		ResourceGroupName: c.ResourceGroupName,
		ResourceName:      c.ClusterName,
	}, pulumi.Parent(c))
	user := pulumi.ToSecret(answer).(containerservice.ListManagedClusterUserCredentialsResultOutput).Kubeconfigs().ApplyT(text).(pulumi.StringOutput)
	if mode != CredentialsKubelogin {
		return user
	}
	return pulumi.All(user, textOf(k.ClientId), textOf(k.ServerId)).ApplyT(func(values []any) (string, error) {
		text, err := kubeloginKubeconfig(values[0].(string), kubelogin{
			login: k.Login, clientID: values[1].(string), serverID: values[2].(string),
		})
		if err != nil {
			return "", fmt.Errorf("kubeconfig of cluster %q: %w", name, err)
		}
		return text, nil
	}).(pulumi.StringOutput)
}

// textOf is a text that may be left out, which is then empty.
func textOf(in pulumi.StringPtrInput) pulumi.StringOutput {
	if in == nil {
		return pulumi.String("").ToStringOutput()
	}
	return in.ToStringPtrOutput().ApplyT(deref).(pulumi.StringOutput)
}

// decodeKubeconfig is the text of the first kubeconfig that Azure listed. Its
// errors never quote the text, which is a credential.
func decodeKubeconfig(list []containerservice.CredentialResultResponse, mode string) (string, error) {
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
