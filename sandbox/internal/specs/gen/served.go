package main

import (
	"regexp"
	"strings"
)

// service is a folder of specifications with the resource types in it that the sandbox serves.
type service struct {
	// folder is below specification/ of azure-rest-api-specs.
	folder string
	// since is the oldest api-version in the table.
	since string
	// previews includes the preview versions.
	previews bool
	types    []string
	// stop lists definitions below which the table has no rows, because the sandbox does not
	// implement the objects and their graph is large or endless.
	stop []string
}

var served = []service{
	{
		folder: "containerservice/resource-manager/Microsoft.ContainerService/aks", since: "2022-09-01",
		types: []string{
			"Microsoft.ContainerService/managedClusters", "Microsoft.ContainerService/managedClusters/agentPools",
			"Microsoft.ContainerService/managedClusters/maintenanceConfigurations",
		},
	},
	{
		folder: "keyvault/resource-manager/Microsoft.KeyVault", since: "2015-06-01", previews: true,
		types: []string{
			"Microsoft.KeyVault/vaults", "Microsoft.KeyVault/vaults/secrets", "Microsoft.KeyVault/vaults/accessPolicies",
		},
	},
	{
		folder: "msi/resource-manager/Microsoft.ManagedIdentity", since: "2015-08-31-preview", previews: true,
		types: []string{
			"Microsoft.ManagedIdentity/userAssignedIdentities",
			"Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
		},
	},
	{
		folder: "authorization/resource-manager/Microsoft.Authorization", since: "2015-07-01", previews: true,
		types: []string{"Microsoft.Authorization/roleAssignments", "Microsoft.Authorization/roleDefinitions"},
	},
	{
		folder: "storage/resource-manager/Microsoft.Storage", since: "2021-01-01",
		types: []string{
			"Microsoft.Storage/storageAccounts", "Microsoft.Storage/storageAccounts/blobServices",
			"Microsoft.Storage/storageAccounts/blobServices/containers",
			"Microsoft.Storage/storageAccounts/queueServices", "Microsoft.Storage/storageAccounts/queueServices/queues",
		},
	},
	{
		folder: "resources/resource-manager/Microsoft.Resources", since: "2016-09-01",
		types: []string{"Microsoft.Resources/resourceGroups"},
	},
	{
		folder: "containerregistry/resource-manager/Microsoft.ContainerRegistry", since: "2019-05-01", previews: true,
		types: []string{"Microsoft.ContainerRegistry/registries"},
	},
	{
		folder: "operationalinsights/resource-manager/Microsoft.OperationalInsights", since: "2020-08-01", previews: true,
		types: []string{"Microsoft.OperationalInsights/workspaces"},
	},
	{
		folder: "sql/resource-manager/Microsoft.Sql", since: "2019-06-01-preview", previews: true,
		types: []string{"Microsoft.Sql/servers", "Microsoft.Sql/servers/administrators"},
	},
	{
		folder: "network/resource-manager/Microsoft.Network", since: "2021-02-01",
		types: []string{"Microsoft.Network/virtualNetworks", "Microsoft.Network/virtualNetworks/subnets"},
		stop: []string{
			"NetworkSecurityGroup", "RouteTable", "NatGateway", "PrivateEndpoint", "IPConfiguration", "IPConfigurationProfile",
			"ServiceEndpointPolicy", "ApplicationGatewayIPConfiguration", "ResourceNavigationLink", "ServiceAssociationLink",
			"VirtualNetworkPeering", "PublicIPAddress", "NetworkInterface", "VirtualNetworkTap", "FlowLog",
		},
	},
	{
		folder: "privatedns/resource-manager/Microsoft.Network", since: "2018-09-01",
		types: []string{"Microsoft.Network/privateDnsZones"},
	},
}

var versionForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(-preview)?$`)

// serves reports whether the api-version is in the table.
func (s service) serves(version string) bool {
	return versionForm.MatchString(version) && version >= s.since && (s.previews || !strings.HasSuffix(version, "-preview"))
}

func (s service) stops(definition string) bool {
	for _, name := range s.stop {
		if name == definition {
			return true
		}
	}
	return false
}
