package cluster

import (
	"context"
	"fmt"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// issuerAttempts and issuerPause bound the wait for an issuer URL that AKS has
// not filled in yet: some two minutes.
const (
	issuerAttempts = 13
	issuerPause    = 10 * time.Second
)

// issuer is the cluster's OIDC issuer URL.
//
// AKS can answer with an empty URL right after the issuer was turned on (R20).
// It is then read again until it is there, so that one "up" converges. A preview
// does not wait: what it cannot see is unknown.
func (c *Cluster) issuer(ctx *pulumi.Context, name string, r report) pulumi.StringOutput {
	return pulumi.All(r.issuer, c.ResourceGroupName, c.ClusterName).ApplyT(
		func(values []any) (pulumi.StringOutput, error) {
			profile, _ := values[0].(*containerservice.ManagedClusterOIDCIssuerProfileResponse)
			group, cluster := values[1].(string), values[2].(string)
			if r.existing && !issues(profile) {
				return pulumi.StringOutput{}, errNoIssuer(group, cluster)
			}
			url := issuerURL(profile)
			if url == "" && ctx.DryRun() {
				return c.unknown(), nil
			}
			read := func() (string, error) {
				now, err := containerservice.LookupManagedCluster(ctx, &containerservice.LookupManagedClusterArgs{
					ResourceGroupName: group,
					ResourceName:      cluster,
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

func issues(profile *containerservice.ManagedClusterOIDCIssuerProfileResponse) bool {
	return profile != nil && profile.Enabled != nil && *profile.Enabled
}

func issuerURL(profile *containerservice.ManagedClusterOIDCIssuerProfileResponse) string {
	if profile == nil {
		return ""
	}
	return profile.IssuerURL
}

// errNoIssuer says how to turn the issuer on. Nobody does it in passing: it
// restarts the API server, and AKS has no way back (R2).
func errNoIssuer(group, cluster string) error {
	return problem.New(fmt.Sprintf("cluster %q has no OIDC issuer, and without one no workload can be federated", cluster), fmt.Sprintf("turn it on with \"az aks update --resource-group %s --name %s --enable-oidc-issuer\". That restarts the API server, and the issuer can never be turned off again", group, cluster))
}

// awaitIssuer returns url once it is not empty, reading it again with a pause
// between, and checks that it can be an issuer.
func awaitIssuer(ctx context.Context, url string, read func() (string, error), pause func(context.Context) error) (string, error) {
	for attempt := 0; url == ""; attempt++ {
		if attempt == issuerAttempts {
			return "", problem.New("AKS still reports none, although the OIDC issuer is on", "run \"az aks update --enable-oidc-issuer\" for the cluster, or \"pulumi up\" again later")
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
	if err := azure.ValidateIssuer(url); err != nil {
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
