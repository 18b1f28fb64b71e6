package data

import (
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// storage returns the rules about storage accounts.
func storage() []rule.Rule {
	types := []string{graph.TypeStorageAccount}
	return []rule.Rule{
		{
			Name:        "storage-shared-key-off",
			Title:       "Storage accounts accept no shared keys.",
			Why:         "A shared key is a password to all data, and no log shows who used it.",
			Remedy:      "Set allowSharedKeyAccess to false, and give roles such as Storage Blob Data Reader.",
			FalseAlarms: "Clients that have no other way to sign in, and Azure Files by key.",
			Severity:    rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source: rule.Source{
				Title: "Prevent Shared Key authorization for an Azure Storage account",
				URL:   "https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent",
			},
			Equivalents: []string{"Checkov CKV2_AZURE_40", "Azure Policy 8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54"},
			Types:       types,
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				if v := r.Get("allowSharedKeyAccess"); v.IsAbsent() || v.IsTrue() {
					return rule.Found(r, v, "the account accepts shared keys")
				}
				return nil
			},
		},
		{
			Name:        "storage-public-blobs-off",
			Title:       "Storage accounts have no public blobs.",
			Why:         "Otherwise one property of a container makes it readable without sign-in.",
			Remedy:      "Remove allowBlobPublicAccess, or set it to false.",
			FalseAlarms: "Accounts whose content is public.",
			Severity:    rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source: rule.Source{
				Title: "Remediate anonymous read access to blob data",
				URL:   "https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent",
			},
			Equivalents: []string{"Checkov CKV_AZURE_59", "Azure Policy 4fa4b6c0-31ca-4c0d-b10d-24b96f62a751"},
			Types:       types,
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				if v := r.Get("allowBlobPublicAccess"); v.IsTrue() {
					return rule.Found(r, v, "blobs can be public")
				}
				return nil
			},
		},
		{
			Name:        "storage-tls",
			Title:       "Storage accounts accept https only.",
			Why:         "Plain http exposes tokens and data on the network. Azure itself refuses TLS before 1.2 since February 2026, whatever minimumTlsVersion is.",
			Remedy:      "Remove enableHttpsTrafficOnly, or set it to true.",
			FalseAlarms: rule.NoneKnown,
			Severity:    rule.Medium, Level: rule.Advisory, Reason: rule.Hardening,
			Source: rule.Source{
				Title: "Enforce a minimum required version of TLS for requests to a storage account",
				URL:   "https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version",
			},
			Equivalents:   []string{"Checkov CKV_AZURE_44"},
			Types:         types,
			CheckResource: checkTLS,
		},
		{
			Name:        "storage-network-deny",
			Title:       "Storage accounts are closed to the public network.",
			Why:         "Otherwise a stolen token can be used from anywhere.",
			Remedy:      "Set publicNetworkAccess to Disabled, or networkRuleSet.defaultAction to Deny.",
			FalseAlarms: "Accounts whose content is public.",
			Severity:    rule.Medium, Level: rule.Disabled, Reason: rule.OptIn,
			Source: rule.Source{
				Title: "Configure Azure Storage firewalls and virtual networks",
				URL:   "https://learn.microsoft.com/azure/storage/common/storage-network-security",
			},
			Equivalents: []string{"Checkov CKV_AZURE_35"},
			Types:       types,
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				return checkNetwork(r, r.Get("publicNetworkAccess"), r.Get("networkRuleSet", "defaultAction"),
					"the account is open to the whole Internet")
			},
		},
	}
}

// checkTLS finds an account that accepts plain http.
func checkTLS(r *graph.Resource, _ rule.Params) []rule.Violation {
	if v := r.Get("enableHttpsTrafficOnly"); v.IsFalse() {
		return rule.Found(r, v, "the account accepts plain http")
	}
	return nil
}
