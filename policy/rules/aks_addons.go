package rules

// aksAddOns is what Azure runs inside the cluster.
func aksAddOns() []Rule {
	return []Rule{
		{
			Name: "aks-azure-policy-add-on", IDs: []string{"9"},
			Title:    "AKS clusters have the Azure Policy add-on.",
			Why:      "Azure Policy otherwise judges the cluster resource, but not what runs in it.",
			Remedy:   "Set addonProfiles.azurepolicy.enabled to true.",
			Severity: Low, Level: Disabled, Reason: needsChoice,
			Document:    "Secure your AKS clusters with Azure Policy",
			URL:         "https://learn.microsoft.com/azure/aks/use-azure-policy",
			Equivalents: []string{"PSRule Azure.AKS.AzurePolicyAddOn", "Checkov CKV_AZURE_116", "Trivy AZU-0066", "Azure Policy 0a15ec92-a229-4763-bb14-0ea34a568f8d"},
			Types:       []string{managedCluster},
			Resource:    wantAddOn("azurepolicy", "the Azure Policy add-on is off"),
		},
		{
			Name: "aks-defender", IDs: []string{"16"},
			Title:    "Microsoft Defender watches AKS clusters.",
			Why:      "Attacks inside the cluster otherwise show nowhere.",
			Remedy:   "Set securityProfile.defender.securityMonitoring.enabled to true and name a Log Analytics workspace.",
			Severity: Low, Level: Disabled, Reason: needsChoice,
			Document:    "Enable Defender for Containers",
			URL:         "https://learn.microsoft.com/azure/defender-for-cloud/defender-for-containers-enable",
			Equivalents: []string{"PSRule Azure.AKS.DefenderProfile", "Azure Policy a1840de2-8088-4ea8-b153-b4c723e9cb01"},
			Types:       []string{managedCluster},
			Resource:    judgeDefender,
		},
		{
			Name: "aks-secret-store", IDs: []string{"18"},
			Title:    "AKS clusters have the Key Vault secrets provider.",
			Why:      "Applications that need secrets as files then copy them into Kubernetes secrets.",
			Remedy:   "Set addonProfiles.azureKeyvaultSecretsProvider.enabled to true.",
			Severity: Low, Level: Disabled, Reason: needsChoice,
			Document:    "Use the Azure Key Vault provider for Secrets Store CSI Driver in AKS",
			URL:         "https://learn.microsoft.com/azure/aks/csi-secrets-store-driver",
			Equivalents: []string{"PSRule Azure.AKS.SecretStore"},
			Types:       []string{managedCluster},
			Resource:    wantAddOn("azureKeyvaultSecretsProvider", "the Key Vault secrets provider is off"),
		},
		{
			Name: "aks-secret-store-rotation", IDs: []string{"18"},
			Title:    "The Key Vault secrets provider rotates secrets.",
			Why:      "Pods otherwise keep the value that a secret had when they started.",
			Remedy:   "Set config.enableSecretRotation of the add-on to \"true\".",
			Severity: Medium, Level: Mandatory, Reason: "Nobody means it, and a rotated secret breaks the pods that keep the old one.",
			Document:    "Use the Azure Key Vault provider for Secrets Store CSI Driver in AKS, autorotation",
			URL:         "https://learn.microsoft.com/azure/aks/csi-secrets-store-configuration-options",
			Equivalents: []string{"PSRule Azure.AKS.SecretStoreRotation", "Checkov CKV_AZURE_172"},
			Types:       []string{managedCluster},
			Resource:    judgeRotation,
		},
	}
}

func addOn(r *Resource, name string) Value { return r.Get("addonProfiles").GetFold(name) }

func wantAddOn(name, problem string) func(*Resource, Params) []Violation {
	return func(r *Resource, _ Params) []Violation {
		if v := addOn(r, name).Get("enabled"); v.NotTrue() {
			return r.faults(v, problem)
		}
		return nil
	}
}

func judgeDefender(r *Resource, _ Params) []Violation {
	v := r.Get("securityProfile", "defender", "securityMonitoring", "enabled")
	// The form of API versions before 2022-07.
	if old := r.Get("securityProfile", "azureDefender", "enabled"); old.IsTrue() || old.IsUnknown() {
		return nil
	}
	if v.NotTrue() {
		return r.faults(v, "Defender does not watch the cluster")
	}
	return nil
}

func judgeRotation(r *Resource, _ Params) []Violation {
	profile := addOn(r, "azureKeyvaultSecretsProvider")
	if !profile.Get("enabled").IsTrue() {
		return nil
	}
	if v := profile.Get("config", "enableSecretRotation"); v.NotTrue() {
		return r.faults(v, "secrets are not rotated")
	}
	return nil
}
