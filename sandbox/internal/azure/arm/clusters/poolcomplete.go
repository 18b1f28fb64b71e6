package clusters

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Label and taint of Spot nodes, so that only pods that tolerate the taint run on them
// (https://learn.microsoft.com/azure/aks/spot-node-pool).
const (
	spotLabel = "kubernetes.azure.com/scalesetpriority"
	spotTaint = spotLabel + "=spot:NoSchedule"
)

// aksLabels is the prefix of the labels that AKS reserves
// (https://learn.microsoft.com/azure/aks/use-labels).
const aksLabels = "kubernetes.azure.com/"

var (
	taintForm = regexp.MustCompile(`^([A-Za-z0-9][-A-Za-z0-9_./]*)(=[-A-Za-z0-9_.]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$`)
	surgeForm = regexp.MustCompile(`^([1-9][0-9]*|([1-9][0-9]?|100)%)$`)
)

// checkCompletePool refuses combinations of values that a pool cannot have, given all values after
// a request. For the codes see refusal; the texts are inferred, except for the surge of Spot pools.
func checkCompletePool(p *AgentPool) error {
	at := func(property string) string { return "agentPoolProfile." + property }
	if err := checkSpot(p, at); err != nil {
		return err
	}
	if err := checkUpgradeSettings(p.UpgradeSettings, at); err != nil {
		return err
	}
	for _, zone := range p.AvailabilityZones {
		if !in(zone, "1", "2", "3") {
			return invalid(at("availabilityZones"), "The zone '%s' must be '1', '2' or '3'.", zone)
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
			return refusal("NodeLabelKeyNotAllowed", at("nodeLabels"), "The label '%s' has the prefix '%s', which is reserved for AKS.", key, aksLabels)
		}
	}
	return nil
}

// checkSpot refuses settings of Spot pools that
// https://learn.microsoft.com/azure/aks/spot-node-pool#limitations does not allow, and settings
// that only Spot pools have in other pools.
func checkSpot(p *AgentPool, at func(string) string) error {
	switch {
	case !p.isSpot() && p.ScaleSetEvictionPolicy != "":
		return invalid(at("scaleSetEvictionPolicy"), "An eviction policy needs scaleSetPriority 'Spot'.")
	case !p.isSpot() && p.SpotMaxPrice != nil && *p.SpotMaxPrice != -1:
		return invalid(at("spotMaxPrice"), "A maximum price needs scaleSetPriority 'Spot'.")
	case !p.isSpot():
		return nil
	case in(p.Mode, "System"):
		return refusal("SystemPoolMustBeRegular", at("scaleSetPriority"), "A pool of mode 'System' must have scaleSetPriority 'Regular'.")
	case in(p.Type, "AvailabilitySet"):
		return invalid(at("scaleSetPriority"), "The priority 'Spot' needs the type 'VirtualMachineScaleSets'.")
	case p.SpotMaxPrice != nil && *p.SpotMaxPrice != -1 && *p.SpotMaxPrice <= 0:
		return invalid(at("spotMaxPrice"), "%g is neither greater than zero nor -1, which is the price of an ordinary node.", *p.SpotMaxPrice)
	case p.UpgradeSettings != nil && p.UpgradeSettings.MaxSurge != "":
		return refusal("InvalidParameter", at("upgradeSettings.maxSurge"), "The value of parameter agentPoolProfile.upgradeSettings.maxSurge is invalid. Error details: Spot pools can't set max surge.")
	}
	return nil
}

// checkUpgradeSettings refuses a surge that is not of the form of
// https://learn.microsoft.com/azure/aks/upgrade-aks-cluster#customize-node-surge-upgrade.
func checkUpgradeSettings(u *UpgradeSettings, at func(string) string) error {
	if u == nil {
		return nil
	}
	if u.MaxSurge != "" && !surgeForm.MatchString(u.MaxSurge) {
		return invalid(at("upgradeSettings.maxSurge"), "'%s' is neither a number of nodes nor a percentage between 1%% and 100%%.", u.MaxSurge)
	}
	if u.MaxUnavailable != "" && u.MaxUnavailable != "0" && !surgeForm.MatchString(u.MaxUnavailable) {
		return invalid(at("upgradeSettings.maxUnavailable"), "'%s' is neither a number of nodes nor a percentage between 1%% and 100%%.", u.MaxUnavailable)
	}
	return nil
}

// checkTaint refuses malformed taints, and taints that keep pods away from a system pool, of which
// https://learn.microsoft.com/azure/aks/use-system-pools#restrictions allows only
// CriticalAddonsOnly.
func checkTaint(p *AgentPool, taint string) error {
	const at = "agentPoolProfile.nodeTaints"
	match := taintForm.FindStringSubmatch(taint)
	if match == nil {
		return invalid(at, "The taint '%s' must have the form 'key=value:Effect', with the effect 'NoSchedule', 'PreferNoSchedule' or 'NoExecute'.", taint)
	}
	if in(p.Mode, "System") && match[3] != "PreferNoSchedule" && match[1] != "CriticalAddonsOnly" {
		return refusal("SystemPoolHasRestrictedTaint", at, "The taint '%s' would keep the pods of AKS away from a pool of mode 'System'; the only taint with its effect that such a pool can have is 'CriticalAddonsOnly=true:%s'.", taint, match[3])
	}
	return nil
}

// lastWith2019 is the last minor version of Kubernetes with Windows Server 2019
// (https://learn.microsoft.com/azure/aks/upgrade-windows-os; the text is inferred).
const lastWith2019 = 32

func checkWindows(p *AgentPool, version string) error {
	version = cmp.Or(p.OrchestratorVersion, version)
	if in(p.OSSKU, "Windows2019") && minorOf(version) > lastWith2019 {
		return refusal("InvalidOSSKU", "agentPoolProfile.osSKU", "The OS SKU 'Windows2019' is not supported with Kubernetes %s: its last version is 1.%d.", version, lastWith2019)
	}
	return nil
}
