package pulumitest

import (
	"encoding/base64"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// AKS is the prefix of AKS's tokens, with the API version that the components use.
const AKS = "azure-native:containerservice/v20250101:"

// aksFakes returns stand-ins for Microsoft.ContainerService.
func aksFakes() Fakes {
	return Fakes{
		Resources: map[string]FakeResource{
			AKS + "ManagedCluster": {
				Required: []string{"resourceGroupName", "agentPoolProfiles", "dnsPrefix", "identity"},
				State:    managedCluster,
			},
			AKS + "AgentPool": {
				Required: []string{"resourceGroupName", "resourceName", "agentPoolName"},
				State:    agentPool,
			},
			AKS + "MaintenanceConfiguration": {
				Required: []string{"resourceGroupName", "resourceName", "configName", "maintenanceWindow"},
				State:    maintenanceConfiguration,
			},
		},
		Calls: map[string]FakeCall{
			AKS + "getManagedCluster":                  getManagedCluster,
			AKS + "listManagedClusterUserCredentials":  credentials("clusterUser", userKubeconfig),
			AKS + "listManagedClusterAdminCredentials": credentials("clusterAdmin", adminKubeconfig),
		},
	}
}

// IssuerURL returns the issuer of the managed cluster with that resource name.
func IssuerURL(name string) string {
	return "https://westeurope.oic.prod-aks.azure.com/" + TenantID + "/" + GUID(name, "issuer") + "/"
}

// KubeletIdentityID returns the identity that AKS creates for the nodes of the managed cluster with
// that resource name.
func KubeletIdentityID(name string) string {
	return armID("MC_"+name, "Microsoft.ManagedIdentity", "userAssignedIdentities", name+"-agentpool")
}

func managedCluster(r *Resource) (string, resource.PropertyMap, error) {
	group, name := text(r, "resourceGroupName", ""), text(r, "resourceName", Physical(r.Name))
	location := text(r, "location", "westeurope")
	state := clusterState(r.Name, group, name, location)
	state["nodeResourceGroup"] = resource.NewProperty(text(r, "nodeResourceGroup", "MC_"+group+"_"+name+"_"+location))
	state["fqdn"] = resource.NewProperty(fqdn(r.Name, text(r, "dnsPrefix", ""), location))
	if access := r.Inputs["apiServerAccessProfile"]; access.IsObject() && isTrue(access.ObjectValue()["enablePrivateCluster"]) {
		state["privateFQDN"] = resource.NewProperty("private." + fqdn(r.Name, text(r, "dnsPrefix", ""), location))
		if public := access.ObjectValue()["enablePrivateClusterPublicFQDN"]; public.IsBool() && !public.BoolValue() {
			state["fqdn"] = resource.NewProperty("")
		}
	}
	if id, ok := userAssigned(r.Inputs); ok {
		state["identity"] = resource.NewProperty(resource.PropertyMap{
			"type": resource.NewProperty("UserAssigned"),
			"userAssignedIdentities": resource.NewProperty(resource.PropertyMap{
				resource.PropertyKey(id): resource.NewProperty(stringMap("clientId", GUID(id, "client"), "principalId", GUID(id, "principal"))),
			}),
		})
	}
	if given := r.Inputs["identityProfile"]; given.IsObject() {
		state["identityProfile"] = given
	}
	return armID(group, "Microsoft.ContainerService", "managedClusters", name), state, nil
}

// clusterState returns what Azure reports of a cluster whose identities AKS made. The ids are
// computed from the seed.
func clusterState(seed, group, name, location string) resource.PropertyMap {
	state := stringMap(
		"name", name,
		"location", location,
		"nodeResourceGroup", "MC_"+group+"_"+name+"_"+location,
		"fqdn", fqdn(seed, name, location),
		"privateFQDN", "",
	)
	state["oidcIssuerProfile"] = resource.NewProperty(resource.PropertyMap{
		"enabled":   resource.NewProperty(true),
		"issuerURL": resource.NewProperty(IssuerURL(seed)),
	})
	state["identity"] = resource.NewProperty(stringMap(
		"type", "SystemAssigned", "principalId", GUID(seed, "principal"), "tenantId", TenantID))
	state["identityProfile"] = resource.NewProperty(resource.PropertyMap{
		"kubeletidentity": resource.NewProperty(stringMap(
			"resourceId", KubeletIdentityID(seed), "clientId", GUID(seed, "kubelet client"), "objectId", GUID(seed, "kubelet object"))),
	})
	return state
}

func fqdn(seed, prefix, location string) string {
	return prefix + "-" + GUID(seed, "fqdn")[:8] + ".hcp." + location + ".azmk8s.io"
}

func isTrue(v resource.PropertyValue) bool { return v.IsBool() && v.BoolValue() }

// userAssigned returns the user-assigned identity of the control plane: an input is a list of ids,
// what Azure reports a map.
func userAssigned(inputs resource.PropertyMap) (string, bool) {
	identity := inputs["identity"]
	if !identity.IsObject() || !identity.ObjectValue()["userAssignedIdentities"].IsArray() {
		return "", false
	}
	list := identity.ObjectValue()["userAssignedIdentities"].ArrayValue()
	if len(list) != 1 || !list[0].IsString() {
		return "", false
	}
	return list[0].StringValue(), true
}

func agentPool(r *Resource) (string, resource.PropertyMap, error) {
	name := text(r, "agentPoolName", "")
	return clusterOf(r) + "/agentPools/" + name, stringMap("name", name), nil
}

func maintenanceConfiguration(r *Resource) (string, resource.PropertyMap, error) {
	name := text(r, "configName", "")
	return clusterOf(r) + "/maintenanceConfigurations/" + name, stringMap("name", name), nil
}

func clusterOf(r *Resource) string {
	return armID(text(r, "resourceGroupName", ""), "Microsoft.ContainerService", "managedClusters", text(r, "resourceName", ""))
}

// getManagedCluster reads a cluster that exists.
func getManagedCluster(args resource.PropertyMap) (resource.PropertyMap, error) {
	group, name := args["resourceGroupName"].StringValue(), args["resourceName"].StringValue()
	state := clusterState(name, group, name, "westeurope")
	state["id"] = resource.NewProperty(armID(group, "Microsoft.ContainerService", "managedClusters", name))
	return state, nil
}

// credentials answers with a kubeconfig for the cluster that is asked about.
func credentials(name string, kubeconfig func(cluster string) string) FakeCall {
	return func(args resource.PropertyMap) (resource.PropertyMap, error) {
		text := kubeconfig(args["resourceName"].StringValue())
		return resource.PropertyMap{"kubeconfigs": resource.NewProperty([]resource.PropertyValue{
			resource.NewProperty(stringMap("name", name, "value", base64.StdEncoding.EncodeToString([]byte(text)))),
		})}, nil
	}
}

func userKubeconfig(cluster string) string {
	return "apiVersion: v1\nkind: Config\n# " + KubeconfigMarker + " " + cluster + "\n"
}

func adminKubeconfig(cluster string) string { return userKubeconfig(cluster) + "# admin\n" }

// EntraCredentials answers listManagedClusterUserCredentials like a cluster with Entra: the
// kubeconfig asks for a device code.
func EntraCredentials() FakeCall {
	return credentials("clusterUser", func(cluster string) string {
		return `apiVersion: v1
kind: Config
clusters:
- name: ` + cluster + `
  cluster: {server: "https://` + cluster + `.hcp.westeurope.azmk8s.io:443"}
users:
- name: clusterUser
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: kubelogin
      args: [get-token, --environment, AzurePublicCloud, --server-id, 6dae42f8-4368-4678-94ff-3960e28e3630,
        --client-id, 80faf920-1908-4b52-b5ef-a8e7bedfc67a, --tenant-id, ` + TenantID + `, --login, devicecode]
`
	})
}
