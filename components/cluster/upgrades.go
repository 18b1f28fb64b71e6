package cluster

import (
	"fmt"
	"regexp"
	"strings"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"golang.org/x/mod/semver"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/inputs"
	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// SkuTier is a tier of the control plane. Source: Microsoft.ContainerService/managedClusters, API
// version 2025-01-01, as of all enumerations of this package that name no other source.
type SkuTier string

// Tiers of the control plane.
const (
	TierFree     SkuTier = "Free"
	TierStandard SkuTier = "Standard"
	TierPremium  SkuTier = "Premium"
)

var _ = arguments.Enum(TierFree, TierStandard, TierPremium)

// SupportPlan says how long a Kubernetes version is supported.
type SupportPlan string

// Support plans.
const (
	SupportOfficial SupportPlan = "KubernetesOfficial"
	SupportLongTerm SupportPlan = "AKSLongTermSupport"
)

var _ = arguments.Enum(SupportOfficial, SupportLongTerm)

// UpgradeChannel is a channel of automatic Kubernetes upgrades.
type UpgradeChannel string

// Channels of automatic Kubernetes upgrades.
const (
	UpgradeNone      UpgradeChannel = "none"
	UpgradePatch     UpgradeChannel = "patch"
	UpgradeStable    UpgradeChannel = "stable"
	UpgradeRapid     UpgradeChannel = "rapid"
	UpgradeNodeImage UpgradeChannel = "node-image"
)

var _ = arguments.Enum(UpgradeNone, UpgradePatch, UpgradeStable, UpgradeRapid, UpgradeNodeImage)

// NodeOsUpgradeChannel is a channel of automatic upgrades of the nodes' operating system.
type NodeOsUpgradeChannel string

// Channels of automatic upgrades of the nodes' operating system.
const (
	NodeOsNone          NodeOsUpgradeChannel = "None"
	NodeOsUnmanaged     NodeOsUpgradeChannel = "Unmanaged"
	NodeOsSecurityPatch NodeOsUpgradeChannel = "SecurityPatch"
	NodeOsNodeImage     NodeOsUpgradeChannel = "NodeImage"
)

var _ = arguments.Enum(NodeOsNone, NodeOsUnmanaged, NodeOsSecurityPatch, NodeOsNodeImage)

// kubernetesVersion matches major.minor and major.minor.patch, without leading zeros.
var kubernetesVersion = regexp.MustCompile(`^[1-9][0-9]*\.(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))?$`)

// checkVersions checks the Kubernetes version against the channel that changes it.
//
// Sources: learn.microsoft.com, "Automatically upgrade an Azure Kubernetes Service (AKS) cluster"
// (what each channel upgrades), "Autoupgrade node OS images in Azure Kubernetes Service (AKS)"
// (node-image fixes the node OS channel), "Long-term support for Azure Kubernetes Service (AKS)
// versions" (Premium).
func (args *ClusterArgs) checkVersions(l *problem.List) {
	checkVersion(l, "kubernetesVersion", args.KubernetesVersion)
	text, _ := known.String(args.UpgradeChannel)
	channel := UpgradeChannel(text)
	v, ok := knownVersion(args.KubernetesVersion)
	switch {
	case (channel == UpgradeStable || channel == UpgradeRapid) && args.KubernetesVersion != nil:
		l.Add("kubernetesVersion", fmt.Sprintf("upgradeChannel %s moves the minor version, and the next \"up\" would ask AKS to go back, which it refuses", channel), fmt.Sprintf("leave kubernetesVersion out, or use the channel %s", UpgradePatch))
	case channel == UpgradePatch && ok && hasPatch(v):
		l.Add("kubernetesVersion", fmt.Sprintf("upgradeChannel %s moves the patch version, and the next \"up\" would ask AKS to go back, which it refuses", channel), fmt.Sprintf("write %q", strings.TrimPrefix(semver.MajorMinor(v), "v")))
	}
	if node, ok := known.String(args.NodeOsUpgradeChannel); ok && channel == UpgradeNodeImage && node != string(NodeOsNodeImage) {
		l.Add("nodeOsUpgradeChannel", fmt.Sprintf("upgradeChannel %s sets it to %s", UpgradeNodeImage, NodeOsNodeImage), "leave it out")
	}
	if plan, ok := known.String(args.SupportPlan); !ok || plan != string(SupportLongTerm) {
		return
	}
	if tier, ok := known.String(args.SkuTier); args.SkuTier == nil || ok && tier != string(TierPremium) {
		l.Add("supportPlan", fmt.Sprintf("%s needs skuTier %s", SupportLongTerm, TierPremium), "set it")
	}
}

// checkVersion checks the form of a Kubernetes version, if it is known.
func checkVersion(l *problem.List, path problem.Path, in any) {
	if text, ok := known.String(in); ok && !kubernetesVersion.MatchString(text) {
		l.Add(path, fmt.Sprintf("%q is not a Kubernetes version", text), "write major.minor or major.minor.patch, as \"az aks get-versions\" lists them")
	}
}

// knownVersion returns a Kubernetes version that is known and well-formed, in the form of package
// semver, such as "v1.34".
func knownVersion(in any) (string, bool) {
	text, ok := known.String(in)
	if !ok || !kubernetesVersion.MatchString(text) {
		return "", false
	}
	return "v" + text, true
}

// isNewer reports whether v is newer than w. Patch versions count only if both have one.
func isNewer(v, w string) bool {
	if !hasPatch(v) || !hasPatch(w) {
		v, w = semver.MajorMinor(v), semver.MajorMinor(w)
	}
	return semver.Compare(v, w) > 0
}

func hasPatch(v string) bool { return v != semver.MajorMinor(v) }

// upgradeProfile returns AKS's own defaults where nothing is given: the nodes are kept patched
// (since API version 2023-06-01), and the Kubernetes version is left to the caller.
func (args *ClusterArgs) upgradeProfile() *containerservice.ManagedClusterAutoUpgradeProfileArgs {
	return &containerservice.ManagedClusterAutoUpgradeProfileArgs{
		UpgradeChannel:       inputs.StringOr(args.UpgradeChannel, UpgradeNone),
		NodeOSUpgradeChannel: inputs.StringOr(args.NodeOsUpgradeChannel, NodeOsNodeImage),
	}
}
