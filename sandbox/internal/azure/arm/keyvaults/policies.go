package keyvaults

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/vault"
)

// typePolicies is the type through which the access policies of a vault are changed. It has neither
// GET nor DELETE: keyvault.json of azure-rest-api-specs has only PUT, with the kind of change as
// the name.
const typePolicies = vault.TypeVault + "/accessPolicies"

// PoliciesBody is the request and the response of a change of policies.
type PoliciesBody struct {
	ID         string              `json:"id,omitempty"`
	Name       string              `json:"name,omitempty"`
	Type       string              `json:"type,omitempty"`
	Location   string              `json:"location,omitempty"`
	Properties *PoliciesProperties `json:"properties,omitempty"`
}

// PoliciesProperties holds the policies to add, replace or remove; in a response, all policies of
// the vault.
type PoliciesProperties struct {
	AccessPolicies []vault.AccessPolicy `json:"accessPolicies"`
}

// policies returns the type of access policies.
func (p *Provider) policies() arm.Type {
	refuse := func(r *arm.Request) (arm.Response, error) {
		return arm.Response{}, arm.Errorf(http.StatusMethodNotAllowed, "HttpMethodNotAllowed",
			"The http method '%s' is not supported for resource type '%s'. Read the policies of the vault itself.", r.Method, typePolicies)
	}
	return arm.Type{
		Name: typePolicies, Versions: versions, Put: p.putPolicies, Get: refuse, Delete: refuse, List: refuse,
		Render: func(*store.Tx, string) (any, error) { return nil, nil },
	}
}

func (p *Provider) putPolicies(r *arm.Request) (arm.Response, error) {
	var body PoliciesBody
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	change, ok := map[string]func(have, given []vault.AccessPolicy) []vault.AccessPolicy{
		"add": addPolicies, "replace": replacePolicies, "remove": removePolicies,
	}[strings.ToLower(r.ID.Name())]
	if !ok {
		return arm.Response{}, arm.BadRequestf("The operation '%s' on access policies is invalid. It must be 'add', 'replace' or 'remove'.", r.ID.Name())
	}
	if body.Properties == nil {
		return arm.Response{}, arm.BadRequestf("The parameter properties is not specified.").At("properties")
	}
	given := body.Properties.AccessPolicies
	if err := checkPolicies(given, p.core.Authority.TenantID); err != nil {
		return arm.Response{}, err
	}
	shown := PoliciesBody{ID: r.ID.String() + "/", Type: typePolicies}
	vaultID, _ := r.ID.Parent()
	err := p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[vault.Vault](tx, vaultID)
		if err != nil {
			return err
		}
		if doc == nil {
			return arm.Errorf(http.StatusNotFound, "ParentResourceNotFound", "The vault '%s' could not be found.", vaultID)
		}
		doc.Body.Policies = change(doc.Body.Policies, given)
		if err := checkPolicies(doc.Body.Policies, p.core.Authority.TenantID); err != nil {
			return err
		}
		shown.Properties = &PoliciesProperties{AccessPolicies: append([]vault.AccessPolicy{}, doc.Body.Policies...)}
		doc.Changed, doc.ChangedBy = p.core.Now().UTC(), r.Caller.AppID
		return resource.Save(tx, doc)
	})
	return arm.OK(shown), err
}

// samePrincipal reports whether two policies are for the same principal: the same tenant and object
// and, for a user who signs in through an application, the same application.
func samePrincipal(a, b vault.AccessPolicy) bool {
	return strings.EqualFold(a.TenantID, b.TenantID) && strings.EqualFold(a.ObjectID, b.ObjectID) &&
		strings.EqualFold(a.ApplicationID, b.ApplicationID)
}

// findPolicy returns the index of the policy for the same principal, or -1.
func findPolicy(policies []vault.AccessPolicy, p vault.AccessPolicy) int {
	return slices.IndexFunc(policies, func(have vault.AccessPolicy) bool { return samePrincipal(have, p) })
}

// addPolicies adds permissions to the policies of the given principals, and policies for principals
// that have none.
func addPolicies(have, given []vault.AccessPolicy) []vault.AccessPolicy {
	for _, g := range given {
		i := findPolicy(have, g)
		if i < 0 {
			have = append(have, g)
			continue
		}
		have[i].Permissions = combine(have[i].Permissions, g.Permissions, union)
	}
	return have
}

// replacePolicies replaces the policies of the given principals. Those of other principals stay.
func replacePolicies(have, given []vault.AccessPolicy) []vault.AccessPolicy {
	for _, g := range given {
		if i := findPolicy(have, g); i >= 0 {
			have[i] = g
			continue
		}
		have = append(have, g)
	}
	return have
}

// removePolicies removes the given permissions, and each policy that has none left. That a
// principal keeps the permissions that the request does not name is inferred from "add".
func removePolicies(have, given []vault.AccessPolicy) []vault.AccessPolicy {
	for _, g := range given {
		i := findPolicy(have, g)
		if i < 0 {
			continue
		}
		left := combine(have[i].Permissions, g.Permissions, difference)
		have[i].Permissions = left
		if len(left.Keys)+len(left.Secrets)+len(left.Certificates)+len(left.Storage) == 0 {
			have = slices.Delete(have, i, i+1)
		}
	}
	return have
}

// combine applies f to the permissions for each kind of object.
func combine(a, b vault.Permissions, f func(a, b []string) []string) vault.Permissions {
	return vault.Permissions{
		Keys: f(a.Keys, b.Keys), Secrets: f(a.Secrets, b.Secrets),
		Certificates: f(a.Certificates, b.Certificates), Storage: f(a.Storage, b.Storage),
	}
}

func union(a, b []string) []string { return append(slices.Clone(a), difference(b, a)...) }

func difference(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(one string) bool { return arm.OneOf(one, b...) })
}

// checkApplication refuses an application ID that is not a GUID. Clients send "" for no
// application.
func checkApplication(id string) error {
	if id == "" {
		return nil
	}
	if _, err := uuid.Parse(id); err != nil {
		return arm.BadRequestf("An access policy names the application ID '%s', which is not a GUID.", id).At("properties.accessPolicies")
	}
	return nil
}
