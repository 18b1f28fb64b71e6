package azure

import (
	"context"
	"fmt"
	"slices"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/roles"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/vault"
)

// Resource is a resource that exists, for `sandbox status` and for the check that a deployment left
// nothing behind.
type Resource struct {
	ID                string
	Type              string
	Name              string
	ProvisioningState string
}

// Type tokens of resources outside ARM, formed like ARM's.
const (
	TypeApplication      = "Microsoft.Graph/applications"
	TypeServicePrincipal = "Microsoft.Graph/servicePrincipals"
)

// Resources lists the resources that exist: ARM resources with children, secrets, custom roles, and
// applications with their service principals. It leaves out the parts of the account, and
// soft-deleted resources, because Azure keeps those after every deployment.
func (a *Azure) Resources(context.Context) ([]Resource, error) {
	var all []Resource
	err := a.store.View(func(tx *store.Tx) error {
		for _, list := range []func(*store.Tx) ([]Resource, error){
			a.armResources, a.customRoles, a.applications, a.servicePrincipals,
		} {
			some, err := list(tx)
			if err != nil {
				return err
			}
			all = append(all, some...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("azure: list resources: %w", err)
	}
	return all, nil
}

// armResources lists the resources of ARM, each vault followed by its secrets, which are no
// resources of ARM unless a client writes them there.
func (a *Azure) armResources(tx *store.Tx) ([]Resource, error) {
	headers, err := resource.Headers(tx, "")
	if err != nil {
		return nil, err
	}
	var all []Resource
	for _, h := range headers {
		if h.Type == resource.TypeRoleAssignment && h.CreatedBy == "" {
			continue // the deployer's role assignment, a part of the account
		}
		all = append(all, Resource{ID: h.ID, Type: h.Type, Name: h.Name, ProvisioningState: h.State})
		if h.Type != vault.TypeVault {
			continue
		}
		secrets, err := vault.ListSecrets(tx, h.Name)
		if err != nil {
			return nil, err
		}
		for _, s := range secrets {
			if s.Deleted == nil {
				all = append(all, succeeded(h.ID+"/secrets/"+s.Name, vault.TypeSecret, s.Name))
			}
		}
	}
	return all, nil
}

func (a *Azure) customRoles(tx *store.Tx) ([]Resource, error) {
	customs, err := rbac.Customs(tx)
	if err != nil {
		return nil, err
	}
	var all []Resource
	for _, c := range customs {
		if ofAccount, err := a.isDeployersRole(tx, c.ID); err != nil {
			return nil, err
		} else if ofAccount {
			continue
		}
		id := roles.DefinitionID(a.account.SubscriptionID, c.ID)
		all = append(all, succeeded(id, roles.TypeDefinition, c.Name))
	}
	return all, nil
}

// isDeployersRole reports whether the settings give a role to the deployer: then it is a part of
// the account.
func (a *Azure) isDeployersRole(tx *store.Tx, role string) (bool, error) {
	assignments, err := rbac.AssignmentsOf(tx, role)
	return slices.ContainsFunc(assignments, func(s rbac.Stored) bool {
		return s.CreatedBy == "" && s.Body.PrincipalID == a.account.Deployer.ObjectID
	}), err
}

func (a *Azure) applications(tx *store.Tx) ([]Resource, error) {
	applications, err := store.List[directory.Application](tx, store.Applications, "")
	if err != nil {
		return nil, err
	}
	var all []Resource
	for _, app := range applications {
		if app.AppID != a.account.Deployer.ClientID && app.Deleted == nil {
			all = append(all, succeeded("/applications/"+app.ID, TypeApplication, app.DisplayName))
		}
	}
	return all, nil
}

func (a *Azure) servicePrincipals(tx *store.Tx) ([]Resource, error) {
	principals, err := store.List[directory.ServicePrincipal](tx, store.Principals, "")
	if err != nil {
		return nil, err
	}
	var all []Resource
	for _, sp := range principals {
		// The service principal of a managed identity is created and deleted with its resource,
		// which is listed.
		if sp.AppID != a.account.Deployer.ClientID && sp.Kind == directory.KindApplication {
			all = append(all, succeeded("/servicePrincipals/"+sp.ID, TypeServicePrincipal, sp.DisplayName))
		}
	}
	return all, nil
}

// succeeded returns a resource of a kind that has no provisioning state.
func succeeded(id, typ, name string) Resource {
	return Resource{ID: id, Type: typ, Name: name, ProvisioningState: resource.Succeeded}
}
