package region

import (
	"slices"
	"strings"
)

// Registered is the state of a resource provider that the subscription can use.
const Registered = "Registered"

// Namespaces of resource providers that have to be registered before a resource of theirs can be
// created, and are in the sandbox. Microsoft.Authorization and Microsoft.Resources are registered
// in every subscription
// (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types).
var namespaces = []string{
	"Microsoft.Authorization", "Microsoft.Compute", "Microsoft.ContainerRegistry", "Microsoft.ContainerService",
	"Microsoft.KeyVault", "Microsoft.ManagedIdentity", "Microsoft.Network", "Microsoft.OperationalInsights",
	"Microsoft.PolicyInsights", "Microsoft.Resources", "Microsoft.Sql", "Microsoft.Storage",
}

// Provider is the registration of a resource provider.
type Provider struct {
	Namespace, State string
}

func findProvider(namespace string) (string, bool) {
	i := slices.IndexFunc(namespaces, func(n string) bool { return strings.EqualFold(n, namespace) })
	if i < 0 {
		return "", false
	}
	return namespaces[i], true
}

// ProviderList lists the registrations.
func (s Settings) ProviderList() []Provider {
	list := make([]Provider, 0, len(namespaces))
	for _, n := range namespaces {
		list = append(list, Provider{n, s.Registration(n)})
	}
	return list
}

// Provider returns the registration of a namespace, in any case.
func (s Settings) Provider(namespace string) (Provider, bool) {
	n, ok := findProvider(namespace)
	return Provider{n, s.Registration(n)}, ok
}

// Registration returns the state of a namespace, which is Registered unless it is set otherwise.
func (s Settings) Registration(namespace string) string {
	if state, ok := findFold(s.Providers, namespace); ok {
		return state
	}
	return Registered
}

// Register returns the settings with a namespace registered, as they are after the request.
func (s Settings) Register(namespace string) Settings {
	states := map[string]string{}
	for name, state := range s.Providers {
		if !strings.EqualFold(name, namespace) {
			states[name] = state
		}
	}
	s.Providers = states
	return s
}
