package fake

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// invoke answers the functions that read from Azure and Entra.
func (p *provider) invoke(_ context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	args := plainMap(req.Args)
	if args.ContainsUnknowns() {
		return plugin.InvokeResponse{}, fmt.Errorf("%s is called with something unknown", req.Tok)
	}
	p.world.mu.Lock()
	defer p.world.mu.Unlock()
	var (
		out resource.PropertyMap
		err error
	)
	switch token := apiVersion.ReplaceAllString(string(req.Tok), ":"); token {
	case "azure-native:containerservice:listManagedClusterUserCredentials",
		"azure-native:containerservice:listManagedClusterAdminCredentials":
		var cluster *thing
		if cluster, err = p.world.find(clusters, "resourceName", args); err == nil {
			out, err = credentials(cluster)
		}
	case "azure-native:containerservice:getManagedCluster":
		out, err = p.world.state(clusters, "resourceName", args)
	case "azure-native:managedidentity:getUserAssignedIdentity":
		out, err = p.world.state(identities, "resourceName", args)
	case "azure-native:keyvault:getVault":
		out, err = p.world.state(vaults, "vaultName", args)
	case "azuread:index/getApplication:getApplication":
		out, err = p.world.directory("Application", "clientId", args)
	case "azuread:index/getServicePrincipal:getServicePrincipal":
		out, err = p.world.directory("ServicePrincipal", "clientId", args)
	case "azuread:index/getClientConfig:getClientConfig":
		out = texts("clientId", "deployer", "objectId", p.world.Deployer, "tenantId", TenantID)
	case "azure-native:authorization:getClientConfig":
		out = texts("clientId", "deployer", "objectId", p.world.Deployer, "subscriptionId", SubscriptionID, "tenantId", TenantID)
	default:
		err = fmt.Errorf("the fakes do not know the function %s", token)
	}
	return plugin.InvokeResponse{Properties: out}, err
}

// find returns a resource in a resource group; name is the function's argument for the resource's
// name.
func (w *World) find(typ, name string, args resource.PropertyMap) (*thing, error) {
	id := idOf(group, "$resourceGroupName", typ, "$"+name)(args)
	if t := w.azure[strings.ToLower(id)]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("404 ResourceNotFound: %s was not found", id)
}

func (w *World) state(typ, name string, args resource.PropertyMap) (resource.PropertyMap, error) {
	t, err := w.find(typ, name, args)
	if err != nil {
		return nil, err
	}
	return t.answer(), nil
}

// directory returns the object in Entra whose output key has the value of the argument of that
// name.
func (w *World) directory(typ, key string, args resource.PropertyMap) (resource.PropertyMap, error) {
	for _, t := range w.azure {
		if strings.HasSuffix(t.kind.token, ":"+typ) && text(t.state, key) == text(args, key) {
			return t.answer(), nil
		}
	}
	return nil, fmt.Errorf("%s %s was not found", typ, text(args, key))
}

// answer returns a resource's state in the form in which functions return it: with its id.
func (t *thing) answer() resource.PropertyMap {
	out := plainMap(t.state)
	out["id"] = resource.NewProperty(t.id)
	return out
}
