package native

import (
	"slices"

	"github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2"
	"github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20250101"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	clusterPath = groupPath + "/providers/Microsoft.ContainerService/managedClusters/{resourceName}"

	clusterVersion, clusterVersion2025 = "2023-04-01", "2025-01-01"

	containers, containers2025 = "containerservice", "containerservice/v20250101"
)

// sdkType is a resource type in one version of the SDK.
type sdkType struct {
	args    pulumi.Input
	outputs any
}

// clusters are the types of Microsoft.ContainerService, with the api-version of the SDK's own
// package and with the one for node OS channels and maintenance windows. The SDK makes each
// version's token an alias of the other's, so that a program can change from one to the other: the
// resource stays, and the next PUT has the other api-version.
var clusters = slices.Concat(
	containerService(containers, clusterVersion,
		sdkType{containerservice.ManagedClusterArgs{}, containerservice.ManagedCluster{}},
		sdkType{containerservice.AgentPoolArgs{}, containerservice.AgentPool{}},
		sdkType{containerservice.MaintenanceConfigurationArgs{}, containerservice.MaintenanceConfiguration{}}),
	containerService(containers2025, clusterVersion2025,
		sdkType{v20250101.ManagedClusterArgs{}, v20250101.ManagedCluster{}},
		sdkType{v20250101.AgentPoolArgs{}, v20250101.AgentPool{}},
		sdkType{v20250101.MaintenanceConfigurationArgs{}, v20250101.MaintenanceConfiguration{}}),
)

// containerService returns the types of one api-version. The lists of replacing properties are
// forceNewMap of azure-native v2, which ignores api-versions. In it any change inside
// networkProfile replaces the cluster, also in that of an inline pool, whose networkProfile and
// windowsProfile have the same names by chance; from 2026 on the provider lists the members one by
// one (pulumi-azure-native, pull request 4771). A maintenance configuration is not in it.
func containerService(module, apiVersion string, cluster, pool, maintenance sdkType) []record {
	return []record{
		{
			module: module, name: "ManagedCluster",
			args: cluster.args, outputs: cluster.outputs,
			path: clusterPath, apiVersion: apiVersion,
			async: true,
			forceNew: []string{
				"diskEncryptionSetID", "dnsPrefix", "fqdnSubdomain", "linuxProfile", "location", "networkProfile",
				"nodeResourceGroup", "windowsProfile",
			},
		},
		{
			module: module, name: "AgentPool",
			args: pool.args, outputs: pool.outputs,
			path: clusterPath + "/agentPools/{agentPoolName}", apiVersion: apiVersion,
			async:    true,
			forceNew: []string{"gpuInstanceProfile", "vmSize"},
			// managedClusters.json, ManagedClusterAgentPoolProfileProperties.
			defaults: map[string]any{"scaleSetEvictionPolicy": "Delete", "scaleSetPriority": "Regular", "spotMaxPrice": -1.0},
		},
		{
			module: module, name: "MaintenanceConfiguration",
			args: maintenance.args, outputs: maintenance.outputs,
			path: clusterPath + "/maintenanceConfigurations/{configName}", apiVersion: apiVersion,
		},
	}
}

// clusterFunctions are the functions of Microsoft.ContainerService.
var clusterFunctions = slices.Concat(
	[]function{
		{
			token: "azure-native:containerservice:getManagedCluster",
			args:  containerservice.LookupManagedClusterArgs{}, result: containerservice.LookupManagedClusterResult{},
			of: "azure-native:containerservice:ManagedCluster",
		},
		{
			token: "azure-native:containerservice:getAgentPool",
			args:  containerservice.LookupAgentPoolArgs{}, result: containerservice.LookupAgentPoolResult{},
			of: "azure-native:containerservice:AgentPool",
		},
		{
			token: "azure-native:containerservice:getMaintenanceConfiguration",
			args:  containerservice.LookupMaintenanceConfigurationArgs{}, result: containerservice.LookupMaintenanceConfigurationResult{},
			of: "azure-native:containerservice:MaintenanceConfiguration",
		},
		{
			token: "azure-native:containerservice/v20250101:getManagedCluster",
			args:  v20250101.LookupManagedClusterArgs{}, result: v20250101.LookupManagedClusterResult{},
			of: "azure-native:containerservice/v20250101:ManagedCluster",
		},
		{
			token: "azure-native:containerservice/v20250101:getAgentPool",
			args:  v20250101.LookupAgentPoolArgs{}, result: v20250101.LookupAgentPoolResult{},
			of: "azure-native:containerservice/v20250101:AgentPool",
		},
		{
			token: "azure-native:containerservice/v20250101:getMaintenanceConfiguration",
			args:  v20250101.LookupMaintenanceConfigurationArgs{}, result: v20250101.LookupMaintenanceConfigurationResult{},
			of: "azure-native:containerservice/v20250101:MaintenanceConfiguration",
		},
	},
	clusterCredentials(containers, clusterVersion,
		containerservice.ListManagedClusterUserCredentialsArgs{}, containerservice.ListManagedClusterUserCredentialsResult{},
		containerservice.ListManagedClusterAdminCredentialsArgs{}, containerservice.ListManagedClusterAdminCredentialsResult{}),
	clusterCredentials(containers2025, clusterVersion2025,
		v20250101.ListManagedClusterUserCredentialsArgs{}, v20250101.ListManagedClusterUserCredentialsResult{},
		v20250101.ListManagedClusterAdminCredentialsArgs{}, v20250101.ListManagedClusterAdminCredentialsResult{}),
)

// clusterCredentials returns the functions that return kubeconfigs. Their results are not marked as
// secret: a program has to do that.
func clusterCredentials(module, apiVersion string, userArgs, userResult, adminArgs, adminResult any) []function {
	return []function{
		{
			token: "azure-native:" + module + ":listManagedClusterUserCredentials",
			args:  userArgs, result: userResult,
			post: clusterPath + "/listClusterUserCredential", apiVersion: apiVersion,
			query: map[string]string{"format": "format", "serverFqdn": "server-fqdn"},
		},
		{
			token: "azure-native:" + module + ":listManagedClusterAdminCredentials",
			args:  adminArgs, result: adminResult,
			post: clusterPath + "/listClusterAdminCredential", apiVersion: apiVersion,
			query: map[string]string{"serverFqdn": "server-fqdn"},
		},
	}
}
