package rules

import (
	"fmt"
	"strings"
)

// azureCNIPods is how many pods a node takes by default where every pod has an address of the subnet.
const azureCNIPods = 30

// aksNodes is the pools.
func aksNodes() []Rule {
	return []Rule{
		{
			Name: "aks-encryption-at-host", IDs: []string{"11"},
			Title:    "AKS nodes encrypt their disks and caches at the host.",
			Why:      "Temporary disks and caches are otherwise written in plain text.",
			Remedy:   "Set enableEncryptionAtHost to true on every pool; the subscription must have the feature.",
			Severity: Medium, Level: Disabled, Reason: needsChoice,
			Document:    "Use host-based encryption on AKS",
			URL:         "https://learn.microsoft.com/azure/aks/enable-host-encryption",
			Equivalents: []string{"Checkov CKV_AZURE_227"},
			Types:       []string{managedCluster, agentPool},
			Resource: eachPool(func(r *Resource, pool Value) []Violation {
				if v := pool.Get("enableEncryptionAtHost"); v.NotTrue() {
					return r.faults(v, "the pool does not encrypt at the host")
				}
				return nil
			}),
		},
		{
			Name: "aks-pool-scale-set", IDs: []string{"19"},
			Title:    "AKS pools are scale sets.",
			Why:      "Availability sets cannot scale by themselves, nor have several pools, and are being retired.",
			Remedy:   "Set the pool's type to VirtualMachineScaleSets or VirtualMachines.",
			Severity: Low, Level: Mandatory, Reason: "Nobody means it: availability sets are being retired.",
			Document:    "Use system node pools in AKS",
			URL:         "https://learn.microsoft.com/azure/aks/use-system-pools",
			Equivalents: []string{"PSRule Azure.AKS.PoolScaleSet", "Checkov CKV_AZURE_169"},
			Types:       []string{managedCluster, agentPool},
			Resource: eachPool(func(r *Resource, pool Value) []Violation {
				if v := pool.Get("type"); v.IsFold("AvailabilitySet") {
					return r.faults(v, "the pool is an availability set")
				}
				return nil
			}),
		},
		{
			Name: "aks-pool-max-pods", IDs: []string{"19"},
			Title:    "AKS nodes take at least 50 pods.",
			Why:      "The system's own pods use up to 30, and the number cannot be changed later.",
			Remedy:   "Set maxPods to 50 or more, or use an overlay network, whose default is 250.",
			Severity: Low, Level: Advisory, Reason: hygiene,
			Document:    "Configure Azure CNI networking in AKS, maximum pods per node",
			URL:         "https://learn.microsoft.com/azure/aks/configure-azure-cni",
			Equivalents: []string{"PSRule Azure.AKS.NodeMinPods", "Checkov CKV_AZURE_168"},
			Params:      []Param{{Name: "minimum", Type: NumberParam, Default: 50.0, Description: "The least number of pods that a node must take."}},
			Types:       []string{managedCluster, agentPool},
			Resource:    judgeMaxPods,
		},
		{
			Name: "aks-system-pool-tainted", IDs: []string{"19"},
			Title:    "AKS system pools run the cluster's own pods only.",
			Why:      "A workload that takes a node's memory takes DNS and metrics with it.",
			Remedy:   "Give system pools the taint CriticalAddonsOnly=true:NoSchedule, and have a user pool.",
			Severity: Low, Level: Disabled, Reason: needsChoice,
			Document:    "Use system node pools in AKS",
			URL:         "https://learn.microsoft.com/azure/aks/use-system-pools",
			Equivalents: []string{"Checkov CKV_AZURE_232"},
			Types:       []string{managedCluster, agentPool},
			Resource:    eachPool(judgeSystemTaint),
		},
	}
}

// eachPool makes a rule of a function over pools: those of a cluster's profile, and those that are resources.
func eachPool(judge func(*Resource, Value) []Violation) func(*Resource, Params) []Violation {
	return func(r *Resource, _ Params) []Violation {
		var found []Violation
		for _, pool := range poolsOf(r) {
			found = append(found, judge(r, pool)...)
		}
		return found
	}
}

func poolsOf(r *Resource) []Value {
	if r.Type == agentPool {
		return []Value{NewValue(r.Inputs)}
	}
	pools, _ := r.Get("agentPoolProfiles").List()
	return pools
}

func judgeMaxPods(r *Resource, p Params) []Violation {
	var found []Violation
	minimum := p.Int("minimum")
	for _, pool := range poolsOf(r) {
		v := pool.Get("maxPods")
		n, state := v.Int()
		if state == Known && n > 0 && n < minimum {
			found = append(found, r.fault(v, fmt.Sprintf("a node takes %d pods, fewer than %d", n, minimum)))
		}
		network := r.Get("networkProfile")
		// A pool's own resource does not say what network its cluster has.
		flat := r.Type == managedCluster && network.Get("networkPlugin").IsFold("azure") &&
			network.Get("networkPluginMode").IsEmpty() && pool.Get("podSubnetID").IsEmpty()
		if state == Absent && flat && azureCNIPods < minimum {
			found = append(found, r.fault(v, fmt.Sprintf("a node takes %d pods with this network, fewer than %d", azureCNIPods, minimum)))
		}
	}
	return found
}

func judgeSystemTaint(r *Resource, pool Value) []Violation {
	if !pool.Get("mode").IsFold("System") {
		return nil
	}
	taints := pool.Get("nodeTaints")
	list, state := taints.List()
	if state == Unknown {
		return nil
	}
	for _, v := range list {
		text, known := v.Text()
		if known == Unknown || strings.HasPrefix(text, "CriticalAddonsOnly=") {
			return nil
		}
	}
	return r.faults(taints, "the system pool takes any pod")
}
