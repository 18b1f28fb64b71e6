package cluster

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names"
)

const (
	// kubeletIdentity is the key of the nodes' identity in AKS's identity profile.
	kubeletIdentity = "kubeletidentity"

	// issuerAttempts and issuerPause bound the wait for an issuer URL that AKS has
	// not filled in yet: some two minutes.
	issuerAttempts = 13
	issuerPause    = 10 * time.Second
)

// readManaged takes the component's outputs from the managed cluster.
func (c *Cluster) readManaged(ctx *pulumi.Context, name string) {
	managed := c.Managed
	reported := func(what string, o pulumi.StringOutput) pulumi.StringOutput {
		return o.ApplyT(func(s string) (pulumi.StringOutput, error) {
			if s != "" {
				return pulumi.String(s).ToStringOutput(), nil
			}
			if ctx.DryRun() {
				return unknown(managed), nil
			}
			return pulumi.StringOutput{}, fmt.Errorf("AKS reported no %s for cluster %q: run \"pulumi refresh\" and \"pulumi up\" again", what, name)
		}).(pulumi.StringOutput)
	}

	kubelet := managed.IdentityProfile.MapIndex(pulumi.String(kubeletIdentity))
	c.NodeResourceGroup = reported("node resource group", managed.NodeResourceGroup.Elem())
	c.TenantId = reported("tenant of its identity", managed.Identity.TenantId().Elem())
	c.PrincipalId = reported("principal of its identity", managed.Identity.PrincipalId().Elem())
	c.KubeletClientId = reported("kubelet identity", kubelet.ClientId().Elem())
	c.KubeletObjectId = reported("kubelet identity", kubelet.ObjectId().Elem())
	c.IssuerUrl = c.issuer(ctx, name)
	c.Kubeconfig = c.kubeconfig(ctx, name)
}

// issuer is the cluster's OIDC issuer URL.
//
// AKS can answer with an empty URL right after the issuer was turned on (R20).
// It is then read again until it is there, so that one "up" converges. A preview
// does not wait: what it cannot see is unknown.
func (c *Cluster) issuer(ctx *pulumi.Context, name string) pulumi.StringOutput {
	managed := c.Managed
	return pulumi.All(managed.OidcIssuerProfile, c.ResourceGroupName, managed.Name).ApplyT(
		func(values []any) (pulumi.StringOutput, error) {
			url := issuerURL(values[0])
			if url == "" && ctx.DryRun() {
				return unknown(managed), nil
			}
			read := func() (string, error) {
				now, err := containerservice.LookupManagedCluster(ctx, &containerservice.LookupManagedClusterArgs{
					ResourceGroupName: values[1].(string),
					ResourceName:      values[2].(string),
				}, pulumi.Parent(c))
				if err != nil {
					return "", err
				}
				return issuerURL(now.OidcIssuerProfile), nil
			}
			url, err := awaitIssuer(ctx.Context(), url, read, sleep)
			if err != nil {
				return pulumi.StringOutput{}, fmt.Errorf("issuer URL of cluster %q: %w", name, err)
			}
			return pulumi.String(url).ToStringOutput(), nil
		}).(pulumi.StringOutput)
}

func issuerURL(profile any) string {
	p, ok := profile.(*containerservice.ManagedClusterOIDCIssuerProfileResponse)
	if !ok || p == nil {
		return ""
	}
	return p.IssuerURL
}

// awaitIssuer returns url once it is not empty, reading it again with a pause
// between, and checks that it can be an issuer.
func awaitIssuer(ctx context.Context, url string, read func() (string, error), pause func(context.Context) error) (string, error) {
	for attempt := 0; url == ""; attempt++ {
		if attempt == issuerAttempts {
			return "", errors.New("AKS still reports none, although the OIDC issuer is on: run \"az aks update --enable-oidc-issuer\" for the cluster, or \"pulumi up\" again later")
		}
		if attempt > 0 {
			if err := pause(ctx); err != nil {
				return "", err
			}
		}
		var err error
		if url, err = read(); err != nil {
			return "", fmt.Errorf("reading the cluster again: %w", err)
		}
	}
	if err := names.ValidateIssuer(url); err != nil {
		return "", err
	}
	return url, nil
}

func sleep(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(issuerPause):
		return nil
	}
}

// kubeconfig is the cluster's user kubeconfig, as a secret from the start:
// nothing between Azure's answer and the output is readable in the state.
func (c *Cluster) kubeconfig(ctx *pulumi.Context, name string) pulumi.StringOutput {
	credentials := containerservice.ListManagedClusterUserCredentialsOutput(ctx, containerservice.ListManagedClusterUserCredentialsOutputArgs{
		ResourceGroupName: c.ResourceGroupName,
		ResourceName:      c.Managed.Name,
	}, pulumi.Parent(c))
	text := pulumi.ToSecret(credentials).(containerservice.ListManagedClusterUserCredentialsResultOutput).ApplyT(
		func(r containerservice.ListManagedClusterUserCredentialsResult) (string, error) {
			text, err := decodeKubeconfig(r.Kubeconfigs)
			if err != nil {
				return "", fmt.Errorf("kubeconfig of cluster %q: %w", name, err)
			}
			return text, nil
		})
	return text.(pulumi.StringOutput)
}

// decodeKubeconfig is the text of the first kubeconfig that Azure listed. Its
// errors never quote the text, which is a credential.
func decodeKubeconfig(list []containerservice.CredentialResultResponse) (string, error) {
	if len(list) == 0 {
		return "", errors.New("AKS listed no user credentials: does the deployer hold \"Azure Kubernetes Service Cluster User Role\"?")
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

// unknown is a string that a preview cannot know, which comes from r.
func unknown(r pulumi.Resource) pulumi.StringOutput {
	return pulumi.UnsafeUnknownOutput([]pulumi.Resource{r}).ApplyT(func(any) string { return "" }).(pulumi.StringOutput)
}
