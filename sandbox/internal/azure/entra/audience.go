package entra

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

const graphResource = "https://graph.microsoft.com"

// firstParty holds the resources that exist in every tenant, as a scope names them without
// "/.default". An audience keeps a trailing slash of the scope, as in Entra.
var firstParty = map[string]bool{
	"https://management.azure.com":         true,
	"https://management.core.windows.net":  true,
	graphResource:                          true,
	"https://vault.azure.net":              true,
	"https://storage.azure.com":            true,
	"https://database.windows.net":         true,
	"https://servicebus.azure.net":         true,
	"https://eventhubs.azure.net":          true,
	"https://azconfig.io":                  true,
	"https://containerregistry.azure.net":  true,
	"6dae42f8-4368-4678-94ff-3960e28e3630": true, // Azure Kubernetes Service AAD Server
}

// audience returns the resource that a scope names. Client credentials always request everything
// that was granted on one resource: <resource>/.default
// (https://learn.microsoft.com/entra/identity-platform/scopes-oidc#the-default-scope).
func (s *Server) audience(scope string) (string, error) {
	// MSAL adds the OpenID scopes to every request. They have no effect on the token of an
	// application.
	named := slices.DeleteFunc(strings.Fields(scope), func(one string) bool {
		return slices.Contains([]string{"openid", "offline_access", "profile", "email"}, one)
	})
	resource, ok := "", false
	if len(named) == 1 {
		resource, ok = strings.CutSuffix(named[0], "/.default")
	}
	if !ok || resource == "" {
		return "", failf(http.StatusBadRequest, "invalid_scope", 70011, "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", scope)
	}
	if firstParty[strings.ToLower(strings.TrimSuffix(resource, "/"))] {
		return resource, nil
	}
	known := false
	err := s.Store.View(func(tx *store.Tx) (err error) {
		known, err = isApplication(tx, resource)
		return err
	})
	if err != nil {
		return "", err
	}
	if !known {
		return "", failf(http.StatusBadRequest, "invalid_resource", 500011,
			"The resource principal named %s was not found in the tenant named %s. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
			resource, s.Authority.TenantID)
	}
	return resource, nil
}

// isApplication reports whether the resource is an application of the tenant, by app ID or
// identifier URI.
func isApplication(tx *store.Tx, resource string) (bool, error) {
	all, err := store.List[directory.Application](tx, store.Applications, "")
	if err != nil {
		return false, err
	}
	for _, a := range all {
		if a.Deleted != nil {
			continue
		}
		if strings.EqualFold(resource, a.AppID) || strings.EqualFold(resource, "api://"+a.AppID) {
			return true, nil
		}
		for _, uri := range a.IdentifierURIs {
			if strings.EqualFold(resource, uri) {
				return true, nil
			}
		}
	}
	return false, nil
}
