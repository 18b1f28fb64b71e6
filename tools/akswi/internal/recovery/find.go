package recovery

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// finder finds the ids of resources that were being created.
type finder struct {
	Options
	known map[string]bool
}

const again = "not in Azure under an id of its own; the next update makes it"

func (f *finder) find(ctx context.Context, r map[string]any) (Finding, error) {
	token, inputs := text(r, "type"), map[string]any{}
	if m, ok := r["inputs"].(map[string]any); ok {
		inputs = m
	}
	found := Finding{URN: text(r, "urn")}
	pkg, _, _ := strings.Cut(token, ":")
	switch pkg {
	case "azure-native":
		return f.inResourceManager(ctx, found, token, inputs)
	case "azuread":
		return f.inGraph(ctx, found, token, inputs)
	case "kubernetes":
		return inCluster(found, token, inputs), nil
	case "pulumi":
		found.Done = again
		return found, nil
	}
	found.Done = "its id is not known here"
	found.Todo = fmt.Sprintf("pulumi import '%s' NAME ID, if it exists", token)
	return found, nil
}

const (
	groupPath    = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
	clusterPath  = groupPath + "/providers/Microsoft.ContainerService/managedClusters/{resourceName}"
	identityPath = groupPath + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
	vaultPath    = groupPath + "/providers/Microsoft.KeyVault/vaults/{vaultName}"
	serverPath   = groupPath + "/providers/Microsoft.Sql/servers/{serverName}"
)

// paths are the ids of azure-native's types by their inputs, from the specifications' paths
// (github.com/Azure/azure-rest-api-specs). Tokens are without the api-version.
var paths = map[string]string{
	"azure-native:resources:ResourceGroup":                     groupPath,
	"azure-native:containerservice:ManagedCluster":             clusterPath,
	"azure-native:containerservice:AgentPool":                  clusterPath + "/agentPools/{agentPoolName}",
	"azure-native:containerservice:MaintenanceConfiguration":   clusterPath + "/maintenanceConfigurations/{configName}",
	"azure-native:managedidentity:UserAssignedIdentity":        identityPath,
	"azure-native:managedidentity:FederatedIdentityCredential": identityPath + "/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
	"azure-native:authorization:RoleAssignment":                "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
	"azure-native:authorization:RoleDefinition":                "/{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
	"azure-native:keyvault:Vault":                              vaultPath,
	"azure-native:keyvault:Secret":                             vaultPath + "/secrets/{secretName}",
	"azure-native:storage:StorageAccount":                      groupPath + "/providers/Microsoft.Storage/storageAccounts/{accountName}",
	"azure-native:containerregistry:Registry":                  groupPath + "/providers/Microsoft.ContainerRegistry/registries/{registryName}",
	"azure-native:operationalinsights:Workspace":               groupPath + "/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}",
	"azure-native:sql:Server":                                  serverPath,
	"azure-native:sql:ServerAzureADAdministrator":              serverPath + "/administrators/{administratorName}",
	"azure-native:network:VirtualNetwork":                      groupPath + "/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}",
	"azure-native:network:Subnet":                              groupPath + "/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
}

var (
	version   = regexp.MustCompile(`/v\d{8}(preview)?:`)
	parameter = regexp.MustCompile(`\{(\w+)\}`)
)

// inResourceManager computes the id from the inputs. Whether the resource exists shows in the
// refresh.
func (f *finder) inResourceManager(ctx context.Context, found Finding, token string, inputs map[string]any) (Finding, error) {
	path, ok := paths[version.ReplaceAllString(token, ":")]
	if !ok {
		found.Done = "its id is not known here"
		found.Todo = fmt.Sprintf("pulumi import '%s' NAME ID, if it exists", token)
		return found, nil
	}
	var missing error
	found.ID = parameter.ReplaceAllStringFunc(path, func(match string) string {
		name := strings.Trim(match, "{}")
		if name == "subscriptionId" {
			if f.Subscription == "" {
				missing = errors.New("the subscription is not known; set ARM_SUBSCRIPTION_ID, or log in with the Azure CLI")
			}
			return f.Subscription
		}
		value := strings.Trim(text(inputs, name), "/")
		if value == "" {
			missing = fmt.Errorf("the input %s has no value", name)
		}
		return value
	})
	found.Done = "in the state as " + found.ID + "; the refresh removes it if it was not created"
	if missing == nil && f.Resources != nil && strings.HasPrefix(path, clusterPath) {
		// A refresh before the end would store a cluster without its issuer and identities, and no
		// later update would look again.
		missing = f.Resources.Wait(ctx, found.ID)
	}
	return found, missing
}

// inCluster reports on an object of Kubernetes. The provider writes it by server-side apply, which
// takes over what the killed run has made. Helm refuses an unfinished release of the same name.
func inCluster(found Finding, token string, inputs map[string]any) Finding {
	found.Done = "the next update makes it, or takes it over"
	if token == "kubernetes:helm.sh/v3:Release" {
		found.Done = "the next update installs it again, and takes over its objects, once Helm's record of it is removed"
		found.Todo = fmt.Sprintf("kubectl -n %s delete secret -l owner=helm,name=%s", text(inputs, "namespace"), text(inputs, "name"))
	}
	return found
}

// inGraph looks for an object that Graph has given an id.
func (f *finder) inGraph(ctx context.Context, found Finding, token string, inputs map[string]any) (Finding, error) {
	var collection, filter, prefix string
	same := func(map[string]any) bool { return true }
	switch token {
	case applicationType:
		collection, filter, prefix = "/applications", "displayName eq "+quote(text(inputs, "displayName")), "/applications/"
	case "azuread:index/servicePrincipal:ServicePrincipal":
		client := text(inputs, "clientId")
		if client == "" {
			client = text(inputs, "applicationId")
		}
		collection, filter = "/servicePrincipals", "appId eq "+quote(client)
	case "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential":
		application := strings.TrimPrefix(text(inputs, "applicationId"), "/applications/")
		collection, prefix = "/applications/"+application+"/federatedIdentityCredentials", application+"/federatedIdentityCredential/"
		same = func(c map[string]any) bool { return text(c, "name") == text(inputs, "displayName") }
	default:
		found.Done = "its id is not known here"
		found.Todo = fmt.Sprintf("pulumi import '%s' NAME ID, if it exists", token)
		return found, nil
	}
	if f.Directory == nil {
		return found, errors.New("there is no login to look for it in Microsoft Graph")
	}
	objects, err := f.Directory.Find(ctx, collection, filter)
	if err != nil {
		return found, err
	}
	var ids []string
	for _, o := range objects {
		if id := prefix + text(o, "id"); same(o) && !f.known[id] {
			ids = append(ids, id)
		}
	}
	switch len(ids) {
	case 0:
		found.Done = "was not created; the next update makes it"
	case 1:
		found.ID = ids[0]
		f.known[found.ID] = true
		found.Done = "in the state as " + found.ID
	default:
		return found, fmt.Errorf("there are %d objects in Microsoft Graph that it can be (%s); delete those that nobody uses, and run this again",
			len(ids), strings.Join(ids, ", "))
	}
	return found, nil
}

// orphans reports the resources in the stack's own resource groups that are not in the state. The
// engine forgets a creation that has failed, and a creation can fail although the resource was
// made: if the answer is lost, and the repeated request meets the operation of the first. The next
// update chooses another name.
func (f *finder) orphans(ctx context.Context, resources []any) ([]Finding, error) {
	have := map[string]bool{}
	for id := range f.known {
		have[strings.ToLower(id)] = true
	}
	var findings []Finding
	for _, item := range resources {
		r, _ := item.(map[string]any)
		if version.ReplaceAllString(text(r, "type"), ":") != "azure-native:resources:ResourceGroup" || r["external"] == true || f.Resources == nil {
			continue
		}
		inside, err := f.Resources.In(ctx, text(r, "id"))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text(r, "urn"), err)
		}
		for _, id := range inside {
			if have[strings.ToLower(id)] {
				continue
			}
			if strings.Contains(strings.ToLower(id), "/managedclusters/") {
				// AKS refuses the deletion of a cluster that is being created.
				err = f.Resources.Wait(ctx, id)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", id, err)
			}
			findings = append(findings, Finding{
				URN: text(r, "urn"), Done: id + " is in this resource group and not in the state",
				Todo: "az resource delete --ids " + id + ", if the stack made it",
			})
		}
	}
	return findings, nil
}

// duplicates reports the applications that a lost answer has left: the azuread provider repeats a
// POST whose answer did not come, and Graph makes a second application. The first has the name of
// one in the state, no service principal and no credentials.
func (f *finder) duplicates(ctx context.Context, resources []any) ([]Finding, error) {
	var findings []Finding
	for _, item := range resources {
		r, _ := item.(map[string]any)
		inputs, _ := r["inputs"].(map[string]any)
		if text(r, "type") != applicationType || f.Directory == nil {
			continue
		}
		same, err := f.Directory.Find(ctx, "/applications", "displayName eq "+quote(text(inputs, "displayName")))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text(r, "urn"), err)
		}
		for _, a := range same {
			if f.known["/applications/"+text(a, "id")] {
				continue
			}
			used, err := f.used(ctx, a)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", text(r, "urn"), err)
			}
			if !used {
				findings = append(findings, Finding{
					URN: text(r, "urn"), Done: "there is another application of this name, which nothing uses",
					Todo: "az ad app delete --id " + text(a, "id"),
				})
			}
		}
	}
	return findings, nil
}

// used reports whether an application has a service principal or a federated credential.
func (f *finder) used(ctx context.Context, application map[string]any) (bool, error) {
	principals, err := f.Directory.Find(ctx, "/servicePrincipals", "appId eq "+quote(text(application, "appId")))
	if err != nil || len(principals) > 0 {
		return true, err
	}
	credentials, err := f.Directory.Find(ctx, "/applications/"+text(application, "id")+"/federatedIdentityCredentials", "")
	return len(credentials) > 0, err
}

const applicationType = "azuread:index/application:Application"

// quote returns a text as a literal of OData.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
