package clusters

import "github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rules"

// The rules about issuers, workload identity and the life of a cluster. Rules about single settings
// of networks, pools and add-ons have their sources in their comments, and no names yet.
var (
	ruleIssuerStays = rules.New(rules.Documented, "cluster.issuer-stays",
		"A cluster's issuer cannot be switched off", "https://learn.microsoft.com/azure/aks/use-oidc-issuer")
	ruleWorkloadIdentity = rules.New(rules.Inferred, "cluster.workload-identity",
		"Workload identity needs the issuer",
		"Azure/azure-cli, az aks create --enable-workload-identity checks it before the request")
	rulePoolsApart = rules.New(rules.Reported, "cluster.pools-apart",
		"A PUT of an existing cluster adds no pool", "microsoft/tyger#121")
	ruleClusterName = rules.New(rules.Documented, "cluster.name",
		"A cluster's name has 1 to 63 letters, digits, hyphens and underscores; the text is inferred",
		"https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerservice")
	ruleLocalAccounts = rules.New(rules.Documented, "cluster.local-accounts",
		"Only a cluster with Entra ID has no local accounts; the text is inferred",
		"https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad")
	ruleLongTerm = rules.New(rules.Documented, "cluster.long-term",
		"Long-term support needs the Premium tier; the text is inferred",
		"https://learn.microsoft.com/azure/aks/long-term-support")
	ruleOneOperation = rules.New(rules.Documented, "cluster.one-operation",
		"One operation at a time changes a cluster", "https://aka.ms/aks-pending-operation")
)
