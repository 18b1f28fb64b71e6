package cluster

import (
	"strings"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
)

// maxDNSPrefix is the longest DNS prefix that AKS accepts.
const maxDNSPrefix = 54

// managedCluster is the pure function from the component's arguments to those of
// the managed cluster.
//
// What can be turned on and off is always said: a property that is left out keeps
// its old value in Azure, and could not be turned off.
func managedCluster(name string, resourceGroup pulumi.StringInput, args *ClusterArgs) *containerservice.ManagedClusterArgs {
	return &containerservice.ManagedClusterArgs{
		ResourceGroupName:      resourceGroup,
		ResourceName:           args.ResourceName,
		Location:               args.Location,
		KubernetesVersion:      args.KubernetesVersion,
		DnsPrefix:              dnsPrefix(name, args),
		NodeResourceGroup:      args.NodeResourceGroup,
		AgentPoolProfiles:      containerservice.ManagedClusterAgentPoolProfileArray{systemPool(args)},
		EnableRBAC:             pulumi.Bool(true),
		Identity:               controlPlaneIdentity(args),
		IdentityProfile:        kubeletProfile(args.KubeletIdentity),
		OidcIssuerProfile:      &containerservice.ManagedClusterOIDCIssuerProfileArgs{Enabled: pulumi.Bool(true)},
		SecurityProfile:        securityProfile(args),
		AddonProfiles:          addonProfiles(args.AddOns),
		NetworkProfile:         networkProfile(args),
		ApiServerAccessProfile: apiServerProfile(args.ApiServer),
		AadProfile:             entraProfile(args.Entra),
		DisableLocalAccounts:   pulumi.Bool(args.DisableLocalAccounts),
		AutoUpgradeProfile:     upgradeProfile(args),
		Sku: &containerservice.ManagedClusterSKUArgs{
			Name: pulumi.String("Base"),
			Tier: stringOr(args.SkuTier, TierFree),
		},
		SupportPlan: stringOr(args.SupportPlan, SupportOfficial),
		Tags:        args.Tags,
	}
}

// dnsPrefix is the given DNS prefix, or one made of the component's name: what
// AKS does not allow becomes a hyphen, and the rest is cut. It need not be
// unique, because AKS appends a hash.
func dnsPrefix(name string, args *ClusterArgs) pulumi.StringPtrInput {
	if args.DnsPrefix != nil {
		return args.DnsPrefix
	}
	prefix := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, name)
	prefix = strings.TrimLeft(prefix, "-")
	prefix = strings.TrimRight(prefix[:min(len(prefix), maxDNSPrefix)], "-")
	return pulumi.String(orDefault(prefix, "aks"))
}

func orDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func folded(id string) string { return strings.ToLower(id) }

func stringOr(in pulumi.StringPtrInput, fallback string) pulumi.StringPtrInput {
	if in == nil {
		return pulumi.String(fallback)
	}
	return in
}

func intOr(in pulumi.IntPtrInput, fallback int) pulumi.IntPtrInput {
	if in == nil {
		return pulumi.Int(fallback)
	}
	return in
}

func boolOr(in pulumi.BoolPtrInput, fallback bool) pulumi.BoolPtrInput {
	if in == nil {
		return pulumi.Bool(fallback)
	}
	return in
}

// required is an input that is there, where a property wants one that must be.
func required(in pulumi.StringPtrInput) pulumi.StringInput {
	if text, ok := known.String(in); ok {
		return pulumi.String(text)
	}
	return in.ToStringPtrOutput().Elem()
}

// requiredInt is required for numbers.
func requiredInt(in pulumi.IntPtrInput) pulumi.IntInput {
	if n, ok := known.Int(in); ok {
		return pulumi.Int(n)
	}
	return in.ToIntPtrOutput().Elem()
}
