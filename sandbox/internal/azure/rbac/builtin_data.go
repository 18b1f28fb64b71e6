package rbac

import "slices"

const blobs = "Microsoft.Storage/storageAccounts/blobServices/"

const queues = "Microsoft.Storage/storageAccounts/queueServices/queues/"

var storage = []Definition{
	{
		ID: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", Name: "Storage Blob Data Reader",
		Description: "Allows for read access to Azure Storage blob containers and data",
		Actions:     prefixed(blobs, "containers/read", "generateUserDelegationKey/action"),
		DataActions: prefixed(blobs, "containers/blobs/read"),
	},
	{
		ID: "ba92f5b4-2d11-453d-a403-e96b0029c9fe", Name: "Storage Blob Data Contributor",
		Description: "Allows for read, write and delete access to Azure Storage blob containers and data",
		Actions:     prefixed(blobs, "containers/delete", "containers/read", "containers/write", "generateUserDelegationKey/action"),
		DataActions: prefixed(blobs+"containers/blobs/", "delete", "read", "write", "move/action", "add/action"),
	},
	{
		ID: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", Name: "Storage Blob Data Owner",
		Description: "Allows for full access to Azure Storage blob containers and data, including assigning POSIX access control.",
		Actions:     prefixed(blobs, "containers/*", "generateUserDelegationKey/action"),
		DataActions: prefixed(blobs, "containers/blobs/*"),
	},
	{
		ID: "db58b8e5-c6ad-4a2a-8342-4190687cbf4a", Name: "Storage Blob Delegator",
		Description: "Allows for generation of a user delegation key which can be used to sign SAS tokens",
		Actions:     prefixed(blobs, "generateUserDelegationKey/action"),
	},
	{
		ID: "17d1049b-9a84-46fb-8f53-869881c3d3ab", Name: "Storage Account Contributor",
		Description: "Lets you manage storage accounts, including accessing storage account keys which provide full access to storage account data.",
		Actions: join(portal, "Microsoft.Insights/diagnosticSettings/*", "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action",
			"Microsoft.ResourceHealth/availabilityStatuses/read", "Microsoft.Storage/storageAccounts/*"),
	},
	{
		ID: "19e7f393-937e-4f77-808e-94535e297925", Name: "Storage Queue Data Reader",
		Description: "Allows for read access to Azure Storage queues and queue messages",
		Actions:     prefixed(queues, "read"),
		DataActions: prefixed(queues, "messages/read"),
	},
	{
		ID: "974c5e8b-45b9-4653-ba55-5f855dd0fb88", Name: "Storage Queue Data Contributor",
		Description: "Allows for read, write, and delete access to Azure Storage queues and queue messages",
		Actions:     prefixed(queues, "delete", "read", "write"),
		DataActions: prefixed(queues+"messages/", "delete", "read", "write", "process/action"),
	},
	{
		ID: "8a0f0c08-91a1-4084-bc3d-661d67233fed", Name: "Storage Queue Data Message Processor",
		Description: "Allows for peek, receive, and delete access to Azure Storage queue messages",
		DataActions: prefixed(queues+"messages/", "read", "process/action"),
	},
	{
		ID: "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a", Name: "Storage Queue Data Message Sender",
		Description: "Allows for sending of Azure Storage queue messages",
		DataActions: prefixed(queues+"messages/", "add/action"),
	},
}

var messaging = []Definition{
	{
		ID: "090c5cfd-751d-490a-894a-3ce6f1109419", Name: "Azure Service Bus Data Owner",
		Description: "Allows for full access to Azure Service Bus resources.",
		Actions:     []string{"Microsoft.ServiceBus/*"}, DataActions: []string{"Microsoft.ServiceBus/*"},
	},
	{
		ID: "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0", Name: "Azure Service Bus Data Receiver",
		Description: "Allows for receive access to Azure Service Bus resources.",
		Actions:     prefixed("Microsoft.ServiceBus/*/", "queues/read", "topics/read", "topics/subscriptions/read"),
		DataActions: []string{"Microsoft.ServiceBus/*/receive/action"},
	},
	{
		ID: "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39", Name: "Azure Service Bus Data Sender",
		Description: "Allows for send access to Azure Service Bus resources.",
		Actions:     prefixed("Microsoft.ServiceBus/*/", "queues/read", "topics/read", "topics/subscriptions/read"),
		DataActions: []string{"Microsoft.ServiceBus/*/send/action"},
	},
}

const aks = "Microsoft.ContainerService/managedClusters/"

var kubernetes = []Definition{
	{
		ID: "7f951dda-4ed3-4680-a7ca-43fe172d538d", Name: "AcrPull", Description: "acr pull",
		Actions: []string{"Microsoft.ContainerRegistry/registries/pull/read"},
	},
	{
		ID: "8311e382-0749-4cb8-b61a-304f252e45ec", Name: "AcrPush", Description: "acr push",
		Actions: prefixed("Microsoft.ContainerRegistry/registries/", "pull/read", "push/write"),
	},
	{
		ID: "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8", Name: "Azure Kubernetes Service Contributor Role",
		Description: "Grants access to read and write Azure Kubernetes Service clusters",
		Actions: join(without(portal, "Microsoft.Support/*"), prefixed("Microsoft.ContainerService/", "locations/*", "managedClusters/*",
			"managedclustersnapshots/*", "snapshots/*", "deploymentSafeguards/*")...),
	},
	{
		ID: "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8", Name: "Azure Kubernetes Service Cluster Admin Role",
		Description: "List cluster admin credential action.",
		Actions:     prefixed(aks, "listClusterAdminCredential/action", "accessProfiles/listCredential/action", "read", "runcommand/action"),
	},
	{
		ID: "4abbcc35-e782-43d8-92c5-2d3f1bd2253f", Name: "Azure Kubernetes Service Cluster User Role",
		Description: "List cluster user credential action.",
		Actions:     prefixed(aks, "listClusterUserCredential/action", "read"),
	},
	{
		ID: "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b", Name: "Azure Kubernetes Service RBAC Cluster Admin",
		Description: "Lets you manage all resources in the cluster.",
		Actions:     aksUse, DataActions: prefixed(aks, "*"),
	},
	{
		ID: "3498e952-d568-435e-9b2c-8d77e338d7f7", Name: "Azure Kubernetes Service RBAC Admin",
		Description: "Lets you manage all resources under cluster/namespace, except update or delete resource quotas and namespaces.",
		Actions:     aksUse, DataActions: prefixed(aks, "*"),
		NotDataActions: prefixed(aks, "resourcequotas/write", "resourcequotas/delete", "namespaces/write", "namespaces/delete"),
	},
	{
		ID: "7f6c6a51-bcf8-42ba-9220-52d62157d7db", Name: "Azure Kubernetes Service RBAC Reader",
		Description: "Allows read-only access to see most objects in a namespace. It does not allow viewing roles or role bindings, nor Secrets.",
		Actions:     aksRead, DataActions: aksObjects("read"),
	},
	{
		ID: "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb", Name: "Azure Kubernetes Service RBAC Writer",
		Description: "Allows read/write access to most objects in a namespace. This role does not allow viewing or modifying roles or role bindings.",
		Actions:     aksRead,
		DataActions: join(aksObjects("*"), prefixed(aks, "secrets/*", "coordination.k8s.io/leases/read", "coordination.k8s.io/leases/write", "coordination.k8s.io/leases/delete")...),
	},
}

// aksObjects lists the data actions of the RBAC Reader and Writer roles: most Kubernetes objects
// with the role's verb, and those that even a writer may only read.
func aksObjects(verb string) []string {
	full := []string{
		"apps/daemonsets", "apps/deployments", "apps/replicasets", "apps/statefulsets",
		"autoscaling/horizontalpodautoscalers", "batch/cronjobs", "batch/jobs", "configmaps", "endpoints", "events",
		"extensions/daemonsets", "extensions/deployments", "extensions/ingresses", "extensions/networkpolicies", "extensions/replicasets",
		"networking.k8s.io/ingresses", "networking.k8s.io/networkpolicies", "persistentvolumeclaims", "pods",
		"policy/poddisruptionbudgets", "replicationcontrollers", "serviceaccounts", "services",
	}
	readOnly := []string{
		"apps/controllerrevisions", "discovery.k8s.io/endpointslices", "events.k8s.io/events", "limitranges",
		"metrics.k8s.io/nodes", "metrics.k8s.io/pods", "namespaces", "resourcequotas",
	}
	var all []string
	for _, object := range full {
		all = append(all, aks+object+"/"+verb)
	}
	for _, object := range readOnly {
		all = append(all, aks+object+"/read")
	}
	return all
}

func prefixed(prefix string, ends ...string) []string {
	all := make([]string, 0, len(ends))
	for _, e := range ends {
		all = append(all, prefix+e)
	}
	return all
}

func join(first []string, more ...string) []string { return slices.Concat(first, more) }

func without(list []string, drop string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == drop })
}
