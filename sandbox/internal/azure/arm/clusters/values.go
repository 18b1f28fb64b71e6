package clusters

import (
	"slices"
	"strings"
)

// Values of the GA API 2025-05-01
// (https://learn.microsoft.com/rest/api/aks/managed-clusters/create-or-update). Others are refused
// instead of stored, so that a misspelt value is found in the sandbox and not in Azure.
var (
	addons = []string{
		"aciConnectorLinux", "ACCSGXDevicePlugin", "azureKeyvaultSecretsProvider", "azurepolicy", "gitops",
		"httpApplicationRouting", "ingressApplicationGateway", "kubeDashboard", "omsagent", "openServiceMesh",
	}
	autoScalerSettings = []string{
		"balance-similar-node-groups", "daemonset-eviction-for-empty-nodes", "daemonset-eviction-for-occupied-nodes", "expander",
		"ignore-daemonsets-utilization", "max-empty-bulk-delete", "max-graceful-termination-sec", "max-node-provision-time",
		"max-total-unready-percentage", "new-pod-scale-up-delay", "ok-total-unready-count", "scale-down-delay-after-add",
		"scale-down-delay-after-delete", "scale-down-delay-after-failure", "scale-down-unneeded-time", "scale-down-unready-time",
		"scale-down-utilization-threshold", "scan-interval", "skip-nodes-with-local-storage", "skip-nodes-with-system-pods",
	}
)

// autoScalerSwitches are the settings that are booleans instead of texts.
var autoScalerSwitches = []string{
	"daemonset-eviction-for-empty-nodes", "daemonset-eviction-for-occupied-nodes", "ignore-daemonsets-utilization",
}

// choice is a property with a fixed set of values. An empty value means that it is omitted.
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

// number is a property with a range. A nil value means that it is omitted.
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

// checkValues checks each value of a cluster alone.
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
	if m := p.AzureMonitorProfile; m != nil && m.Metrics != nil && on(m.Metrics.Enabled) {
		return invalid("azureMonitorProfile.metrics.enabled", "The sandbox has no managed Prometheus; it can only be false.")
	}
	if m := p.MetricsProfile; m != nil && m.CostAnalysis != nil && on(m.CostAnalysis.Enabled) {
		return invalid("metricsProfile.costAnalysis.enabled", "The sandbox has no costs to analyse; it can only be false.")
	}
	if b := p.BootstrapProfile; b != nil {
		if b.ContainerRegistryID != "" || in(b.ArtifactSource, "Cache") {
			return invalid("bootstrapProfile", "The sandbox's nodes have no images: the only artifact source is 'Direct'.")
		}
		choices = append(choices, choice{"bootstrapProfile.artifactSource", b.ArtifactSource, []string{"Direct"}})
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
	if s := p.SecurityProfile; s != nil && s.Defender.lacksWorkspace() {
		return missing("securityProfile.defender.logAnalyticsWorkspaceResourceId")
	}
	if err := checkAddons(p.AddonProfiles); err != nil {
		return err
	}
	if err := checkEntra(p.AADProfile); err != nil {
		return err
	}
	return checkAccess(p.APIServerAccessProfile)
}

// lacksWorkspace reports whether security monitoring is enabled without the workspace that the
// specification requires.
func (d *Defender) lacksWorkspace() bool {
	return d != nil && d.SecurityMonitoring != nil && on(d.SecurityMonitoring.Enabled) && d.WorkspaceID == ""
}
