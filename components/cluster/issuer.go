package cluster

import (
	"context"
	"fmt"
	"time"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// issuerAttempts and issuerPause limit the wait for an issuer URL that AKS does not report yet to
// about two minutes.
const (
	issuerAttempts = 13
	issuerPause    = 10 * time.Second
)

type issuerProfile = containerservice.ManagedClusterOIDCIssuerProfileResponse

// issuer returns the cluster's OIDC issuer URL.
//
// AKS can report an empty URL right after the issuer was turned on. The cluster is then read again
// until the URL is there, so that one update is enough. In a preview such a URL is unknown.
func (r *registration) issuer(at address, from *response) pulumi.StringOutput {
	return pulumi.All(from.issuer, at.resourceGroup, at.cluster).ApplyT(func(values []any) (pulumi.StringOutput, error) {
		profile, _ := values[0].(*issuerProfile)
		group, cluster := values[1].(string), values[2].(string)
		if from.managed == nil && !isIssuerOn(profile) {
			return pulumi.StringOutput{}, errNoIssuer(group, cluster)
		}
		url := issuerURL(profile)
		if url == "" && r.ctx.DryRun() {
			return from.unknown(), nil
		}
		read := func() (string, error) {
			now, err := containerservice.LookupManagedCluster(r.ctx, &containerservice.LookupManagedClusterArgs{
				ResourceGroupName: group,
				ResourceName:      cluster,
			}, pulumi.Parent(r.component))
			if err != nil {
				return "", err
			}
			return issuerURL(now.OidcIssuerProfile), nil
		}
		url, err := awaitIssuer(r.ctx.Context(), url, read, sleep)
		if err != nil {
			return pulumi.StringOutput{}, fmt.Errorf("issuer URL of cluster %q: %w", r.name, err)
		}
		return pulumi.String(url).ToStringOutput(), nil
	}).(pulumi.StringOutput)
}

func isIssuerOn(profile *issuerProfile) bool {
	return profile != nil && profile.Enabled != nil && *profile.Enabled
}

func issuerURL(profile *issuerProfile) string {
	if profile == nil {
		return ""
	}
	return profile.IssuerURL
}

// errNoIssuer explains how to turn the issuer on. The component does not do it: it restarts the API
// server, and AKS cannot turn the issuer off again.
func errNoIssuer(group, cluster string) error {
	return problem.New(fmt.Sprintf("cluster %q has no OIDC issuer, and without one no workload can be federated", cluster), fmt.Sprintf("turn it on with \"az aks update --resource-group %s --name %s --enable-oidc-issuer\". That restarts the API server, and the issuer can never be turned off again", group, cluster))
}

// awaitIssuer returns url once it is not empty, reading it again with a pause between two reads,
// and checks that it can be an issuer.
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
