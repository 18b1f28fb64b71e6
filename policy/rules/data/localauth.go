package data

import (
	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

// localAuthTypes are services whose keys the property disableLocalAuth turns off.
var localAuthTypes = []string{
	"azure-native:servicebus:Namespace", "azure-native:eventhub:Namespace", "azure-native:documentdb:DatabaseAccount",
	"azure-native:cognitiveservices:Account", "azure-native:appconfiguration:ConfigurationStore",
	"azure-native:eventgrid:Topic", "azure-native:eventgrid:Domain", "azure-native:eventgrid:Namespace",
	"azure-native:signalrservice:SignalR", "azure-native:webpubsub:WebPubSub", "azure-native:search:Service",
}

// localAuth returns the rules about keys of services that are no storage: an identity needs none.
func localAuth() []rule.Rule {
	return []rule.Rule{
		{
			Name:        "local-auth-off",
			Title:       "Services that workloads use accept no keys.",
			Why:         "A key or connection string is a password to the whole service, and no log shows who used it.",
			Remedy:      "Set disableLocalAuth to true, and give roles such as Azure Service Bus Data Sender.",
			FalseAlarms: "Clients that have no other way to sign in, such as devices with a connection string.",
			Severity:    rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source: rule.Source{
				Title: "Disable local or shared access key authentication with Azure Service Bus (each service has such a page)",
				URL:   "https://learn.microsoft.com/azure/service-bus-messaging/disable-local-authentication",
			},
			Equivalents: []string{
				"Checkov CKV_AZURE_204", "Checkov CKV_AZURE_140", "Checkov CKV_AZURE_134", "Checkov CKV_AZURE_184",
				"Checkov CKV_AZURE_192", "Azure Policy cfb11c26-f069-4c14-8e36-56c394dae5af",
				"Azure Policy 5450f5bd-9c72-4390-a9c4-a7aba4edfdd2",
			},
			Types:         localAuthTypes,
			CheckResource: rule.WantTrue("the service accepts keys", "disableLocalAuth"),
		},
		{
			Name:        "registry-admin-off",
			Title:       "Container registries have no admin user.",
			Why:         "Its password pushes and pulls every image, and everybody shares it.",
			Remedy:      "Set adminUserEnabled to false, and give the cluster's kubelet identity the role AcrPull.",
			FalseAlarms: "Builds outside of Azure that cannot sign in otherwise.",
			Severity:    rule.High, Level: rule.Advisory, Reason: rule.Hardening,
			Source: rule.Source{
				Title: "Authenticate with an Azure container registry, admin account",
				URL:   "https://learn.microsoft.com/azure/container-registry/container-registry-authentication",
			},
			Equivalents: []string{"Checkov CKV_AZURE_137", "PSRule Azure.ACR.AdminUser"},
			Types:       []string{"azure-native:containerregistry:Registry"},
			CheckResource: func(r *graph.Resource, _ rule.Params) []rule.Violation {
				if v := r.Get("adminUserEnabled"); v.IsTrue() {
					return rule.Found(r, v, "the registry has an admin user")
				}
				return nil
			},
		},
	}
}
