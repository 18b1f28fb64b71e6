package clusters

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// What AKS marks Spot nodes with, so that only pods that ask for it run on them
// (https://learn.microsoft.com/azure/aks/spot-node-pool).
const (
	spotLabel = "kubernetes.azure.com/scalesetpriority"
	spotTaint = spotLabel + "=spot:NoSchedule"
)

// aksLabels is the prefix of labels that are AKS's own (https://learn.microsoft.com/azure/aks/use-labels).
const aksLabels = "kubernetes.azure.com/"

var (
	taintForm = regexp.MustCompile(`^([A-Za-z0-9][-A-Za-z0-9_./]*)(=[-A-Za-z0-9_.]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$`)
	surgeForm = regexp.MustCompile(`^([1-9][0-9]*|([1-9][0-9]?|100)%)$`)
)

func (p *AgentPool) isSpot() bool { return in(p.ScaleSetPriority, "Spot") }

// spot sets what AKS sets in a Spot pool.
func (p *AgentPool) spot() {
	if !p.isSpot() {
		return
	}
	setIf(&p.ScaleSetEvictionPolicy, "Delete")
	setPtr(&p.SpotMaxPrice, -1)
	if !slices.Contains(p.NodeTaints, spotTaint) {
		p.NodeTaints = append(slices.Clone(p.NodeTaints), spotTaint)
	}
	labels := maps.Clone(p.NodeLabels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels[spotLabel] = "spot"
	p.NodeLabels = labels
}

// checkPoolWhole refuses what a pool cannot be, given every value that it would have after a request. Codes as in
// network.go; texts are inferred but for the surge of Spot pools.
func checkPoolWhole(p *AgentPool) error {
	at := func(property string) string { return "agentPoolProfile." + property }
	if err := checkSpot(p, at); err != nil {
		return err
	}
	if err := checkUpgradeSettings(p.UpgradeSettings, at); err != nil {
		return err
	}
	for _, zone := range p.AvailabilityZones {
		if !in(zone, "1", "2", "3") {
			return invalid(at("availabilityZones"), "The zone '%s' is '1', '2' or '3'.", zone)
		}
	}
	vmas := in(p.Type, "AvailabilitySet")
	switch {
	case vmas && len(p.AvailabilityZones) > 0:
		return invalid(at("availabilityZones"), "Availability zones need the type 'VirtualMachineScaleSets'.")
	case vmas && on(p.EnableEncryptionAtHost):
		return refusal("EncryptionAtHostNotAllowedOnVMAS", at("enableEncryptionAtHost"), "Encryption at host needs the type 'VirtualMachineScaleSets'.")
	}
	for _, taint := range p.NodeTaints {
		if err := checkTaint(p, taint); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(p.NodeLabels)) {
		if strings.HasPrefix(key, aksLabels) && (key != spotLabel || !p.isSpot()) {
			return refusal("NodeLabelKeyNotAllowed", at("nodeLabels"), "The label '%s' has the prefix '%s', which is AKS's own.", key, aksLabels)
		}
	}
	return nil
}

// checkSpot holds the rules of https://learn.microsoft.com/azure/aks/spot-node-pool#limitations.
func checkSpot(p *AgentPool, at func(string) string) error {
	switch {
	case !p.isSpot() && p.ScaleSetEvictionPolicy != "":
		return invalid(at("scaleSetEvictionPolicy"), "An eviction policy needs scaleSetPriority 'Spot'.")
	case !p.isSpot() && p.SpotMaxPrice != nil && *p.SpotMaxPrice != -1:
		return invalid(at("spotMaxPrice"), "A maximum price needs scaleSetPriority 'Spot'.")
	case !p.isSpot():
		return nil
	case in(p.Mode, "System"):
		return refusal("SystemPoolMustBeRegular", at("scaleSetPriority"), "A pool of mode 'System' has scaleSetPriority 'Regular'.")
	case in(p.Type, "AvailabilitySet"):
		return invalid(at("scaleSetPriority"), "The priority 'Spot' needs the type 'VirtualMachineScaleSets'.")
	case p.SpotMaxPrice != nil && *p.SpotMaxPrice != -1 && *p.SpotMaxPrice <= 0:
		return invalid(at("spotMaxPrice"), "%g is neither greater than zero nor -1, which is the price of an ordinary node.", *p.SpotMaxPrice)
	case p.UpgradeSettings != nil && p.UpgradeSettings.MaxSurge != "":
		return refusal("InvalidParameter", at("upgradeSettings.maxSurge"), "The value of parameter agentPoolProfile.upgradeSettings.maxSurge is invalid. Error details: Spot pools can't set max surge.")
	}
	return nil
}

// checkUpgradeSettings: https://learn.microsoft.com/azure/aks/upgrade-aks-cluster#customize-node-surge-upgrade, where
// the ranges of the waits are (24 hours; 30 minutes).
func checkUpgradeSettings(u *UpgradeSettings, at func(string) string) error {
	if u == nil {
		return nil
	}
	if u.MaxSurge != "" && !surgeForm.MatchString(u.MaxSurge) {
		return invalid(at("upgradeSettings.maxSurge"), "'%s' is neither a number of nodes nor a percentage between 1%% and 100%%.", u.MaxSurge)
	}
	return checkNumbers(
		number{at("upgradeSettings.drainTimeoutInMinutes"), u.DrainTimeoutInMinutes, 1, 1440},
		number{at("upgradeSettings.nodeSoakDurationInMinutes"), u.NodeSoakDurationInMinutes, 0, 30})
}

// checkTaint: https://learn.microsoft.com/azure/aks/use-system-pools#restrictions lists no other taint that keeps pods
// away from a system pool.
func checkTaint(p *AgentPool, taint string) error {
	const at = "agentPoolProfile.nodeTaints"
	match := taintForm.FindStringSubmatch(taint)
	if match == nil {
		return invalid(at, "The taint '%s' has the form 'key=value:Effect', with the effect 'NoSchedule', 'PreferNoSchedule' or 'NoExecute'.", taint)
	}
	if in(p.Mode, "System") && match[3] != "PreferNoSchedule" && match[1] != "CriticalAddonsOnly" {
		return refusal("SystemPoolHasRestrictedTaint", at, "The taint '%s' would keep AKS's own pods away from a pool of mode 'System'; the only one of its effect that such a pool can have is 'CriticalAddonsOnly=true:%s'.", taint, match[3])
	}
	return nil
}

// lastWith2019 is the last minor version of Kubernetes with Windows Server 2019
// (https://learn.microsoft.com/azure/aks/upgrade-windows-os; the text is inferred).
const lastWith2019 = 32

func checkWindows(p *AgentPool, version string) error {
	if p.OrchestratorVersion != "" {
		version = p.OrchestratorVersion
	}
	minor, _ := minorOf(version)
	if in(p.OSSKU, "Windows2019") && minor > lastWith2019 {
		return refusal("InvalidOSSKU", "agentPoolProfile.osSKU", "The OS SKU 'Windows2019' is not supported with Kubernetes %s: its last version is 1.%d.", version, lastWith2019)
	}
	return nil
}
