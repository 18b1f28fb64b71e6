package clusters

import (
	"net/http"
	"regexp"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// Limits of node pools (https://learn.microsoft.com/azure/aks/quotas-skus-regions and
// https://learn.microsoft.com/azure/aks/create-node-pools).
const (
	maxPools       = 100
	maxNodes       = 1000 // per pool
	maxWindowsName = 6
)

var poolName = regexp.MustCompile(`^[a-z][a-z0-9]{0,11}$`)

// sizeOptionalSince is the first api-version in which a pool needs no size. The specification never
// required one; AKS did, until it began to choose one (`az aks create --help`, --node-vm-size: "If
// the user does not specify one, server will select a default VM size"). The version is inferred.
const sizeOptionalSince = "2025-01-01"

// candidates are the sizes of which the sandbox chooses the first that the subscription may use and
// has quota for. AKS chooses in the same way (Azure/azure-cli#30887); its list is not published.
var candidates = []string{
	"Standard_D4ds_v5", "Standard_D4s_v5", "Standard_D4as_v5", "Standard_D2ds_v5", "Standard_D2s_v5", "Standard_D2as_v5",
}

// checkPool refuses values that no pool can have in an api-version. The specification's own
// enumerations and ranges are checked before.
func checkPool(p *AgentPool, apiVersion string) error {
	at := func(property string) string { return "agentPoolProfile." + property }
	if !poolName.MatchString(p.Name) {
		return invalid(at("name"), "The pool name '%s' must have 1 to 12 lower-case letters and digits, and start with a letter.", p.Name)
	}
	if in(p.OSType, "Windows") && len(p.Name) > maxWindowsName {
		return invalid(at("name"), "The name '%s' of a Windows pool has more than %d characters.", p.Name, maxWindowsName)
	}
	if in(p.Mode, "System") && in(p.OSType, "Windows") {
		return invalid(at("mode"), "A pool of mode 'System' must run Linux.")
	}
	if p.VMSize == "" && apiVersion < sizeOptionalSince {
		return missing(at("vmSize"))
	}
	if p.OrchestratorVersion != "" {
		if err := checkVersionForm(p.OrchestratorVersion, at("orchestratorVersion")); err != nil {
			return err
		}
	}
	if m := p.MaxPods; m != nil && (*m < 10 || *m > 250) {
		return invalid(at("maxPods"), "%d pods per node is not between 10 and 250.", *m)
	}
	if err := checkChoices(choice{at("osSKU"), p.OSSKU, osSKUs(p.OSType)}); err != nil {
		return err
	}
	return checkCount(p, at)
}

// checkCount refuses numbers of nodes that the pool's mode or the autoscaler does not allow.
func checkCount(p *AgentPool, at func(string) string) error {
	least := 0
	if in(p.Mode, "System") {
		least = 1
	}
	if p.Count != nil && (*p.Count < least || *p.Count > maxNodes) {
		return invalid(at("count"), "%d nodes is not between %d and %d for a pool of mode '%s'.", *p.Count, least, maxNodes, p.Mode)
	}
	if !on(p.EnableAutoScaling) {
		if p.MinCount != nil || p.MaxCount != nil {
			return invalid(at("enableAutoScaling"), "minCount and maxCount need enableAutoScaling.")
		}
		return nil
	}
	switch {
	case p.MinCount == nil || p.MaxCount == nil:
		return missing(at("minCount and maxCount"))
	case *p.MinCount < least || *p.MaxCount > maxNodes || *p.MinCount > *p.MaxCount:
		return invalid(at("minCount"), "The range %d to %d is not between %d and %d.", *p.MinCount, *p.MaxCount, least, maxNodes)
	case p.Count != nil && (*p.Count < *p.MinCount || *p.Count > *p.MaxCount):
		return invalid(at("count"), "%d nodes is outside the range %d to %d.", *p.Count, *p.MinCount, *p.MaxCount)
	}
	return nil
}

// checkPoolSet refuses pools that a cluster cannot have together.
func checkPoolSet(pools []AgentPool) error {
	if len(pools) > maxPools {
		return invalid("agentPoolProfiles", "%d pools are more than the %d that a cluster can have.", len(pools), maxPools)
	}
	seen, system := make(map[string]bool), false
	for _, p := range pools {
		if seen[p.Name] {
			return invalid("agentPoolProfiles", "The pool name '%s' is given twice.", p.Name)
		}
		seen[p.Name] = true
		system = system || in(p.Mode, "System")
	}
	if !system {
		return arm.Errorf(http.StatusBadRequest, "InvalidParameter", "Must define at least one system pool.").At("agentPoolProfiles")
	}
	return nil
}

// osSKUs returns the OS SKUs of an operating system, or all of them if the request omits it.
func osSKUs(osType string) []string {
	linux := []string{"Ubuntu", "Ubuntu2204", "AzureLinux", "AzureLinux3", "CBLMariner"}
	windows := []string{"Windows2019", "Windows2022"}
	switch {
	case in(osType, "Windows"):
		return windows
	case in(osType, "Linux"):
		return linux
	}
	return append(linux, windows...)
}
