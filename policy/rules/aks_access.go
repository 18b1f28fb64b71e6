package rules

// aksAccess is who may talk to the API server, and as whom.
func aksAccess() []Rule {
	return []Rule{
		{
			Name: "aks-local-accounts-disabled", IDs: []string{"2"},
			Title:    "AKS clusters have no local accounts.",
			Why:      "A local account is a client certificate that Entra cannot revoke and no log names.",
			Remedy:   "Set disableLocalAccounts to true, and give the deployer Entra credentials (kubelogin).",
			Severity: High, Level: Disabled, Reason: needsChoice,
			Document:    "Manage local accounts with AKS-managed Microsoft Entra integration",
			URL:         "https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad",
			Equivalents: []string{"PSRule Azure.AKS.LocalAccounts", "Checkov CKV_AZURE_141", "Azure Policy 993c2fcd-2b29-49d2-9eb0-df2c3a730c32"},
			Types:       []string{managedCluster},
			Resource:    wantTrue("local accounts are on", "disableLocalAccounts"),
		},
		{
			Name: "aks-rbac-enabled", IDs: []string{"3"},
			Title:    "AKS clusters have Kubernetes RBAC.",
			Why:      "Without it every service account may do everything.",
			Remedy:   "Set enableRBAC to true; it replaces a cluster that was made without.",
			Severity: Critical, Level: Mandatory, Reason: unsafe,
			Document:    "Access and identity options for AKS",
			URL:         "https://learn.microsoft.com/azure/aks/concepts-identity",
			Equivalents: []string{"PSRule Azure.AKS.UseRBAC", "Checkov CKV_AZURE_5", "Trivy AZU-0042"},
			Types:       []string{managedCluster},
			Resource:    wantTrue("Kubernetes RBAC is not on", "enableRBAC"),
		},
		{
			Name: "aks-entra-integration", IDs: []string{"4"},
			Title:    "AKS clusters use the managed Entra integration.",
			Why:      "People then sign in with certificates instead of their own accounts.",
			Remedy:   "Set aadProfile.managed to true and name the groups of administrators.",
			Severity: Medium, Level: Disabled, Reason: needsChoice,
			Document:    "AKS-managed Microsoft Entra integration",
			URL:         "https://learn.microsoft.com/azure/aks/managed-azure-ad",
			Equivalents: []string{"PSRule Azure.AKS.ManagedAAD", "Azure Policy 450d2877-ebea-41e8-b00c-e286317d21bf"},
			Types:       []string{managedCluster},
			Resource:    wantTrue("the managed Entra integration is not on", "aadProfile", "managed"),
		},
		{
			Name: "aks-azure-rbac", IDs: []string{"5"},
			Title:    "AKS clusters authorise people by Azure RBAC.",
			Why:      "Roles inside the cluster then have to be kept apart from those in Azure.",
			Remedy:   "Set aadProfile.enableAzureRBAC to true.",
			Severity: Low, Level: Disabled, Reason: needsChoice,
			Document:    "Use Azure RBAC for Kubernetes authorization",
			URL:         "https://learn.microsoft.com/azure/aks/manage-azure-rbac",
			Equivalents: []string{"PSRule Azure.AKS.AzureRBAC"},
			Types:       []string{managedCluster},
			Resource:    wantTrue("Azure RBAC does not authorise", "aadProfile", "enableAzureRBAC"),
		},
		{
			Name: "aks-managed-identity", IDs: []string{"6"},
			Title:    "AKS clusters have a managed identity, not a service principal.",
			Why:      "A service principal has a password that expires, and the cluster stops working with it.",
			Remedy:   "Set identity.type to SystemAssigned or UserAssigned and remove servicePrincipalProfile.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document:    "Use a managed identity in AKS",
			URL:         "https://learn.microsoft.com/azure/aks/use-managed-identity",
			Equivalents: []string{"PSRule Azure.AKS.ManagedIdentity", "Azure Policy da6e2401-19da-4532-9141-fb8fbde08431"},
			Types:       []string{managedCluster},
			Resource:    judgeClusterIdentity,
		},
		{
			Name: "aks-command-invoke-off", IDs: []string{"17"},
			Title:    "AKS clusters do not run commands through Azure Resource Manager.",
			Why:      "Whoever may run commands gets around the private or restricted API server.",
			Remedy:   "Set apiServerAccessProfile.disableRunCommand to true.",
			Severity: Medium, Level: Disabled, Reason: needsChoice,
			Document:    "Access a private AKS cluster using the command invoke feature",
			URL:         "https://learn.microsoft.com/azure/aks/access-private-cluster",
			Equivalents: []string{"Azure Policy 89f2d532-c53c-4f8f-9afa-4927b1114a0d"},
			Types:       []string{managedCluster},
			Resource:    wantTrue("run command is on", "apiServerAccessProfile", "disableRunCommand"),
		},
	}
}

// wantTrue is a rule about a property that must be true, where leaving it out means false.
func wantTrue(problem string, path ...string) func(*Resource, Params) []Violation {
	return func(r *Resource, _ Params) []Violation {
		if v := r.Get(path...); v.NotTrue() {
			return r.faults(v, problem)
		}
		return nil
	}
}

// msiClientID is what a cluster with a managed identity shows as its service principal.
const msiClientID = "msi"

func judgeClusterIdentity(r *Resource, _ Params) []Violation {
	if v := r.Get("servicePrincipalProfile", "clientId"); v.IsKnown() && !v.IsFold(msiClientID) && !v.IsEmpty() {
		return r.faults(v, "the cluster signs in as a service principal")
	}
	if v := r.Get("identity", "type"); v.IsAbsent() || v.IsFold("None") {
		return r.faults(v, "the cluster has no managed identity")
	}
	return nil
}
