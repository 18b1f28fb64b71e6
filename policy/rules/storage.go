package rules

import (
	"slices"
	"strings"
)

// storageAccounts is storage.
func storageAccounts() []Rule {
	return []Rule{
		{
			Name: "storage-shared-key-off", IDs: []string{"33"},
			Title:    "Storage accounts take no shared keys.",
			Why:      "A shared key is a password to all data, and no log tells who used it.",
			Remedy:   "Set allowSharedKeyAccess to false, and give roles such as Storage Blob Data Reader.",
			Severity: High, Level: Mandatory, Reason: "Workloads with an identity need no key.",
			Document:    "Prevent Shared Key authorization for an Azure Storage account",
			URL:         "https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent",
			Equivalents: []string{"Checkov CKV2_AZURE_40", "Azure Policy 8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54"},
			Types:       []string{storageAccount},
			Resource: func(r *Resource, _ Params) []Violation {
				if v := r.Get("allowSharedKeyAccess"); v.IsAbsent() || v.IsTrue() {
					return r.faults(v, "shared keys open the account")
				}
				return nil
			},
		},
		{
			Name: "storage-public-blobs-off", IDs: []string{"34"},
			Title:    "Storage accounts have no public blobs.",
			Why:      "A container can then be opened to everybody by one property.",
			Remedy:   "Remove allowBlobPublicAccess, or set it to false.",
			Severity: High, Level: Mandatory, Reason: unsafe,
			Document:    "Remediate anonymous read access to blob data",
			URL:         "https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent",
			Equivalents: []string{"Checkov CKV_AZURE_59", "Azure Policy 4fa4b6c0-31ca-4c0d-b10d-24b96f62a751"},
			Types:       []string{storageAccount},
			Resource: func(r *Resource, _ Params) []Violation {
				if v := r.Get("allowBlobPublicAccess"); v.IsTrue() {
					return r.faults(v, "blobs can be public")
				}
				return nil
			},
		},
		{
			Name: "storage-tls", IDs: []string{"34"},
			Title:    "Storage accounts take TLS 1.2 and later only.",
			Why:      "Older versions, and plain http, show tokens and data to the network.",
			Remedy:   "Set minimumTlsVersion to TLS1_2 and leave enableHttpsTrafficOnly on.",
			Severity: Medium, Level: Mandatory, Reason: unsafe,
			Document:    "Enforce a minimum required version of TLS for requests to a storage account",
			URL:         "https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version",
			Equivalents: []string{"Checkov CKV_AZURE_44"},
			Types:       []string{storageAccount},
			Resource:    judgeStorageTLS,
		},
		{
			Name: "storage-network-deny", IDs: []string{"34"},
			Title:    "Storage accounts are closed to the public network.",
			Why:      "A stolen token works from anywhere.",
			Remedy:   "Set publicNetworkAccess to Disabled, or networkRuleSet.defaultAction to Deny.",
			Severity: Medium, Level: Disabled, Reason: needsChoice,
			Document:    "Configure Azure Storage firewalls and virtual networks",
			URL:         "https://learn.microsoft.com/azure/storage/common/storage-network-security",
			Equivalents: []string{"Checkov CKV_AZURE_35"},
			Types:       []string{storageAccount},
			Resource: func(r *Resource, _ Params) []Violation {
				access := r.Get("publicNetworkAccess")
				action := r.Get("networkRuleSet", "defaultAction")
				if access.IsUnknown() || action.IsUnknown() || access.IsFold("Disabled") || action.IsFold("Deny") {
					return nil
				}
				return r.faults(action, "the whole Internet can reach the account")
			},
		},
	}
}

// oldTLS are the versions that are not enough; leaving it out means the first.
var oldTLS = []string{"tls1_0", "tls1_1"}

func judgeStorageTLS(r *Resource, _ Params) []Violation {
	if v := r.Get("enableHttpsTrafficOnly"); v.IsFalse() {
		return r.faults(v, "the account takes plain http")
	}
	v := r.Get("minimumTlsVersion")
	text, state := v.Text()
	if state == Absent || state == Known && slices.Contains(oldTLS, strings.ToLower(text)) {
		return r.faults(v, "the account takes TLS before 1.2")
	}
	return nil
}
