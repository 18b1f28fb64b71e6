package clusters

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
)

// Values of the GA API 2025-05-01
// (https://learn.microsoft.com/rest/api/aks/managed-clusters/create-or-update). What is not among them is refused rather
// than shown back, so that a misspelt value is found here and not in Azure.
var (
	addons = []string{
		"aciConnectorLinux", "ACCSGXDevicePlugin", "azureKeyvaultSecretsProvider", "azurepolicy", "gitops", "httpApplicationRouting",
		"ingressApplicationGateway", "kubeDashboard", "omsagent", "openServiceMesh",
	}
	autoScalerSettings = []string{
		"balance-similar-node-groups", "daemonset-eviction-for-empty-nodes", "daemonset-eviction-for-occupied-nodes", "expander",
		"ignore-daemonsets-utilization", "max-empty-bulk-delete", "max-graceful-termination-sec", "max-node-provision-time",
		"max-total-unready-percentage", "new-pod-scale-up-delay", "ok-total-unready-count", "scale-down-delay-after-add",
		"scale-down-delay-after-delete", "scale-down-delay-after-failure", "scale-down-unneeded-time", "scale-down-unready-time",
		"scale-down-utilization-threshold", "scan-interval", "skip-nodes-with-local-storage", "skip-nodes-with-system-pods",
	}
)

// autoScalerSwitches are the settings that are not texts.
var autoScalerSwitches = []string{"daemonset-eviction-for-empty-nodes", "daemonset-eviction-for-occupied-nodes", "ignore-daemonsets-utilization"}

// choice is a property with a fixed set of values. Empty means that it is left out.
type choice struct {
	property, value string
	allowed         []string
}

func checkChoices(choices ...choice) error {
	for _, c := range choices {
		if c.value != "" && !in(c.value, c.allowed...) {
			return invalid(c.property, "The value '%s' is none of '%s'.", c.value, strings.Join(c.allowed, "', '"))
		}
	}
	return nil
}

// number is a property with a range. Nil means that it is left out.
type number struct {
	property    string
	value       *int
	least, most int
}

func checkNumbers(numbers ...number) error {
	for _, n := range numbers {
		if n.value != nil && (*n.value < n.least || *n.value > n.most) {
			return invalid(n.property, "%d is not between %d and %d.", *n.value, n.least, n.most)
		}
	}
	return nil
}

func checkValues(p *Properties) error {
	choices := []choice{
		{"supportPlan", p.SupportPlan, []string{"KubernetesOfficial", "AKSLongTermSupport"}},
		{"publicNetworkAccess", p.PublicNetworkAccess, []string{"Enabled", "Disabled"}},
	}
	if u := p.AutoUpgradeProfile; u != nil {
		choices = append(choices,
			choice{"autoUpgradeProfile.upgradeChannel", u.UpgradeChannel, []string{"rapid", "stable", "patch", "node-image", "none"}},
			choice{"autoUpgradeProfile.nodeOSUpgradeChannel", u.NodeOSUpgradeChannel, []string{"None", "Unmanaged", "NodeImage", "SecurityPatch"}})
	}
	if w := p.WindowsProfile; w != nil {
		choices = append(choices, choice{"windowsProfile.licenseType", w.LicenseType, []string{"None", "Windows_Server"}})
	}
	for name := range p.AddonProfiles {
		choices = append(choices, choice{"addonProfiles", name, addons})
	}
	for name, value := range p.AutoScalerProfile {
		choices = append(choices, choice{"autoScalerProfile", name, autoScalerSettings})
		_, isText := value.(string)
		if _, isSwitch := value.(bool); isText == isSwitch || isSwitch != slices.Contains(autoScalerSwitches, name) {
			return invalid("autoScalerProfile."+name, "The value %v has the wrong type: %s are true or false, and every other setting is a text.", value, strings.Join(autoScalerSwitches, ", "))
		}
	}
	expander, _ := p.AutoScalerProfile["expander"].(string)
	choices = append(choices, choice{"autoScalerProfile.expander", expander, []string{"least-waste", "most-pods", "priority", "random"}})
	if err := checkChoices(choices...); err != nil {
		return err
	}
	if s := p.SecurityProfile; s != nil && s.ImageCleaner != nil {
		// https://learn.microsoft.com/azure/aks/image-cleaner: 24 hours to three months.
		if err := checkNumbers(number{"securityProfile.imageCleaner.intervalHours", s.ImageCleaner.IntervalHours, 24, 2160}); err != nil {
			return err
		}
	}
	if s := p.SecurityProfile; s != nil && s.Defender != nil && s.Defender.SecurityMonitoring != nil && on(s.Defender.SecurityMonitoring.Enabled) && s.Defender.WorkspaceID == "" {
		return missing("securityProfile.defender.logAnalyticsWorkspaceResourceId") // required by the specification
	}
	if err := checkAddons(p.AddonProfiles); err != nil {
		return err
	}
	if err := checkEntra(p.AADProfile); err != nil {
		return err
	}
	return checkAccess(p.APIServerAccessProfile)
}

func checkPoolValues(p *AgentPool, at func(string) string) error {
	return checkChoices(
		choice{at("osSKU"), p.OSSKU, osSKUs(p.OSType)},
		choice{at("osDiskType"), p.OSDiskType, []string{"Managed", "Ephemeral"}},
		choice{at("kubeletDiskType"), p.KubeletDiskType, []string{"OS", "Temporary"}},
		choice{at("workloadRuntime"), p.WorkloadRuntime, []string{"OCIContainer", "WasmWasi"}},
		choice{at("scaleDownMode"), p.ScaleDownMode, []string{"Delete", "Deallocate"}},
		choice{at("scaleSetPriority"), p.ScaleSetPriority, []string{"Regular", "Spot"}},
		choice{at("scaleSetEvictionPolicy"), p.ScaleSetEvictionPolicy, []string{"Delete", "Deallocate"}},
	)
}

// osSKUs are those of an operating system; a request that leaves it out can be about either.
func osSKUs(osType string) []string {
	linux, windows := []string{"Ubuntu", "Ubuntu2204", "AzureLinux", "AzureLinux3", "CBLMariner"}, []string{"Windows2019", "Windows2022"}
	switch {
	case in(osType, "Windows"):
		return windows
	case in(osType, "Linux"):
		return linux
	}
	return append(linux, windows...)
}

// checkSkew refuses nodes that are newer than the control plane, or more than three minor versions older
// (https://aka.ms/version-skew-policy).
func checkSkew(control string, pools []AgentPool) error {
	for _, p := range pools {
		if p.OrchestratorVersion == "" {
			continue
		}
		node, plane := numbers(p.OrchestratorVersion), numbers(control)
		// A version without a patch stands for any.
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

// numbers reads a version that checkVersion has passed.
func numbers(version string) []int {
	var list []int
	for part := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(part) // checkVersion has seen digits
		list = append(list, n)
	}
	return list
}
