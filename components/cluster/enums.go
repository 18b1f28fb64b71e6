package cluster

// Pool modes. Source: Microsoft.ContainerService/managedClusters/agentPools,
// API 2025-01-01, as all enumerations of this file unless it says otherwise.
const (
	// PoolModeSystem pools run the cluster's own pods; a cluster needs one.
	PoolModeSystem = "System"
	// PoolModeUser pools run workloads only.
	PoolModeUser = "User"
)

// PoolModes lists the modes of a node pool.
func PoolModes() []string { return []string{PoolModeSystem, PoolModeUser} }

// Operating systems of a pool's nodes.
const (
	OSLinux   = "Linux"
	OSWindows = "Windows"
)

// OSTypes lists the operating systems of a node pool.
func OSTypes() []string { return []string{OSLinux, OSWindows} }

// Node images.
const (
	OSSkuUbuntu      = "Ubuntu"
	OSSkuAzureLinux  = "AzureLinux"
	OSSkuWindows2019 = "Windows2019"
	OSSkuWindows2022 = "Windows2022"
)

// OSSkus lists the node images, those of Linux first.
func OSSkus() []string {
	return []string{OSSkuUbuntu, OSSkuAzureLinux, OSSkuWindows2019, OSSkuWindows2022}
}

// Kinds of a node's system disk.
const (
	// OSDiskManaged is a network disk.
	OSDiskManaged = "Managed"
	// OSDiskEphemeral lives on the VM's own disk: faster, and gone with the node.
	OSDiskEphemeral = "Ephemeral"
)

// OSDiskTypes lists the kinds of system disks.
func OSDiskTypes() []string { return []string{OSDiskManaged, OSDiskEphemeral} }

// What happens to an evicted spot node.
const (
	EvictionDelete     = "Delete"
	EvictionDeallocate = "Deallocate"
)

// EvictionPolicies lists what can happen to an evicted spot node.
func EvictionPolicies() []string { return []string{EvictionDelete, EvictionDeallocate} }

// SKU tiers of the control plane.
const (
	TierFree     = "Free"
	TierStandard = "Standard"
	TierPremium  = "Premium"
)

// SkuTiers lists the tiers of the control plane.
func SkuTiers() []string { return []string{TierFree, TierStandard, TierPremium} }

// Support plans.
const (
	SupportOfficial = "KubernetesOfficial"
	SupportLongTerm = "AKSLongTermSupport"
)

// SupportPlans lists the support plans.
func SupportPlans() []string { return []string{SupportOfficial, SupportLongTerm} }

// Channels of automatic Kubernetes upgrades.
const (
	UpgradeNone      = "none"
	UpgradePatch     = "patch"
	UpgradeStable    = "stable"
	UpgradeRapid     = "rapid"
	UpgradeNodeImage = "node-image"
)

// UpgradeChannels lists the channels of automatic Kubernetes upgrades.
func UpgradeChannels() []string {
	return []string{UpgradeNone, UpgradePatch, UpgradeStable, UpgradeRapid, UpgradeNodeImage}
}

// Channels of automatic node image upgrades.
const (
	NodeOSNone          = "None"
	NodeOSUnmanaged     = "Unmanaged"
	NodeOSSecurityPatch = "SecurityPatch"
	NodeOSNodeImage     = "NodeImage"
)

// NodeOSUpgradeChannels lists the channels of automatic node image upgrades.
func NodeOSUpgradeChannels() []string {
	return []string{NodeOSNone, NodeOSUnmanaged, NodeOSSecurityPatch, NodeOSNodeImage}
}

// Names of maintenance windows, which say what they are about.
const (
	// MaintenanceDefault windows are for AKS's own weekly releases.
	MaintenanceDefault = "default"
	// MaintenanceAutoUpgrade windows are for the upgrades of UpgradeChannel.
	MaintenanceAutoUpgrade = "aksManagedAutoUpgradeSchedule"
	// MaintenanceNodeOS windows are for the upgrades of NodeOsUpgradeChannel.
	MaintenanceNodeOS = "aksManagedNodeOSUpgradeSchedule"
)

// MaintenanceWindowNames lists the names of maintenance windows.
func MaintenanceWindowNames() []string {
	return []string{MaintenanceDefault, MaintenanceAutoUpgrade, MaintenanceNodeOS}
}

// Weekdays lists the days of a schedule.
func Weekdays() []string {
	return []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
}

// WeekIndexes lists the weeks of a month.
func WeekIndexes() []string { return []string{"First", "Second", "Third", "Fourth", "Last"} }

// Zones lists the numbers of availability zones.
func Zones() []string { return []string{"1", "2", "3"} }
