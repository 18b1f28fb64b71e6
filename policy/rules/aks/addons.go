package aks

import (
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// addOns returns the rules about what Azure installs in the cluster.
func addOns() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "aks-azure-policy-add-on",
			Title:       "AKS clusters have the Azure Policy add-on.",
			Why:         "Without it Azure Policy checks the cluster resource, but not what runs in the cluster.",
			Remedy:      "Set addonProfiles.azurepolicy.enabled to true.",
			FalseAlarms: "Clusters that another engine, such as Gatekeeper of your own or Kyverno, checks.",
			Severity:    rule.Low, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Secure your AKS clusters with Azure Policy",
				URL:   "https://learn.microsoft.com/azure/aks/use-azure-policy",
			},
			Equivalents: []string{
				"PSRule Azure.AKS.AzurePolicyAddOn", "Checkov CKV_AZURE_116", "Trivy AZU-0066",
				"Azure Policy 0a15ec92-a229-4763-bb14-0ea34a568f8d",
			},
			Types:         clusterTypes,
			CheckResource: checkPolicyAddOn,
		},
		{
			Name:        "aks-defender",
			Title:       "Microsoft Defender watches AKS clusters.",
			Why:         "Without it attacks inside the cluster are not detected.",
			Remedy:      "Set securityProfile.defender.securityMonitoring.enabled to true and name a Log Analytics workspace.",
			FalseAlarms: "A subscription in which Defender for Cloud turns the profile on outside of the program.",
			Severity:    rule.Low, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Enable Defender for Containers",
				URL:   "https://learn.microsoft.com/azure/defender-for-cloud/defender-for-containers-enable",
			},
			Equivalents:   []string{"PSRule Azure.AKS.DefenderProfile", "Azure Policy a1840de2-8088-4ea8-b153-b4c723e9cb01"},
			Types:         clusterTypes,
			CheckResource: checkDefender,
		},
		{
			Name:        "aks-secret-store",
			Title:       "AKS clusters have the Key Vault secrets provider.",
			Why:         "Without it applications that need secrets as files copy them into Kubernetes secrets.",
			Remedy:      "Set addonProfiles.azureKeyvaultSecretsProvider.enabled to true.",
			FalseAlarms: "Clusters in which no application mounts secrets.",
			Severity:    rule.Low, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Use the Azure Key Vault provider for Secrets Store CSI Driver in AKS",
				URL:   "https://learn.microsoft.com/azure/aks/csi-secrets-store-driver",
			},
			Equivalents:   []string{"PSRule Azure.AKS.SecretStore"},
			Types:         clusterTypes,
			CheckResource: wantAddOn("azureKeyvaultSecretsProvider", "the Key Vault secrets provider is off"),
		},
		{
			Name:        "aks-secret-store-rotation",
			Title:       "The Key Vault secrets provider rotates secrets.",
			Why:         "Without rotation pods keep the value that a secret had when they started.",
			Remedy:      "Set config.enableSecretRotation of the add-on to \"true\".",
			FalseAlarms: "Pods that must keep the value that a secret had when they started.",
			Severity:    rule.Medium, Level: rule.Advisory, Reason: rule.Hardening,
			Source: rule.Source{
				Title: "Use the Azure Key Vault provider for Secrets Store CSI Driver in AKS, autorotation",
				URL:   "https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options",
			},
			Equivalents:   []string{"PSRule Azure.AKS.SecretStoreRotation", "Checkov CKV_AZURE_172"},
			Types:         clusterTypes,
			CheckResource: checkSecretRotation,
		},
	}
}

// addOn returns the profile of an add-on. Azure writes the names in several ways.
func addOn(r *graph.Resource, name string) graph.Value {
	return r.Get("addonProfiles").GetFold(name)
}

// wantAddOn returns the check of an add-on that must be on.
func wantAddOn(name, problem string) func(*graph.Resource, rule.Params) []rule.Violation {
	return func(r *graph.Resource, _ rule.Params) []rule.Violation {
		if v := addOn(r, name).Get("enabled"); v.NotTrue() {
			return rule.Found(r, v, problem)
		}
		return nil
	}
}

// checkPolicyAddOn finds a cluster without the Azure Policy add-on, which AKS Automatic turns on
// for its deployment safeguards.
func checkPolicyAddOn(r *graph.Resource, _ rule.Params) []rule.Violation {
	v := addOn(r, "azurepolicy").Get("enabled")
	if v.IsFalse() || v.IsAbsent() && !isAutomatic(r) {
		return rule.Found(r, v, "the Azure Policy add-on is off")
	}
	return nil
}

// checkDefender finds a cluster without Defender, whose setting has two places.
func checkDefender(r *graph.Resource, _ rule.Params) []rule.Violation {
	v := r.Get("securityProfile", "defender", "securityMonitoring", "enabled")
	// The property of API versions before 2022-07.
	if old := r.Get("securityProfile", "azureDefender", "enabled"); old.IsTrue() || old.IsUnknown() {
		return nil
	}
	if v.NotTrue() {
		return rule.Found(r, v, "Defender does not watch the cluster")
	}
	return nil
}

// checkSecretRotation finds a Key Vault secrets provider that is on and does not rotate.
func checkSecretRotation(r *graph.Resource, _ rule.Params) []rule.Violation {
	profile := addOn(r, "azureKeyvaultSecretsProvider")
	if !profile.Get("enabled").IsTrue() {
		return nil
	}
	if v := profile.Get("config", "enableSecretRotation"); v.NotTrue() {
		return rule.Found(r, v, "secrets are not rotated")
	}
	return nil
}
