package azure

import (
	"context"
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/roles"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/vault"
)

// Resource is something that exists, for `sandbox status` and for the check that a deployment left nothing behind.
type Resource struct {
	ID                string
	Type              string
	Name              string
	ProvisioningState string
}

// Type tokens of what exists outside ARM, in the manner of ARM's.
const (
	TypeApplication      = "Microsoft.Graph/applications"
	TypeServicePrincipal = "Microsoft.Graph/servicePrincipals"
)

// Resources lists what exists: ARM resources with children, secrets, custom roles, and applications with their service
// principals.
// What the account itself is made of is left out, and so is what is soft-deleted, since Azure keeps that after any
// deployment.
func (a *Azure) Resources(context.Context) ([]Resource, error) {
	var all []Resource
	err := a.store.View(func(tx *store.Tx) error {
		headers, err := resource.Headers(tx, "")
		if err != nil {
			return err
		}
		for _, h := range headers {
			if h.Type == resource.TypeRoleAssignment && h.CreatedBy == "" {
				continue // the deployer's own
			}
			all = append(all, Resource{ID: h.ID, Type: h.Type, Name: h.Name, ProvisioningState: h.State})
			if h.Type != vault.TypeVault {
				continue
			}
			secrets, err := vault.ListSecrets(tx, h.Name)
			if err != nil {
				return err
			}
			for _, s := range secrets {
				if s.Deleted == nil {
					all = append(all, Resource{ID: h.ID + "/secrets/" + s.Name, Type: vault.TypeSecret, Name: s.Name, ProvisioningState: resource.Succeeded})
				}
			}
		}
		customs, err := rbac.Customs(tx)
		if err != nil {
			return err
		}
		for _, c := range customs {
			all = append(all, Resource{ID: roles.DefinitionID(a.account.SubscriptionID, c.ID), Type: roles.TypeDefinition, Name: c.Name, ProvisioningState: resource.Succeeded})
		}
		directoryObjects, err := a.directoryObjects(tx)
		all = append(all, directoryObjects...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("azure: list resources: %w", err)
	}
	return all, nil
}

func (a *Azure) directoryObjects(tx *store.Tx) ([]Resource, error) {
	var all []Resource
	applications, err := store.List[directory.Application](tx, store.Applications, "")
	if err != nil {
		return nil, err
	}
	for _, app := range applications {
		if app.AppID != a.account.Deployer.ClientID && app.Deleted == nil {
			all = append(all, Resource{ID: "/applications/" + app.ID, Type: TypeApplication, Name: app.DisplayName, ProvisioningState: resource.Succeeded})
		}
	}
	principals, err := store.List[directory.ServicePrincipal](tx, store.Principals, "")
	if err != nil {
		return nil, err
	}
	for _, sp := range principals {
		// A managed identity's principal lives and dies with its resource.
		if sp.AppID != a.account.Deployer.ClientID && sp.Kind == directory.KindApplication {
			all = append(all, Resource{ID: "/servicePrincipals/" + sp.ID, Type: TypeServicePrincipal, Name: sp.DisplayName, ProvisioningState: resource.Succeeded})
		}
	}
	return all, nil
}
