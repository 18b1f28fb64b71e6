package compute

import (
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

var providerVersions = []string{"2016-09-01", "2018-05-01", "2019-10-01", "2020-06-01", "2020-10-01", "2021-04-01", "2022-09-01", "2024-03-01", "2025-03-01", "2025-04-01"}

// registerProviders adds the resource providers with their registration
// (https://learn.microsoft.com/rest/api/resources/providers).
func (p *Provider) registerProviders() {
	base := "/subscriptions/{sub}/providers"
	const read = "Microsoft.Resources/subscriptions/providers/read"
	p.core.Route(http.MethodGet, base, read, providerVersions, p.providers)
	p.core.Route(http.MethodGet, base+"/{namespace}", read, providerVersions, p.provider)
	// The action has the namespace in its name, so that register checks it.
	p.core.Route(http.MethodPost, base+"/{namespace}/register", "", providerVersions, p.register)
}

func (p *Provider) show(one region.Provider) map[string]any {
	return map[string]any{
		"id":        "/subscriptions/" + p.core.SubscriptionID + "/providers/" + one.Namespace,
		"namespace": one.Namespace, "registrationPolicy": "RegistrationRequired", "registrationState": one.State, "resourceTypes": []any{},
	}
}

func (p *Provider) providers(*arm.Request) (arm.Response, error) {
	s, err := p.core.Settings()
	if err != nil {
		return arm.Response{}, err
	}
	var items []any
	for _, one := range s.ProviderList() {
		items = append(items, p.show(one))
	}
	return arm.List(items), nil
}

func (p *Provider) provider(r *arm.Request) (arm.Response, error) {
	s, err := p.core.Settings()
	if err != nil {
		return arm.Response{}, err
	}
	one, known := s.Provider(r.Vars["namespace"])
	if !known {
		return arm.Response{}, invalidNamespace(r.Vars["namespace"])
	}
	return arm.OK(p.show(one)), nil
}

// register registers a provider, at once; in Azure it takes minutes, during which the state is
// Registering.
func (p *Provider) register(r *arm.Request) (arm.Response, error) {
	var one region.Provider
	err := p.core.Store.Update(func(tx *store.Tx) error {
		s, err := region.Load(tx)
		if err != nil {
			return err
		}
		var known bool
		if one, known = s.Provider(r.Vars["namespace"]); !known {
			return invalidNamespace(r.Vars["namespace"])
		}
		if err := p.core.Authorise(tx, r.Caller, "/subscriptions/"+p.core.SubscriptionID, one.Namespace+"/register/action"); err != nil {
			return err
		}
		one.State = region.Registered
		return region.Save(tx, s.Register(one.Namespace))
	})
	if err != nil {
		return arm.Response{}, err
	}
	return arm.OK(p.show(one)), nil
}

func invalidNamespace(namespace string) error {
	return arm.Errorf(http.StatusNotFound, "InvalidResourceNamespace", "The resource namespace '%s' is invalid.", namespace)
}
