package clusters

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// RealVersion is the Kubernetes version that every cluster of the sandbox really runs, whatever was asked for.
// currentKubernetesVersion says so.
const RealVersion = "1.34.4"

// Minor versions that can be asked for, as AKS supports the three newest.
const (
	oldestMinor = 32
	newestMinor = 34
	// issuerByDefault is the first minor version whose new clusters have the OIDC issuer switched on unless told otherwise.
	issuerByDefault = 34
)

var versionFormat = regexp.MustCompile(`^1\.(\d{1,3})(?:\.\d{1,3})?$`)

func minorOf(version string) (int, bool) {
	match := versionFormat.FindStringSubmatch(version)
	if match == nil {
		return 0, false
	}
	minor, err := strconv.Atoi(match[1])
	return minor, err == nil
}

func checkVersion(version, property string) error {
	minor, ok := minorOf(version)
	if !ok {
		return arm.Errorf(http.StatusBadRequest, "InvalidParameter", "The value of parameter %s is invalid. Error details: '%s' is not a Kubernetes version of the form <major.minor> or <major.minor.patch>.", property, version).At(property)
	}
	if minor < oldestMinor || minor > newestMinor || (minor == newestMinor && newerPatch(version)) {
		return arm.Errorf(http.StatusBadRequest, "K8sVersionNotSupported",
			"Version %s is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list", version).At(property)
	}
	return nil
}

// newerPatch reports a patch of the newest minor version that the sandbox does not have.
func newerPatch(version string) bool {
	parts, have := strings.Split(version, "."), strings.Split(RealVersion, ".")
	if len(parts) < 3 {
		return false
	}
	want, _ := strconv.Atoi(parts[2])
	newest, _ := strconv.Atoi(have[2])
	return want > newest
}

// checkUpgrade refuses to go back and to skip a minor version
// (https://learn.microsoft.com/azure/aks/upgrade-aks-cluster).
func checkUpgrade(from, to string) error {
	have, _ := minorOf(from)
	want, _ := minorOf(to)
	if want == have || want == have+1 {
		return nil
	}
	return arm.Errorf(http.StatusBadRequest, "OperationNotAllowed",
		"Upgrading Kubernetes version %s to %s is not allowed. Available upgrades: [1.%d]. Please see https://aka.ms/aks-supported-k8s-ver for version details.",
		from, to, min(have+1, newestMinor)).At("kubernetesVersion")
}
