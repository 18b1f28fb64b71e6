package aks

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/version"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// versions returns the rules about Kubernetes versions and upgrades.
func versions() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "aks-upgrade-channel",
			Title:       "AKS clusters are upgraded automatically.",
			Why:         "Clusters that are not upgraded fall out of support.",
			Remedy:      "Set autoUpgradeProfile.upgradeChannel to patch or stable, and a maintenance window.",
			FalseAlarms: "Clusters that a pipeline upgrades.",
			Severity:    rule.Low, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Automatically upgrade an AKS cluster",
				URL:   "https://learn.microsoft.com/azure/aks/auto-upgrade-cluster",
			},
			Equivalents: []string{"PSRule Azure.AKS.AutoUpgrade", "Checkov CKV_AZURE_171"},
			Types:       clusterTypes,
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				v := r.Get("autoUpgradeProfile", "upgradeChannel")
				if v.IsFold("none") || v.IsEmpty() && !isAutomatic(r) {
					return rule.Found(r, v, "the cluster is never upgraded automatically")
				}
				return nil
			},
		},
		{
			Name:        "aks-version-supported",
			Title:       "AKS clusters run a supported version of Kubernetes.",
			Why:         "Versions out of support get no fixes, and Azure may upgrade them without notice.",
			Remedy:      "Set kubernetesVersion to a supported version (az aks get-versions), one minor version at a time.",
			FalseAlarms: "An upgrade from an old version, one minor version at a time; and the default ages, see its date.",
			Severity:    rule.High, Level: rule.Advisory,
			Reason: "A cluster that is upgraded step by step has old versions on the way.",
			Source: rule.Source{
				Title: "Supported Kubernetes versions in AKS",
				URL:   "https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
			},
			Equivalents: []string{"PSRule Azure.AKS.Version"},
			Params: []rule.Param{
				{
					Name: "minimum", Type: rule.StringParam, Default: oldestSupported,
					Description: "The oldest minor version that is allowed. Azure supports each for about a year; the default is of " + supportRead + ".",
				},
				{
					Name: "minimumLongTerm", Type: rule.StringParam, Default: oldestLongTerm,
					Description: "The same for clusters whose supportPlan is AKSLongTermSupport: about two years.",
				},
			},
			Types:         clusterTypes,
			CheckResource: checkVersion,
		},
		{
			Name:        "aks-pool-version-matches",
			Title:       "AKS pools run the control plane's version, or the one before it.",
			Why:         "Nodes may have an older version than the control plane, never a newer one, and old ones are easily forgotten.",
			Remedy:      "Set orchestratorVersion to the cluster's kubernetesVersion, or leave it out.",
			FalseAlarms: "A pool that is held back on purpose while the control plane goes on.",
			Severity:    rule.Low, Level: rule.Advisory, Reason: "During an upgrade pools have an older version on purpose.",
			Source: rule.Source{
				Title: "Upgrade options for AKS clusters",
				URL:   "https://learn.microsoft.com/azure/aks/upgrade-aks-cluster",
			},
			Equivalents: []string{"PSRule Azure.AKS.PoolVersion"},
			CheckStack:  checkPoolVersions,
		},
	}
}

// The oldest minor versions that Azure supports, on the day of supportRead. Source: "AKS Kubernetes
// release calendar", learn.microsoft.com/azure/aks/supported-kubernetes-versions. The next version
// leaves support when the one after the newest becomes available.
const (
	supportRead     = "November 2026"
	oldestSupported = "1.34"
	oldestLongTerm  = "1.31"
)

// longTermPlan is the support plan under which Azure supports a version for two years. Source:
// learn.microsoft.com/azure/aks/long-term-support.
const longTermPlan = "AKSLongTermSupport"

// minorVersion reads a Kubernetes version and drops all after the minor version. AKS takes both
// "1.34" and "1.34.2".
func minorVersion(text string) (minor *version.Version, ok bool) {
	v, err := version.ParseGeneric(text)
	if err != nil {
		return nil, false
	}
	return version.MajorMinor(v.Major(), v.Minor()), true
}

// checkVersion finds a cluster whose version is older than the oldest that its support plan allows.
func checkVersion(r *graph.Resource, p rule.Params) []rule.Violation {
	plan := r.Get("supportPlan")
	if plan.IsUnknown() {
		return nil
	}
	minimum := p.Text("minimum")
	if plan.IsFold(longTermPlan) {
		minimum = p.Text("minimumLongTerm")
	}
	v := r.Get("kubernetesVersion")
	text, known := v.KnownText()
	got, ok := minorVersion(text)
	least, hasLeast := minorVersion(minimum)
	if known && ok && hasLeast && got.LessThan(least) {
		return rule.Found(r, v, fmt.Sprintf("Kubernetes %s is older than %s", text, minimum))
	}
	return nil
}

// checkPoolVersions finds pools with a newer minor version than their control plane, or one that is
// more than a step older.
func checkPoolVersions(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, r := range g.ByType(graph.TypeManagedCluster) {
		pools, _ := r.Input("agentPoolProfiles").List()
		for _, pool := range pools {
			found = append(found, checkPoolVersion(r, pool.Get("orchestratorVersion"), r)...)
		}
	}
	for _, r := range g.ByType(graph.TypeAgentPool) {
		if cluster := g.Origin(r, "resourceName", graph.TypeManagedCluster); cluster != nil {
			found = append(found, checkPoolVersion(r, r.Input("orchestratorVersion"), cluster)...)
		}
	}
	return found
}

func checkPoolVersion(r *graph.Resource, v graph.Value, cluster *graph.Resource) []rule.Violation {
	got, hasGot := v.KnownText()
	want, hasWant := cluster.Input("kubernetesVersion").KnownText()
	if !hasGot || !hasWant {
		return nil
	}
	pool, ok := minorVersion(got)
	plane, known := minorVersion(want)
	if !ok || !known {
		return nil
	}
	behind := int(plane.Minor()) - int(pool.Minor())
	if behind < 0 || behind > 1 {
		return rule.Found(r, v, fmt.Sprintf("the pool runs %s, the control plane %s", got, want))
	}
	return nil
}
