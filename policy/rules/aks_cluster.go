package rules

import (
	"fmt"
	"strconv"
	"strings"
)

// aksCluster is versions, tier, disks and logs.
func aksCluster() []Rule {
	return []Rule{
		{
			Name: "aks-disk-encryption-set", IDs: []string{"10"},
			Title:    "AKS disks are encrypted with a key of your own.",
			Why:      "Azure holds the only key otherwise.",
			Remedy:   "Set diskEncryptionSetID; it replaces the cluster.",
			Severity: Low, Level: Disabled, Reason: needsChoice,
			Document:    "Bring your own keys with Azure managed disks in AKS",
			URL:         "https://learn.microsoft.com/azure/aks/azure-disk-customer-managed-keys",
			Equivalents: []string{"Checkov CKV_AZURE_117", "Trivy AZU-0067"},
			Types:       []string{managedCluster},
			Resource: func(r *Resource, _ Params) []Violation {
				if v := r.Get("diskEncryptionSetID"); v.IsEmpty() {
					return r.faults(v, "the disks are encrypted with Azure's key")
				}
				return nil
			},
		},
		{
			Name: "aks-upgrade-channel", IDs: []string{"12"},
			Title:    "AKS clusters upgrade themselves.",
			Why:      "Clusters that nobody upgrades fall out of support.",
			Remedy:   "Set autoUpgradeProfile.upgradeChannel to patch or stable, and a maintenance window.",
			Severity: Low, Level: Disabled, Reason: needsChoice,
			Document:    "Automatically upgrade an AKS cluster",
			URL:         "https://learn.microsoft.com/azure/aks/auto-upgrade-cluster",
			Equivalents: []string{"PSRule Azure.AKS.AutoUpgrade", "Checkov CKV_AZURE_171"},
			Types:       []string{managedCluster},
			Resource: func(r *Resource, _ Params) []Violation {
				if v := r.Get("autoUpgradeProfile", "upgradeChannel"); v.IsEmpty() || v.IsFold("none") {
					return r.faults(v, "the cluster never upgrades itself")
				}
				return nil
			},
		},
		{
			Name: "aks-version-supported", IDs: []string{"13"},
			Title:    "AKS clusters run a supported version of Kubernetes.",
			Why:      "Versions out of support get no fixes, and Azure may upgrade them without asking.",
			Remedy:   "Set kubernetesVersion to a supported version (az aks get-versions), one minor version at a time.",
			Severity: High, Level: Mandatory, Reason: "Azure refuses to create clusters of versions out of support.",
			Document:    "Supported Kubernetes versions in AKS",
			URL:         "https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
			Equivalents: []string{"PSRule Azure.AKS.Version"},
			Params:      []Param{{Name: "minimum", Type: StringParam, Default: "1.32", Description: "The oldest minor version that is allowed. Azure supports each for about a year (two with long-term support)."}},
			Types:       []string{managedCluster},
			Resource:    judgeVersion,
		},
		{
			Name: "aks-pool-version-matches", IDs: []string{"13"},
			Title:    "AKS pools run the control plane's version.",
			Why:      "Nodes may lag, but never run ahead, and what lags is easily forgotten.",
			Remedy:   "Set orchestratorVersion to the cluster's kubernetesVersion, or leave it out.",
			Severity: Low, Level: Advisory, Reason: "During an upgrade pools lag on purpose.",
			Document:    "Upgrade options for AKS clusters",
			URL:         "https://learn.microsoft.com/azure/aks/upgrade-aks-cluster",
			Equivalents: []string{"PSRule Azure.AKS.PoolVersion"},
			Stack:       judgePoolVersions,
		},
		{
			Name: "aks-paid-tier", IDs: []string{"14"},
			Title:    "AKS control planes have an availability agreement.",
			Why:      "The Free tier has none, and scales to few nodes.",
			Remedy:   "Set sku.tier to Standard or Premium.",
			Severity: Low, Level: Disabled, Reason: needsChoice,
			Document:    "Free, Standard and Premium pricing tiers for AKS cluster management",
			URL:         "https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers",
			Equivalents: []string{"PSRule Azure.AKS.UptimeSLA", "Checkov CKV_AZURE_170"},
			Types:       []string{managedCluster},
			Resource: func(r *Resource, _ Params) []Violation {
				if v := r.Get("sku", "tier"); v.IsEmpty() || v.IsFold("Free") {
					return r.faults(v, "the control plane has no availability agreement")
				}
				return nil
			},
		},
		{
			Name: "aks-logs", IDs: []string{"15"},
			Title:    "AKS clusters send their logs somewhere.",
			Why:      "Nobody can tell afterwards who did what in the cluster.",
			Remedy:   "Add a diagnostic setting of the cluster with the kube-audit-admin category, or the add-on omsagent.",
			Severity: Medium, Level: Disabled, Reason: needsChoice,
			Document:    "Monitor AKS",
			URL:         "https://learn.microsoft.com/azure/aks/monitor-aks",
			Equivalents: []string{"PSRule Azure.AKS.AuditLogs", "PSRule Azure.AKS.PlatformLogs", "PSRule Azure.AKS.ContainerInsights", "Checkov CKV_AZURE_4", "Trivy AZU-0040"},
			Stack:       judgeClusterLogs,
		},
	}
}

// minor reads the first two numbers of a version.
func minor(version string) (major, minor int, ok bool) {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	if len(parts) < 2 {
		return 0, 0, false
	}
	major, err := strconv.Atoi(parts[0])
	if err != nil {
		return 0, 0, false
	}
	minor, err = strconv.Atoi(parts[1])
	return major, minor, err == nil
}

// older reports that a version is certainly older than another.
func older(version, than string) bool {
	major, m, ok := minor(version)
	wantMajor, want, wantOK := minor(than)
	return ok && wantOK && (major < wantMajor || major == wantMajor && m < want)
}

func judgeVersion(r *Resource, p Params) []Violation {
	v := r.Get("kubernetesVersion")
	text, ok := v.KnownText()
	if least := p.Text("minimum"); ok && older(text, least) {
		return r.faults(v, fmt.Sprintf("Kubernetes %s is older than %s", text, least))
	}
	return nil
}

func judgePoolVersions(g *Graph, _ Params) []Violation {
	var found []Violation
	check := func(r *Resource, cluster, pool Value) {
		want, hasWant := cluster.KnownText()
		got, hasGot := pool.KnownText()
		wantMajor, wantMinor, wantOK := minor(want)
		gotMajor, gotMinor, gotOK := minor(got)
		if hasWant && hasGot && wantOK && gotOK && (wantMajor != gotMajor || wantMinor != gotMinor) {
			found = append(found, r.fault(pool, fmt.Sprintf("the pool runs %s, the control plane %s", got, want)))
		}
	}
	for _, r := range g.ByType(managedCluster) {
		pools, _ := r.Input("agentPoolProfiles").List()
		for _, pool := range pools {
			check(r, r.Input("kubernetesVersion"), pool.Get("orchestratorVersion"))
		}
	}
	for _, r := range g.ByType(agentPool) {
		if cluster := g.source(r, "resourceName", managedCluster); cluster != nil {
			check(r, cluster.Input("kubernetesVersion"), r.Input("orchestratorVersion"))
		}
	}
	return found
}

func judgeClusterLogs(g *Graph, _ Params) []Violation {
	var found []Violation
	logged := g.loggedResources()
	for _, r := range g.ByType(managedCluster) {
		v := addOn(r, "omsagent").Get("enabled")
		if v.NotTrue() && !logged.covers(r) {
			found = append(found, r.fault(v, "neither a diagnostic setting nor the add-on takes the cluster's logs"))
		}
	}
	return found
}
