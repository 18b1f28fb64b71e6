package clusters

import (
	"strings"
)

// addons are the names of add-ons, which the specification does not list
// (https://learn.microsoft.com/azure/aks/integrations). Others are refused instead of stored, so
// that a misspelt name is found in the sandbox and not in Azure.
var addons = []string{
	"aciConnectorLinux", "ACCSGXDevicePlugin", "azureKeyvaultSecretsProvider", "azurepolicy", "gitops",
	"httpApplicationRouting", "ingressApplicationGateway", "kubeDashboard", "omsagent", "openServiceMesh",
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

// checkValues checks each value of a cluster alone, as far as the specification does not.
func checkValues(p *Properties) error {
	if m := p.AzureMonitorProfile; m != nil && m.Metrics != nil && on(m.Metrics.Enabled) {
		return invalid("azureMonitorProfile.metrics.enabled", "The sandbox has no managed Prometheus; it can only be false.")
	}
	if m := p.MetricsProfile; m != nil && m.CostAnalysis != nil && on(m.CostAnalysis.Enabled) {
		return invalid("metricsProfile.costAnalysis.enabled", "The sandbox has no costs to analyse; it can only be false.")
	}
	if b := p.BootstrapProfile; b != nil && (b.ContainerRegistryID != "" || in(b.ArtifactSource, "Cache")) {
		return invalid("bootstrapProfile", "The sandbox's nodes have no images: the only artifact source is 'Direct'.")
	}
	var choices []choice
	for name := range p.AddonProfiles {
		choices = append(choices, choice{"addonProfiles", name, addons})
	}
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
