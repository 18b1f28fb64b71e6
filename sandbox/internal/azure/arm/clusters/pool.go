package clusters

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"k8s.io/utils/ptr"
)

// AgentPool is a node pool, in a cluster or as a resource.
type AgentPool struct {
	Name                       string            `json:"name,omitempty"`
	Count                      *int              `json:"count,omitempty"`
	VMSize                     string            `json:"vmSize,omitempty"`
	OSDiskSizeGB               *int              `json:"osDiskSizeGB,omitempty"`
	OSDiskType                 string            `json:"osDiskType,omitempty"`
	KubeletDiskType            string            `json:"kubeletDiskType,omitempty"`
	WorkloadRuntime            string            `json:"workloadRuntime,omitempty"`
	VnetSubnetID               string            `json:"vnetSubnetID,omitempty"`
	PodSubnetID                string            `json:"podSubnetID,omitempty"`
	MaxPods                    *int              `json:"maxPods,omitempty"`
	OSType                     string            `json:"osType,omitempty"`
	OSSKU                      string            `json:"osSKU,omitempty"`
	MinCount                   *int              `json:"minCount,omitempty"`
	MaxCount                   *int              `json:"maxCount,omitempty"`
	EnableAutoScaling          *bool             `json:"enableAutoScaling,omitempty"`
	ScaleDownMode              string            `json:"scaleDownMode,omitempty"`
	Type                       string            `json:"type,omitempty"`
	Mode                       string            `json:"mode,omitempty"`
	OrchestratorVersion        string            `json:"orchestratorVersion,omitempty"`
	CurrentOrchestratorVersion string            `json:"currentOrchestratorVersion,omitempty"`
	NodeImageVersion           string            `json:"nodeImageVersion,omitempty"`
	UpgradeSettings            *UpgradeSettings  `json:"upgradeSettings,omitempty"`
	ProvisioningState          string            `json:"provisioningState,omitempty"`
	PowerState                 *PowerState       `json:"powerState,omitempty"`
	AvailabilityZones          []string          `json:"availabilityZones,omitempty"`
	EnableNodePublicIP         *bool             `json:"enableNodePublicIP,omitempty"`
	ScaleSetPriority           string            `json:"scaleSetPriority,omitempty"`
	ScaleSetEvictionPolicy     string            `json:"scaleSetEvictionPolicy,omitempty"`
	SpotMaxPrice               *float64          `json:"spotMaxPrice,omitempty"`
	Tags                       map[string]string `json:"tags,omitempty"`
	NodeLabels                 map[string]string `json:"nodeLabels,omitempty"`
	NodeTaints                 []string          `json:"nodeTaints,omitempty"`
	EnableEncryptionAtHost     *bool             `json:"enableEncryptionAtHost,omitempty"`
	EnableUltraSSD             *bool             `json:"enableUltraSSD,omitempty"`
	EnableFIPS                 *bool             `json:"enableFIPS,omitempty"`
}

// PowerState is Running or Stopped.
type PowerState struct {
	Code string `json:"code,omitempty"`
}

// UpgradeSettings are the settings for upgrades of a pool.
type UpgradeSettings struct {
	// MaxSurge is a number of nodes, or a percentage such as 33%.
	MaxSurge                  string `json:"maxSurge,omitempty"`
	DrainTimeoutInMinutes     *int   `json:"drainTimeoutInMinutes,omitempty"`
	NodeSoakDurationInMinutes *int   `json:"nodeSoakDurationInMinutes,omitempty"`
	// UndrainableNodeBehavior is Cordon or Schedule.
	UndrainableNodeBehavior string `json:"undrainableNodeBehavior,omitempty"`
	// MaxUnavailable is a number of nodes, or a percentage such as 5%.
	MaxUnavailable string `json:"maxUnavailable,omitempty"`
}

// fillPool sets the values that AKS sets in a new pool of a cluster with the given properties.
func fillPool(p *AgentPool, cluster *Properties) {
	p.VMSize = cmp.Or(p.VMSize, candidates[0])
	p.Count = cmp.Or(p.Count, ptr.To(1))
	p.clampCount()
	p.Mode = cmp.Or(p.Mode, "User")
	p.OSType = cmp.Or(p.OSType, "Linux")
	p.Type = cmp.Or(p.Type, "VirtualMachineScaleSets")
	if in(p.OSType, "Windows") {
		p.OSSKU = cmp.Or(p.OSSKU, "Windows2022")
	}
	p.OSSKU = cmp.Or(p.OSSKU, "Ubuntu")
	p.OSDiskSizeGB = cmp.Or(p.OSDiskSizeGB, ptr.To(128))
	if *p.OSDiskSizeGB == 0 {
		*p.OSDiskSizeGB = 128
	}
	p.OSDiskType = cmp.Or(p.OSDiskType, "Managed")
	p.KubeletDiskType = cmp.Or(p.KubeletDiskType, "OS")
	p.MaxPods = cmp.Or(p.MaxPods, ptr.To(cluster.NetworkProfile.maxPods(p)))
	p.ScaleDownMode = cmp.Or(p.ScaleDownMode, "Delete")
	p.EnableFIPS = cmp.Or(p.EnableFIPS, ptr.To(false))
	p.EnableAutoScaling = cmp.Or(p.EnableAutoScaling, ptr.To(false))
	p.EnableNodePublicIP = cmp.Or(p.EnableNodePublicIP, ptr.To(false))
	p.OrchestratorVersion = cmp.Or(p.OrchestratorVersion, cluster.KubernetesVersion)
	p.CurrentOrchestratorVersion = RealVersion
	p.NodeImageVersion = nodeImage(p.OSSKU)
	p.PowerState = &PowerState{Code: "Running"}
	p.fillSpot()
	p.dropRegular()
	if p.isSpot() {
		return
	}
	// Recorded: system pools have a surge, and user pools have empty settings (the recording that
	// fillDefaults names).
	if p.UpgradeSettings == nil {
		p.UpgradeSettings = &UpgradeSettings{}
		if in(p.Mode, "System") {
			p.UpgradeSettings.MaxSurge = "10%"
		}
	}
}

// nodeImage returns an image version in the form of AKS. There is no such image in the sandbox.
func nodeImage(sku string) string {
	switch {
	case in(sku, "Windows2019", "Windows2022"):
		return "AKSWindows-" + sku[len("Windows"):] + "-containerd-sandbox"
	case in(sku, "AzureLinux", "AzureLinux3", "CBLMariner"):
		return "AKSAzureLinux-V3gen2-sandbox"
	}
	return "AKSUbuntu-2204gen2containerd-sandbox"
}

// changePool applies a request to a pool, and refuses changes that AKS does not allow
// (https://learn.microsoft.com/azure/aks/create-node-pools). A property that the request omits
// keeps its value.
func changePool(have *AgentPool, want AgentPool) error {
	for _, c := range []struct{ property, have, want string }{
		{"vmSize", have.VMSize, want.VMSize}, {"osType", have.OSType, want.OSType},
		{"osDiskType", have.OSDiskType, want.OSDiskType}, {"vnetSubnetID", have.VnetSubnetID, want.VnetSubnetID},
		{"podSubnetID", have.PodSubnetID, want.PodSubnetID}, {"type", have.Type, want.Type},
		{"scaleSetPriority", cmp.Or(have.ScaleSetPriority, "Regular"), want.ScaleSetPriority},
		{"scaleSetEvictionPolicy", have.ScaleSetEvictionPolicy, want.ScaleSetEvictionPolicy},
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
		// Zero requests the default of the VM size.
		if c.want != nil && *c.want != 0 && c.have != nil && *c.have != *c.want {
			return changeNotAllowed("properties." + c.property)
		}
	}
	if on(want.EnableFIPS) != on(have.EnableFIPS) && want.EnableFIPS != nil {
		return changeNotAllowed("properties.enableFIPS")
	}
	// azurerm replaces a pool if one of these two changes. That AKS refuses the change is inferred.
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
	have.fillSpot()
	if !on(have.EnableAutoScaling) {
		have.MinCount, have.MaxCount = nil, nil
	}
	have.clampCount()
	return checkCount(have, func(property string) string { return "agentPoolProfile." + property })
}

// clampCount sets the count to one in the autoscaler's range, as the autoscaler does.
func (p *AgentPool) clampCount() {
	if !on(p.EnableAutoScaling) || p.Count == nil || p.MinCount == nil || p.MaxCount == nil {
		return
	}
	count := min(max(*p.Count, *p.MinCount), *p.MaxCount)
	p.Count = &count
}

func (p *AgentPool) isSpot() bool { return in(p.ScaleSetPriority, "Spot") }

// dropRegular removes the settings of Spot pools that az sends for every pool: AKS accepts and does
// not keep them (azure-cli, test_aks_create_with_oidc_issuer_enabled.yaml).
func (p *AgentPool) dropRegular() {
	if p.isSpot() {
		return
	}
	p.ScaleSetPriority = ""
	if in(p.ScaleSetEvictionPolicy, "Delete") {
		p.ScaleSetEvictionPolicy = ""
	}
	if p.SpotMaxPrice != nil && *p.SpotMaxPrice == -1 {
		p.SpotMaxPrice = nil
	}
}

// fillSpot sets the values that AKS sets in a Spot pool.
func (p *AgentPool) fillSpot() {
	if !p.isSpot() {
		return
	}
	p.ScaleSetEvictionPolicy = cmp.Or(p.ScaleSetEvictionPolicy, "Delete")
	p.SpotMaxPrice = cmp.Or(p.SpotMaxPrice, ptr.To(-1.0))
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

// dropReadOnly removes read-only properties from a request.
func (p *AgentPool) dropReadOnly() {
	p.ProvisioningState, p.PowerState, p.CurrentOrchestratorVersion, p.NodeImageVersion = "", nil, "", ""
}
