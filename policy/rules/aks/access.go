package aks

import (
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// access returns the rules about who may use the API server, and how the cluster itself signs in.
func access() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "aks-local-accounts-disabled",
			Title:       "AKS clusters have no local accounts.",
			Why:         "A local account is a client certificate that Entra cannot revoke, and no log shows who used it.",
			Remedy:      "Set disableLocalAccounts to true, and give the deployer Entra credentials (kubelogin).",
			FalseAlarms: "Stacks that deploy into the cluster with its admin credentials, such as a sandbox.",
			Severity:    rule.High, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Manage local accounts with AKS-managed Microsoft Entra integration",
				URL:   "https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad",
			},
			Equivalents: []string{
				"PSRule Azure.AKS.LocalAccounts", "Checkov CKV_AZURE_141",
				"Azure Policy 993c2fcd-2b29-49d2-9eb0-df2c3a730c32",
			},
			Types:         clusterTypes,
			CheckResource: wantTrue("local accounts are on", "disableLocalAccounts"),
		},
		{
			Name:        "aks-rbac-enabled",
			Title:       "AKS clusters have Kubernetes RBAC.",
			Why:         "Without it every service account may do everything.",
			Remedy:      "Set enableRBAC to true; a cluster that was created without it is replaced.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.Critical, Level: rule.Mandatory, Reason: rule.Insecure,
			Source: rule.Source{
				Title: "Access and identity options for AKS",
				URL:   "https://learn.microsoft.com/azure/aks/concepts-identity",
			},
			Equivalents:   []string{"PSRule Azure.AKS.UseRBAC", "Checkov CKV_AZURE_5", "Trivy AZU-0042"},
			Types:         clusterTypes,
			CheckResource: wantTrue("Kubernetes RBAC is not on", "enableRBAC"),
		},
		{
			Name:        "aks-entra-integration",
			Title:       "AKS clusters use the managed Entra integration.",
			Why:         "Without it people sign in with certificates instead of their Entra accounts.",
			Remedy:      "Set aadProfile.managed to true and name the groups of administrators.",
			FalseAlarms: "Clusters that no person signs in to.",
			Severity:    rule.Medium, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "AKS-managed Microsoft Entra integration",
				URL:   "https://learn.microsoft.com/azure/aks/managed-azure-ad",
			},
			Equivalents:   []string{"PSRule Azure.AKS.ManagedAAD", "Azure Policy 450d2877-ebea-41e8-b00c-e286317d21bf"},
			Types:         clusterTypes,
			CheckResource: wantTrue("the managed Entra integration is not on", "aadProfile", "managed"),
		},
		{
			Name:        "aks-azure-rbac",
			Title:       "AKS clusters authorise people by Azure RBAC.",
			Why:         "Without it, roles inside the cluster have to be maintained beside those in Azure.",
			Remedy:      "Set aadProfile.enableAzureRBAC to true.",
			FalseAlarms: "Clusters whose roles are kept inside the cluster on purpose.",
			Severity:    rule.Low, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Use Azure RBAC for Kubernetes authorization",
				URL:   "https://learn.microsoft.com/azure/aks/manage-azure-rbac",
			},
			Equivalents:   []string{"PSRule Azure.AKS.AzureRBAC"},
			Types:         clusterTypes,
			CheckResource: wantTrue("Azure RBAC is not on", "aadProfile", "enableAzureRBAC"),
		},
		{
			Name:        "aks-managed-identity",
			Title:       "AKS clusters have a managed identity, not a service principal.",
			Why:         "A service principal has a password that expires, and then the cluster stops working.",
			Remedy:      "Set identity.type to SystemAssigned or UserAssigned and remove servicePrincipalProfile.",
			FalseAlarms: "Clouds and networks in which a managed identity cannot be used, such as Azure Stack.",
			Severity:    rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source: rule.Source{
				Title: "Use a managed identity in AKS",
				URL:   "https://learn.microsoft.com/azure/aks/use-managed-identity",
			},
			Equivalents:   []string{"PSRule Azure.AKS.ManagedIdentity", "Azure Policy da6e2401-19da-4532-9141-fb8fbde08431"},
			Types:         clusterTypes,
			CheckResource: checkManagedIdentity,
		},
		{
			Name:        "aks-command-invoke-off",
			Title:       "AKS clusters do not run commands through Azure Resource Manager.",
			Why:         "Commands that are sent that way bypass a private or restricted API server.",
			Remedy:      "Set apiServerAccessProfile.disableRunCommand to true.",
			FalseAlarms: "Private clusters that people reach by command invoke only.",
			Severity:    rule.Medium, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Access a private AKS cluster using the command invoke feature",
				URL:   "https://learn.microsoft.com/azure/aks/access-private-cluster",
			},
			Equivalents:   []string{"Azure Policy 89f2d532-c53c-4f8f-9afa-4927b1114a0d"},
			Types:         clusterTypes,
			CheckResource: rule.WantTrue("run command is on", "apiServerAccessProfile", "disableRunCommand"),
		},
	}
}

// msiClientID is the service principal that Azure shows for a cluster with a managed identity.
const msiClientID = "msi"

// checkManagedIdentity finds a cluster that signs in to Azure as a service principal.
func checkManagedIdentity(r *graph.Resource, _ rule.Params) []rule.Violation {
	v := r.Get("servicePrincipalProfile", "clientId")
	if v.IsKnown() && !v.IsFold(msiClientID) && !v.IsEmpty() {
		return rule.Found(r, v, "the cluster signs in as a service principal")
	}
	if v := r.Get("identity", "type"); v.IsAbsent() || v.IsFold("None") {
		return rule.Found(r, v, "the cluster has no managed identity")
	}
	return nil
}
