package clusters

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// Limits of node pools: https://learn.microsoft.com/azure/aks/quotas-skus-regions and
// https://learn.microsoft.com/azure/aks/create-node-pools
const (
	maxPools       = 100
	maxNodes       = 1000 // per pool
	maxWindowsName = 6
)

var poolName = regexp.MustCompile(`^[a-z][a-z0-9]{0,11}$`)

// checkPool refuses what no pool can have.
func checkPool(p *AgentPool) error {
	at := func(property string) string { return "agentPoolProfile." + property }
	if !poolName.MatchString(p.Name) {
		return invalid(at("name"), "The pool name '%s' has 1 to 12 lower-case letters and digits, and starts with a letter.", p.Name)
	}
	if !in(p.OSType, "", "Linux", "Windows") {
		return invalid(at("osType"), "The operating system '%s' is 'Linux' or 'Windows'.", p.OSType)
	}
	if in(p.OSType, "Windows") && len(p.Name) > maxWindowsName {
		return invalid(at("name"), "The name '%s' of a Windows pool has more than %d characters.", p.Name, maxWindowsName)
	}
	if !in(p.Mode, "", "System", "User") {
		return invalid(at("mode"), "The mode '%s' is 'System' or 'User'.", p.Mode)
	}
	if in(p.Mode, "System") && in(p.OSType, "Windows") {
		return invalid(at("mode"), "A pool of mode 'System' runs Linux.")
	}
	if !in(p.Type, "", "VirtualMachineScaleSets", "AvailabilitySet") {
		return invalid(at("type"), "The type '%s' is 'VirtualMachineScaleSets' or 'AvailabilitySet'.", p.Type)
	}
	if p.VMSize == "" {
		return missing(at("vmSize"))
	}
	if p.OrchestratorVersion != "" {
		if err := checkVersion(p.OrchestratorVersion, at("orchestratorVersion")); err != nil {
			return err
		}
	}
	if m := p.MaxPods; m != nil && (*m < 10 || *m > 250) {
		return invalid(at("maxPods"), "%d pods per node is not between 10 and 250.", *m)
	}
	if d := p.OSDiskSizeGB; d != nil && (*d < 0 || *d > 2048) {
		return invalid(at("osDiskSizeGB"), "%d GB is not between 0 and 2048.", *d)
	}
	if err := checkPoolValues(p, at); err != nil {
		return err
	}
	return checkCount(p, at)
}

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

// checkPoolSet refuses what the pools of a cluster cannot be together.
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

// changePool applies a request to a pool, refusing what cannot change
// (https://learn.microsoft.com/azure/aks/create-node-pools). A property that the request leaves out keeps its value.
func changePool(have *AgentPool, want AgentPool) error {
	for _, c := range []struct{ property, have, want string }{
		{"vmSize", have.VMSize, want.VMSize}, {"osType", have.OSType, want.OSType}, {"osDiskType", have.OSDiskType, want.OSDiskType},
		{"vnetSubnetID", have.VnetSubnetID, want.VnetSubnetID}, {"podSubnetID", have.PodSubnetID, want.PodSubnetID}, {"type", have.Type, want.Type},
		{"scaleSetPriority", priority(have), want.ScaleSetPriority}, {"scaleSetEvictionPolicy", have.ScaleSetEvictionPolicy, want.ScaleSetEvictionPolicy},
		{"availabilityZones", strings.Join(have.AvailabilityZones, ","), strings.Join(want.AvailabilityZones, ",")},
	} {
		if c.want != "" && !strings.EqualFold(c.have, c.want) {
			return changeNotAllowed("properties." + c.property)
		}
	}
	for _, c := range []struct {
		property   string
		have, want *int
	}{{"osDiskSizeGB", have.OSDiskSizeGB, want.OSDiskSizeGB}, {"maxPods", have.MaxPods, want.MaxPods}} {
		// Zero asks for the default of the size.
		if c.want != nil && *c.want != 0 && c.have != nil && *c.have != *c.want {
			return changeNotAllowed("properties." + c.property)
		}
	}
	if on(want.EnableFIPS) != on(have.EnableFIPS) && want.EnableFIPS != nil {
		return changeNotAllowed("properties.enableFIPS")
	}
	// azurerm replaces a pool for these two; that AKS itself refuses the change is inferred.
	if on(want.EnableEncryptionAtHost) != on(have.EnableEncryptionAtHost) && want.EnableEncryptionAtHost != nil {
		return changeNotAllowed("properties.enableEncryptionAtHost")
	}
	if want.SpotMaxPrice != nil && have.SpotMaxPrice != nil && *want.SpotMaxPrice != *have.SpotMaxPrice {
		return changeNotAllowed("properties.spotMaxPrice")
	}
	if want.OrchestratorVersion != "" {
		if err := checkUpgrade(have.OrchestratorVersion, want.OrchestratorVersion); err != nil {
			return err
		}
	}
	surge := have.UpgradeSettings
	merge(have, want)
	mergeInto(&surge, want.UpgradeSettings)
	have.UpgradeSettings = surge
	have.spot()
	if !on(have.EnableAutoScaling) {
		have.MinCount, have.MaxCount = nil, nil
	}
	have.scale()
	return checkCount(have, func(property string) string { return "agentPoolProfile." + property })
}

// priority is the pool's; one that has none is Regular.
func priority(p *AgentPool) string {
	if p.ScaleSetPriority == "" {
		return "Regular"
	}
	return p.ScaleSetPriority
}

// scale moves the count of a pool into the autoscaler's range, as the autoscaler does once it is on.
func (p *AgentPool) scale() {
	if !on(p.EnableAutoScaling) || p.Count == nil || p.MinCount == nil || p.MaxCount == nil {
		return
	}
	count := min(max(*p.Count, *p.MinCount), *p.MaxCount)
	p.Count = &count
}

func changeNotAllowed(property string) error {
	return arm.Errorf(http.StatusBadRequest, "PropertyChangeNotAllowed", "Changing property '%s' is not allowed.", property).At(property)
}
