package fake

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// invoke answers functions that read Azure.
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
		if cluster, err = p.world.find(clusters, args); err == nil {
			out, err = credentials(cluster)
		}
	case "azure-native:containerservice:getManagedCluster":
		out, err = p.world.state(clusters, args)
	case "azure-native:managedidentity:getUserAssignedIdentity":
		out, err = p.world.state(identities, args)
	case "azure-native:authorization:getClientConfig":
		out = texts("clientId", "deployer", "objectId", "deployer", "subscriptionId", SubscriptionID, "tenantId", TenantID)
	default:
		err = fmt.Errorf("the fakes do not know the function %s", token)
	}
	return plugin.InvokeResponse{Properties: out}, err
}

func (w *World) find(typ string, args resource.PropertyMap) (*thing, error) {
	id := idOf(group, "$resourceGroupName", typ, "$resourceName")(args)
	if t := w.azure[strings.ToLower(id)]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("404 ResourceNotFound: %s was not found", id)
}

func (w *World) state(typ string, args resource.PropertyMap) (resource.PropertyMap, error) {
	t, err := w.find(typ, args)
	if err != nil {
		return nil, err
	}
	out := plainMap(t.state)
	out["id"] = resource.NewProperty(t.id)
	return out, nil
}
