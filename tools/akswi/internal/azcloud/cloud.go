// Package azcloud has the endpoints and scopes of the Azure clouds, by the names that AKS and the
// webhook use.
package azcloud

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// Cloud is one Azure cloud as a client sees it.
type Cloud struct {
	// Name as in the stack output and the webhook's azureEnvironment.
	Name azure.Cloud
	// Configuration for the Azure SDK: authority and Azure Resource Manager.
	Configuration cloud.Configuration
	// Graph is the root of Microsoft Graph, without a slash at its end.
	Graph string
	// VaultScope and ManagementScope are what a client requests a token for, with the suffix
	// /.default.
	VaultScope, ManagementScope string
}

// GraphScope returns the scope of Microsoft Graph in this cloud.
func (c Cloud) GraphScope() string { return c.Graph + "/.default" }

// Sources:
// https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure,
// https://learn.microsoft.com/azure/china/resources-developer-guide,
// https://learn.microsoft.com/graph/deployments.
var clouds = map[azure.Cloud]Cloud{
	azure.PublicCloud: {
		Name: azure.PublicCloud, Configuration: cloud.AzurePublic, Graph: "https://graph.microsoft.com",
		VaultScope: "https://vault.azure.net/.default", ManagementScope: "https://management.azure.com/.default",
	},
	azure.USGovernment: {
		Name: azure.USGovernment, Configuration: cloud.AzureGovernment, Graph: "https://graph.microsoft.us",
		VaultScope: "https://vault.usgovcloudapi.net/.default", ManagementScope: "https://management.usgovcloudapi.net/.default",
	},
	azure.ChinaCloud: {
		Name: azure.ChinaCloud, Configuration: cloud.AzureChina, Graph: "https://microsoftgraph.chinacloudapi.cn",
		VaultScope: "https://vault.azure.cn/.default", ManagementScope: "https://management.chinacloudapi.cn/.default",
	},
}

// Lookup returns the cloud with the name of an azure.Cloud. The error lists the names that exist.
func Lookup(name string) (Cloud, error) {
	known, err := azure.ParseCloud(name)
	if err != nil {
		return Cloud{}, err
	}
	return clouds[known], nil
}
