package clusters

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/util/version"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
)

// RealVersion is the Kubernetes version that every cluster runs.
const RealVersion = region.RealVersion

const (
	newestMinor = 34
	// issuerByDefault is the first minor version in which new clusters have the OIDC issuer enabled
	// by default.
	issuerByDefault = 34
)

var versionFormat = regexp.MustCompile(`^1\.\d{1,3}(\.\d{1,3})?$`)

// parseVersion parses a version of the form 1.minor or 1.minor.patch, which are the only ones that
// AKS accepts; nil for any other text.
func parseVersion(text string) *version.Version {
	if !versionFormat.MatchString(text) {
		return nil
	}
	v, err := version.ParseGeneric(text)
	if err != nil {
		return nil
	}
	return v
}

// minorOf returns the minor version; 0 if the text is not a version.
func minorOf(text string) int {
	v := parseVersion(text)
	if v == nil {
		return 0
	}
	return int(v.Minor())
}

// issuerByDefaultIn reports whether a new cluster of this version has the OIDC issuer enabled by
// default.
func issuerByDefaultIn(text string) bool {
	return minorOf(cmp.Or(text, RealVersion)) >= issuerByDefault
}

// checkVersionForm refuses text that is not a version.
func checkVersionForm(text, property string) error {
	if parseVersion(text) != nil {
		return nil
	}
	return arm.Errorf(http.StatusBadRequest, "InvalidParameter", "The value of parameter %s is invalid. Error details: '%s' is not a Kubernetes version of the form <major.minor> or <major.minor.patch>.", property, text).At(property)
}

// checkUpgrade refuses a downgrade, and an upgrade that skips a minor version
// (https://learn.microsoft.com/azure/aks/upgrade-aks-cluster).
func checkUpgrade(from, to string) error {
	have, want := minorOf(from), minorOf(to)
	if want == have || want == have+1 {
		return nil
	}
	return arm.Errorf(http.StatusBadRequest, "OperationNotAllowed",
		"Upgrading Kubernetes version %s to %s is not allowed. Available upgrades: [1.%d]. Please see https://aka.ms/aks-supported-k8s-ver for version details.",
		from, to, min(have+1, newestMinor)).At("kubernetesVersion")
}

// checkSkew refuses pools whose version is newer than that of the control plane, or more than three
// minor versions older (https://aka.ms/version-skew-policy). All versions have passed
// checkVersionForm.
func checkSkew(control string, pools []AgentPool) error {
	plane := parseVersion(control).Components()
	for _, p := range pools {
		if p.OrchestratorVersion == "" {
			continue
		}
		node := parseVersion(p.OrchestratorVersion).Components()
		// A version without a patch stands for all of its patches.
		n := min(len(node), len(plane))
		if slices.Compare(node[:n], plane[:n]) <= 0 && node[1]+3 >= plane[1] {
			continue
		}
		return arm.Errorf(http.StatusBadRequest, "NodePoolMcVersionIncompatible",
			"Node pool version %s and control plane version %s are incompatible. The version of a node pool cannot be greater than the control plane's, nor more than three minor versions less. For more information, please check https://aka.ms/version-skew-policy",
			p.OrchestratorVersion, control).At("agentPoolProfile.orchestratorVersion")
	}
	return nil
}
