package native

import "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2"

const clusterPath = groupPath + "/providers/Microsoft.ContainerService/managedClusters/{resourceName}"

// clusters is Microsoft.ContainerService. The lists of replacing properties are forceNewMap's as of azure-native v2,
// where any update inside networkProfile replaces the cluster; from 2026 on the provider names its members one by one
// (pulumi-azure-native#4756).
var clusters = []record{
	{
		module: "containerservice", name: "ManagedCluster",
		args: containerservice.ManagedClusterArgs{}, outputs: containerservice.ManagedCluster{},
		path: clusterPath, apiVersion: "2023-04-01",
		envelope: []string{"extendedLocation", "identity", "location", "sku", "tags"},
		dashed:   []string{"autoScalerProfile"},
		replace: []string{
			"diskEncryptionSetID", "dnsPrefix", "fqdnSubdomain", "linuxProfile", "location", "networkProfile",
			"nodeResourceGroup", "windowsProfile",
		},
		patterns: map[string]string{"resourceName": `^[a-zA-Z0-9]$|^[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]$`},
		secrets: []string{
			"windowsProfile.adminPassword", "servicePrincipalProfile.secret", "aadProfile.serverAppSecret",
		},
	},
	{
		module: "containerservice", name: "AgentPool",
		args: containerservice.AgentPoolArgs{}, outputs: containerservice.AgentPool{},
		path: clusterPath + "/agentPools/{agentPoolName}", apiVersion: "2023-04-01",
		replace: []string{"gpuInstanceProfile", "vmSize"},
		patterns: map[string]string{
			"agentPoolName": `^[a-z][a-z0-9]{0,11}$`,
			"resourceName":  `^[a-zA-Z0-9]$|^[a-zA-Z0-9][-_a-zA-Z0-9]{0,61}[a-zA-Z0-9]$`,
		},
	},
}

// clusterFunctions read clusters and their credentials. The results of the latter are secret throughout.
var clusterFunctions = []function{
	{
		token: "azure-native:containerservice:getManagedCluster",
		args:  containerservice.LookupManagedClusterArgs{}, result: containerservice.LookupManagedClusterResult{},
		of: "azure-native:containerservice:ManagedCluster",
	},
	{
		token: "azure-native:containerservice:listManagedClusterUserCredentials",
		args:  containerservice.ListManagedClusterUserCredentialsArgs{}, result: containerservice.ListManagedClusterUserCredentialsResult{},
		post: clusterPath + "/listClusterUserCredential", apiVersion: "2023-04-01",
		query: map[string]string{"format": "format", "serverFqdn": "server-fqdn"}, secret: true,
	},
	{
		token: "azure-native:containerservice:listManagedClusterAdminCredentials",
		args:  containerservice.ListManagedClusterAdminCredentialsArgs{}, result: containerservice.ListManagedClusterAdminCredentialsResult{},
		post: clusterPath + "/listClusterAdminCredential", apiVersion: "2023-04-01",
		query: map[string]string{"serverFqdn": "server-fqdn"}, secret: true,
	},
}
