package clusters

// AgentPool is a node pool, inline or as a resource of its own.
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

// UpgradeSettings of a pool.
type UpgradeSettings struct {
	MaxSurge                  string `json:"maxSurge,omitempty"` // a number of nodes, or a percentage such as 33%
	DrainTimeoutInMinutes     *int   `json:"drainTimeoutInMinutes,omitempty"`
	NodeSoakDurationInMinutes *int   `json:"nodeSoakDurationInMinutes,omitempty"`
}
