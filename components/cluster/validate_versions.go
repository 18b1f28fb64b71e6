package cluster

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

var kubernetesVersion = regexp.MustCompile(`^[1-9][0-9]*\.[0-9]+(\.[0-9]+)?$`)

// windowsEnds are the Kubernetes minor versions of 1.x that no longer have a
// Windows image. Source: learn.microsoft.com, "Deploy a Windows Server container
// on an Azure Kubernetes Service (AKS) cluster using Azure CLI".
var windowsEnds = map[string]int{OSSkuWindows2019: 33, OSSkuWindows2022: 35}

// version is a Kubernetes version; patch is -1 if it is not said.
type version struct{ major, minor, patch int }

// parseVersion reads what kubernetesVersion matches.
func parseVersion(text string) version {
	parts := strings.Split(text, ".")
	v := version{patch: -1}
	for i, to := range []*int{&v.major, &v.minor, &v.patch}[:len(parts)] {
		n, err := strconv.Atoi(parts[i])
		if err != nil { // more digits than an int has
			n = 0
		}
		*to = n
	}
	return v
}

// above reports whether v is newer than w, as far as both say.
func (v version) above(w version) bool {
	if v.major != w.major {
		return v.major > w.major
	}
	if v.minor != w.minor {
		return v.minor > w.minor
	}
	return v.patch >= 0 && w.patch >= 0 && v.patch > w.patch
}

// knownVersion is a Kubernetes version that is known and well-formed.
func knownVersion(in any) (version, bool) {
	text, ok := known.String(in)
	if !ok || !kubernetesVersion.MatchString(text) {
		return version{}, false
	}
	return parseVersion(text), true
}

func checkVersion(l *problem.List, path problem.Path, in any) {
	if text, ok := known.String(in); ok && !kubernetesVersion.MatchString(text) {
		l.AddError(path, problem.New(fmt.Sprintf("%q is not a Kubernetes version", text), "write major.minor or major.minor.patch, such as \"1.34\""))
	}
}

// validateVersions checks the Kubernetes version against what changes it.
//
// Sources: learn.microsoft.com, "Automatically upgrade an Azure Kubernetes Service
// (AKS) cluster" (what each channel moves), "Autoupgrade node OS images in Azure
// Kubernetes Service (AKS)" (node-image fixes the node OS channel), "Long-term
// support for Azure Kubernetes Service (AKS) versions" (Premium).
func (args *ClusterArgs) validateVersions(l *problem.List) {
	checkVersion(l, "kubernetesVersion", args.KubernetesVersion)
	channel, _ := known.String(args.UpgradeChannel)
	v, ok := knownVersion(args.KubernetesVersion)
	switch {
	case (channel == UpgradeStable || channel == UpgradeRapid) && args.KubernetesVersion != nil:
		l.Add("kubernetesVersion", fmt.Sprintf("upgradeChannel %s moves the minor version, and the next \"up\" would ask AKS to go back, which it refuses", channel), fmt.Sprintf("leave kubernetesVersion out, or use the channel %s", UpgradePatch))
	case channel == UpgradePatch && ok && v.patch >= 0:
		l.Add("kubernetesVersion", fmt.Sprintf("upgradeChannel %s moves the patch version, and the next \"up\" would ask AKS to go back, which it refuses", channel), fmt.Sprintf("write \"%d.%d\"", v.major, v.minor))
	}
	if node, ok := known.String(args.NodeOsUpgradeChannel); ok && channel == UpgradeNodeImage && node != NodeOSNodeImage {
		l.Add("nodeOsUpgradeChannel", fmt.Sprintf("upgradeChannel %s sets it to %s", UpgradeNodeImage, NodeOSNodeImage), "leave it out")
	}
	if plan, ok := known.String(args.SupportPlan); !ok || plan != SupportLongTerm {
		return
	}
	if tier, ok := known.String(args.SkuTier); args.SkuTier == nil || ok && tier != TierPremium {
		l.Add("supportPlan", fmt.Sprintf("%s needs skuTier %s", SupportLongTerm, TierPremium), "set it")
	}
}
