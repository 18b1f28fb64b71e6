package azure

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/graph"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Settings returns what the regions offer to the subscription, and what the deployer may do.
func (a *Azure) Settings() (region.Settings, error) { return a.core.Settings() }

// DeployerActions lists the actions of the control plane that the deployer has used since the
// sandbox started.
func (a *Azure) DeployerActions() []string { return a.core.UsedActions(a.account.Deployer.ObjectID) }

// SetSettings replaces the settings. What exists already is not changed by them.
func (a *Azure) SetSettings(s region.Settings) error {
	err := a.store.Update(func(tx *store.Tx) error {
		if err := a.setDeployerRoles(tx, s.DeployerRoles); err != nil {
			return err
		}
		if err := a.setDeployerGraphRoles(tx, s.DeployerGraphRoles); err != nil {
			return err
		}
		return region.Save(tx, s)
	})
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return nil
}

// setDeployerRoles replaces the deployer's roles at the subscription; nil stands for Owner.
func (a *Azure) setDeployerRoles(tx *store.Tx, names *[]string) error {
	roles := []string{ownerRole}
	if names != nil {
		roles = nil
		for _, name := range *names {
			id, err := roleByName(tx, name)
			if err != nil {
				return err
			}
			roles = append(roles, id)
		}
	}
	all, err := rbac.At(tx, "/subscriptions/"+a.account.SubscriptionID)
	if err != nil {
		return err
	}
	for _, assignment := range all {
		if assignment.Body.PrincipalID != a.account.Deployer.ObjectID || assignment.CreatedBy != "" {
			continue
		}
		if err := resource.RemoveTree(tx, assignment.ID); err != nil {
			return err
		}
	}
	// In the past, because settings take effect at once.
	since := a.core.Now().UTC().Add(-time.Hour)
	for _, id := range roles {
		if err := assignDeployer(tx, a.account, id, since); err != nil {
			return err
		}
	}
	return nil
}

// roleByName returns the GUID of a built-in or custom role.
func roleByName(tx *store.Tx, name string) (string, error) {
	for _, d := range rbac.Builtins() {
		if strings.EqualFold(d.Name, name) {
			return d.ID, nil
		}
	}
	customs, err := rbac.Customs(tx)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(customs, func(c rbac.Custom) bool { return strings.EqualFold(c.Name, name) })
	if i < 0 {
		return "", fmt.Errorf("deployerRoles: there is no role %q; a custom role must be created before", name)
	}
	return customs[i].ID, nil
}

// setDeployerGraphRoles replaces the deployer's application permissions for Graph.
func (a *Azure) setDeployerGraphRoles(tx *store.Tx, roles *[]string) error {
	sp, err := directory.Principal(tx, a.account.Deployer.ObjectID)
	if err != nil || sp == nil {
		return err
	}
	sp.GraphRoles = []string{graph.RoleManage}
	if roles != nil {
		sp.GraphRoles = *roles
	}
	return tx.Put(store.Principals, sp.ID, *sp)
}
