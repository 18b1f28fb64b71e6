package pulumitest

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// entraFakes returns stand-ins for the azuread provider.
func entraFakes() Fakes {
	return Fakes{
		Resources: map[string]FakeResource{
			"azuread:index/application:Application": {
				Required: []string{"displayName"},
				// No password and no credentials of any kind.
				Allowed: []string{"displayName", "description", "owners"},
				State:   application,
			},
			"azuread:index/servicePrincipal:ServicePrincipal": {
				Required: []string{"clientId"},
				Allowed:  []string{"clientId", "description", "owners", "useExisting"},
				State:    servicePrincipal,
			},
			"azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": {
				Required: []string{"applicationId", "displayName", "issuer", "subject", "audiences"},
				State:    applicationCredential,
			},
		},
		Calls: map[string]FakeCall{
			"azuread:index/getClientConfig:getClientConfig":         getClientConfig,
			"azuread:index/getApplication:getApplication":           getApplication,
			"azuread:index/getServicePrincipal:getServicePrincipal": getServicePrincipal,
		},
	}
}

func application(r *Resource) (string, resource.PropertyMap, error) {
	object := GUID(r.Name, "application object")
	return "/applications/" + object, stringMap("objectId", object, "clientId", GUID(r.Name, "client")), nil
}

func servicePrincipal(r *Resource) (string, resource.PropertyMap, error) {
	object := GUID(r.Name, "principal")
	return "/servicePrincipals/" + object, stringMap("objectId", object, "applicationTenantId", TenantID), nil
}

func applicationCredential(r *Resource) (string, resource.PropertyMap, error) {
	if length(r, "audiences") != 1 {
		return "", nil, errors.New("a federated identity credential has exactly one audience")
	}
	id := GUID(r.Name, "credential")
	return text(r, "applicationId", "") + "/federatedIdentityCredentials/" + id, stringMap("credentialId", id), nil
}

// getApplication finds an application by either of its ids, and makes up the other one.
func getApplication(args resource.PropertyMap) (resource.PropertyMap, error) {
	client, object := args["clientId"], args["objectId"]
	switch {
	case client.IsString() && !object.IsString():
		object = resource.NewProperty(GUID(client.StringValue(), "application object"))
	case object.IsString() && !client.IsString():
		client = resource.NewProperty(GUID(object.StringValue(), "client"))
	default:
		return nil, errors.New("exactly one of clientId and objectId names an application")
	}
	return resource.PropertyMap{
		"clientId": client, "objectId": object, "id": resource.NewProperty("/applications/" + object.StringValue()),
	}, nil
}

func getServicePrincipal(args resource.PropertyMap) (resource.PropertyMap, error) {
	client := args["clientId"]
	if !client.IsString() {
		return nil, errors.New("clientId is required")
	}
	object := GUID(client.StringValue(), "principal")
	return stringMap("clientId", client.StringValue(), "objectId", object, "id", "/servicePrincipals/"+object, "applicationTenantId", TenantID), nil
}

// kubernetesFakes returns stand-ins for the Kubernetes provider.
func kubernetesFakes() Fakes {
	return Fakes{
		Resources: map[string]FakeResource{
			"kubernetes:core/v1:Namespace":      {Required: []string{"metadata"}, State: namespace},
			"kubernetes:core/v1:ServiceAccount": {Required: []string{"metadata"}, State: namespaced},
			"kubernetes:core/v1:ServiceAccountPatch": {
				Required: []string{"metadata"},
				// A patch that said more would own more.
				Allowed: []string{"apiVersion", "kind", "metadata"},
				State:   namespaced,
			},
			"kubernetes:apps/v1:Deployment": {Required: []string{"metadata", "spec"}, State: namespaced},
			"kubernetes:helm.sh/v3:Release": {
				Required: []string{"chart"},
				Allowed: []string{
					"atomic", "chart", "cleanupOnFail", "compat", "createNamespace", "name", "namespace",
					"repositoryOpts", "skipAwait", "timeout", "values", "version",
				},
				State: helmRelease,
			},
		},
		Calls: map[string]FakeCall{},
	}
}

func metadata(r *Resource, key string) (string, error) {
	v := r.Inputs["metadata"]
	if !v.IsObject() || !v.ObjectValue()[resource.PropertyKey(key)].IsString() {
		return "", errors.New("metadata." + key + " is not given: the name would be random")
	}
	return v.ObjectValue()[resource.PropertyKey(key)].StringValue(), nil
}

func namespace(r *Resource) (string, resource.PropertyMap, error) {
	name, err := metadata(r, "name")
	return name, nil, err
}

func namespaced(r *Resource) (string, resource.PropertyMap, error) {
	name, err := metadata(r, "name")
	if err != nil {
		return "", nil, err
	}
	ns, err := metadata(r, "namespace")
	return ns + "/" + name, nil, err
}

func helmRelease(r *Resource) (string, resource.PropertyMap, error) {
	if err := checkWebhookValues(r); err != nil {
		return "", nil, err
	}
	ns, name := text(r, "namespace", "default"), text(r, "name", Physical(r.Name))
	if id := r.Request.GetImportId(); id != "" && id != ns+"/"+name {
		return "", nil, fmt.Errorf("imports %q, which is not %s/%s", id, ns, name)
	}
	status := stringMap("status", "deployed", "name", name, "namespace", ns,
		"version", text(r, "version", "0.0.0-local"), "appVersion", "v"+text(r, "version", "0.0.0-local"))
	return ns + "/" + name, resource.PropertyMap{
		"name": resource.NewProperty(name), "namespace": resource.NewProperty(ns), "status": resource.NewProperty(status),
	}, nil
}
