package fault

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
)

// The services of the sandbox that a call can go to.
const (
	ARM        = "arm"
	Entra      = "entra"
	Graph      = "graph"
	Vault      = "vault"
	Blob       = "blob"
	Issuer     = "issuer"
	Kubernetes = "kubernetes"
)

// Services lists the services.
var Services = []string{ARM, Entra, Graph, Vault, Blob, Issuer, Kubernetes}

var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPost, http.MethodPatch, http.MethodDelete,
}

// Call identifies a request.
type Call struct {
	Service string `json:"service"`
	// Method is that of HTTP. For Kubernetes it is POST for create, PUT for update, PATCH, and
	// DELETE for delete and deletecollection.
	Method string `json:"method"`
	// Type is the resource's type, such as Microsoft.KeyVault/vaults, applications, secrets or
	// serviceaccounts. An action of ARM ends with its name: Microsoft.KeyVault/vaults/delete.
	Type string `json:"type"`
	Name string `json:"name"`
	// Scope is the resource group, the application, the vault's host or the namespace.
	Scope string `json:"scope,omitempty"`
	// Resource is the whole ID or path.
	Resource string `json:"resource"`
}

// Mutating reports whether the call can change something.
func (c Call) Mutating() bool {
	return c.Method != http.MethodGet && c.Method != http.MethodHead && c.Service != Entra && c.Service != Issuer &&
		!(c.Service == ARM && c.Method == http.MethodPost)
}

// Match selects calls. An empty member matches everything; upper and lower case are the same.
type Match struct {
	Service string `yaml:"service,omitempty" json:"service,omitempty"`
	// Method is a method of HTTP, or several with commas.
	Method string `yaml:"method,omitempty" json:"method,omitempty"`
	Type   string `yaml:"type,omitempty" json:"type,omitempty"`
	// Name is a pattern of path.Match for the last name in the path.
	Name string `yaml:"name,omitempty" json:"name,omitempty"`
	// Mutating restricts the match to calls that can change something.
	Mutating bool `yaml:"mutating,omitempty" json:"mutating,omitempty"`
}

// Matches reports whether the call is one of those.
func (m Match) Matches(c Call) bool {
	fold := func(want, have string) bool { return want == "" || strings.EqualFold(want, have) }
	named := m.Name == ""
	if !named {
		named, _ = path.Match(strings.ToLower(m.Name), strings.ToLower(c.Name))
	}
	return named && fold(m.Service, c.Service) && fold(m.Type, c.Type) && (!m.Mutating || c.Mutating()) &&
		(m.Method == "" || slices.Contains(strings.Split(strings.ToUpper(m.Method), ","), c.Method))
}

// serviceOf returns the service of a host, or "".
func serviceOf(host string) string {
	for suffix, service := range map[string]string{
		"management.azure.com": ARM, "login.microsoftonline.com": Entra, "graph.microsoft.com": Graph,
		".vault.azure.net": Vault, ".blob.core.windows.net": Blob, ".oic.prod-aks.azure.com": Issuer,
	} {
		if strings.HasSuffix(host, suffix) {
			return service
		}
	}
	return ""
}

// callOf returns the call of a request to a host.
func callOf(host string, r *http.Request) Call {
	c := Call{Service: serviceOf(host), Method: r.Method, Resource: r.URL.Path}
	switch c.Service {
	case ARM:
		return armCall(c)
	case Graph:
		return graphCall(c)
	}
	c.Scope = host
	segments := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	c.Type = segments[0]
	c.Name = segments[len(segments)-1]
	if c.Service == Vault && len(segments) > 1 {
		c.Name = segments[1]
	}
	return c
}

// armCall sets type, name and group from the path of a resource, a collection or an action.
func armCall(c Call) Call {
	id, err := resource.ParseID(c.Resource)
	if err != nil || len(id.Types) == 0 {
		return c
	}
	c.Type = id.Type()
	c.Scope = id.ResourceGroup
	if len(id.Names) > 0 {
		c.Name = id.Names[len(id.Names)-1]
	}
	return c
}

// graphCall sets type and name from a path such as
// /v1.0/applications/ID/federatedIdentityCredentials/ID.
func graphCall(c Call) Call {
	segments := strings.Split(strings.Trim(c.Resource, "/"), "/")
	if len(segments) < 2 {
		return c
	}
	var types []string
	for i, s := range segments[1:] {
		if i%2 == 0 {
			types = append(types, s)
			continue
		}
		c.Scope, c.Name = c.Name, s
	}
	c.Type = strings.Join(types, "/")
	return c
}
