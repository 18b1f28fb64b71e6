package aks

import (
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// operation returns the rules about tier, disks and logs.
func operation() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "aks-disk-encryption-set",
			Title:       "AKS disks are encrypted with a customer-managed key.",
			Why:         "Without one only Azure holds the key.",
			Remedy:      "Set diskEncryptionSetID; this replaces the cluster.",
			FalseAlarms: "Organisations for which keys of Azure are enough.",
			Severity:    rule.Low, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Bring your own keys with Azure managed disks in AKS",
				URL:   "https://learn.microsoft.com/azure/aks/azure-disk-customer-managed-keys",
			},
			Equivalents: []string{"Checkov CKV_AZURE_117", "Trivy AZU-0067"},
			Types:       clusterTypes,
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				if v := r.Get("diskEncryptionSetID"); v.IsEmpty() {
					return rule.Found(r, v, "the disks are encrypted with Azure's key")
				}
				return nil
			},
		},
		{
			Name:        "aks-paid-tier",
			Title:       "AKS control planes have an availability agreement.",
			Why:         "The Free tier has none, and supports few nodes.",
			Remedy:      "Set sku.tier to Standard or Premium.",
			FalseAlarms: "Short-lived clusters.",
			Severity:    rule.Low, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Free, Standard and Premium pricing tiers for AKS cluster management",
				URL:   "https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers",
			},
			Equivalents: []string{"PSRule Azure.AKS.UptimeSLA", "Checkov CKV_AZURE_170"},
			Types:       clusterTypes,
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				v := r.Get("sku", "tier")
				if v.IsFold("Free") || v.IsEmpty() && !isAutomatic(r) {
					return rule.Found(r, v, "the control plane has no availability agreement")
				}
				return nil
			},
		},
		{
			Name:        "aks-logs",
			Title:       "The logs of AKS clusters are collected.",
			Why:         "Without logs nothing shows afterwards who did what in the cluster.",
			Remedy:      "Add a diagnostic setting of the cluster with the kube-audit-admin category, or the add-on omsagent.",
			FalseAlarms: "A diagnostic setting that an assignment of Azure Policy makes outside of the stack.",
			Severity:    rule.Medium, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Monitor AKS",
				URL:   "https://learn.microsoft.com/azure/aks/monitor-aks",
			},
			Equivalents: []string{
				"PSRule Azure.AKS.AuditLogs", "PSRule Azure.AKS.PlatformLogs", "PSRule Azure.AKS.ContainerInsights",
				"Checkov CKV_AZURE_4", "Trivy AZU-0040",
			},
			CheckStack: checkLogs,
		},
	}
}

// checkLogs finds clusters whose logs neither a diagnostic setting nor the add-on collects.
func checkLogs(g *graph.Graph, _ rule.Params) []rule.Violation {
	var found []rule.Violation
	for _, r := range g.ByType(graph.TypeManagedCluster) {
		v := addOn(r, "omsagent").Get("enabled")
		if v.NotTrue() && !g.Diagnostics().MayCover(r) {
			found = append(found, rule.At(r, v, "neither a diagnostic setting nor the add-on collects the cluster's logs"))
		}
	}
	return found
}
