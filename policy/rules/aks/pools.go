package aks

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// pools returns the rules about node pools.
func pools() []rule.Rule {
	systemPools := rule.Source{
		Title: "Use system node pools in AKS",
		URL:   "https://learn.microsoft.com/azure/aks/use-system-pools",
	}
	return []rule.Rule{
		{
			Name:        "aks-encryption-at-host",
			Title:       "AKS nodes encrypt their disks and caches at the host.",
			Why:         "Otherwise temporary disks and caches are written in plain text.",
			Remedy:      "Set enableEncryptionAtHost to true on every pool; the subscription must have the feature.",
			FalseAlarms: "Sizes without host encryption, and ephemeral disks that hold nothing of value.",
			Severity:    rule.Medium, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Use host-based encryption on AKS",
				URL:   "https://learn.microsoft.com/azure/aks/enable-host-encryption",
			},
			Equivalents: []string{"Checkov CKV_AZURE_227"},
			Types:       poolTypes,
			CheckResource: eachPool(func(r *graph.Resource, pool graph.Value) []rule.Violation {
				if v := pool.Get("enableEncryptionAtHost"); v.NotTrue() {
					return rule.Found(r, v, "the pool does not encrypt at the host")
				}
				return nil
			}),
		},
		{
			Name:        "aks-pool-scale-set",
			Title:       "AKS pools are scale sets.",
			Why:         "Availability sets do not scale automatically, allow one pool only, and are being retired.",
			Remedy:      "Set the pool's type to VirtualMachineScaleSets or VirtualMachines.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.Low, Level: rule.Advisory, Reason: rule.Hardening,
			Source:      systemPools,
			Equivalents: []string{"PSRule Azure.AKS.PoolScaleSet", "Checkov CKV_AZURE_169"},
			Types:       poolTypes,
			CheckResource: eachPool(func(r *graph.Resource, pool graph.Value) []rule.Violation {
				if v := pool.Get("type"); v.IsFold("AvailabilitySet") {
					return rule.Found(r, v, "the pool is an availability set")
				}
				return nil
			}),
		},
		{
			Name:        "aks-pool-max-pods",
			Title:       "AKS nodes take at least 50 pods.",
			Why:         "The system's pods use up to 30, and the number cannot be changed later.",
			Remedy:      "Set maxPods to 50 or more, or use an overlay network, whose default is 250.",
			FalseAlarms: "Pools of a few large pods for each node.",
			Severity:    rule.Low, Level: rule.Advisory, Reason: rule.Advice,
			Source: rule.Source{
				Title: "Configure Azure CNI networking in AKS, maximum pods per node",
				URL:   "https://learn.microsoft.com/azure/aks/configure-azure-cni",
			},
			Equivalents: []string{"PSRule Azure.AKS.NodeMinPods", "Checkov CKV_AZURE_168"},
			Params: []rule.Param{{
				Name: "minimum", Type: rule.NumberParam, Default: 50.0,
				Description: "The least number of pods that a node must take.",
			}},
			Types:         poolTypes,
			CheckResource: checkMaxPods,
		},
		{
			Name:        "aks-system-pool-tainted",
			Title:       "AKS system pools run the cluster's system pods only.",
			Why:         "A workload that uses up a node's memory stops DNS and metrics there.",
			Remedy:      "Give system pools the taint CriticalAddonsOnly=true:NoSchedule, and have a user pool.",
			FalseAlarms: "Small clusters with a single pool.",
			Severity:    rule.Low, Level: rule.Disabled, Reason: rule.OptIn,
			Source:        systemPools,
			Equivalents:   []string{"Checkov CKV_AZURE_232"},
			Types:         poolTypes,
			CheckResource: eachPool(checkSystemTaint),
		},
	}
}

// eachPool returns the check of a resource's pools, one by one.
func eachPool(check func(*graph.Resource, graph.Value) []rule.Violation) func(*graph.Resource, rule.Params) []rule.Violation {
	return func(r *graph.Resource, _ rule.Params) []rule.Violation {
		var found []rule.Violation
		for _, pool := range poolsOf(r) {
			found = append(found, check(r, pool)...)
		}
		return found
	}
}

// poolsOf returns the pools in a cluster's profiles, or the properties of a pool that is a
// resource.
func poolsOf(r *graph.Resource) []graph.Value {
	if r.Type == graph.TypeAgentPool {
		return []graph.Value{r.Input()}
	}
	pools, _ := r.Get("agentPoolProfiles").List()
	return pools
}

// flatNetworkPods is how many pods a node takes by default where every pod has an address of the
// subnet. Source: learn.microsoft.com, "Configure Azure CNI networking in AKS".
const flatNetworkPods = 30

// checkMaxPods finds pools whose nodes take too few pods, by their setting or by default.
func checkMaxPods(r *graph.Resource, p rule.Params) []rule.Violation {
	var found []rule.Violation
	minimum := p.Int("minimum")
	for _, pool := range poolsOf(r) {
		v := pool.Get("maxPods")
		n, state := v.Int()
		switch {
		case state == graph.Known && n > 0 && n < minimum:
			found = append(found, rule.At(r, v, fmt.Sprintf("a node takes %d pods, fewer than %d", n, minimum)))
		case state == graph.Absent && inFlatNetwork(r, pool) && flatNetworkPods < minimum:
			found = append(found, rule.At(r, v, fmt.Sprintf("a node takes %d pods with this network, fewer than %d", flatNetworkPods, minimum)))
		}
	}
	return found
}

// inFlatNetwork reports whether the pods of a cluster's pool certainly have addresses of the nodes'
// subnet. A pool that is a resource does not name the network of its cluster.
func inFlatNetwork(r *graph.Resource, pool graph.Value) bool {
	network := r.Get("networkProfile")
	return r.Type == graph.TypeManagedCluster && network.Get("networkPlugin").IsFold("azure") &&
		network.Get("networkPluginMode").IsEmpty() && pool.Get("podSubnetID").IsEmpty()
}

// checkSystemTaint finds a system pool on which any pod can run.
func checkSystemTaint(r *graph.Resource, pool graph.Value) []rule.Violation {
	if !pool.Get("mode").IsFold("System") {
		return nil
	}
	taints := pool.Get("nodeTaints")
	list, state := taints.List()
	if state == graph.Unknown {
		return nil
	}
	for _, v := range list {
		text, known := v.Text()
		if known == graph.Unknown || strings.HasPrefix(text, "CriticalAddonsOnly=") {
			return nil
		}
	}
	return rule.Found(r, taints, "any pod can run on the system pool")
}
