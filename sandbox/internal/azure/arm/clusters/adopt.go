package clusters

import (
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/groups"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

func (p *Provider) createNodeGroup(tx *store.Tx, doc *Document) error {
	id := p.nodeGroupID(doc)
	exists, err := resource.Exists(tx, id)
	if err != nil {
		return err
	}
	name := doc.Body.Properties.NodeResourceGroup
	if exists {
		return arm.BadRequestf("The node resource group '%s' already exists. AKS creates it and must not find it.", name).At("properties.nodeResourceGroup")
	}
	return resource.Save(tx, &resource.Document[groups.Group]{
		Header: resource.Header{
			ID: id, Name: name, Type: resource.TypeGroup, Location: doc.Location, State: resource.Succeeded,
			Tags: map[string]string{
				"aks-managed-cluster-name": doc.Name, "aks-managed-cluster-rg": groupOf(doc.ID),
			},
			Created: doc.Created, Changed: doc.Created, CreatedBy: doc.CreatedBy, ChangedBy: doc.CreatedBy,
		},
		Body: groups.Group{ManagedBy: doc.ID},
	})
}

func (p *Provider) nodeGroupID(doc *Document) string {
	return "/subscriptions/" + p.core.SubscriptionID + "/resourceGroups/" + doc.Body.Properties.NodeResourceGroup
}

func groupOf(id string) string {
	parsed, err := resource.ParseID(id)
	if err != nil {
		return ""
	}
	return parsed.ResourceGroup
}

// adopt gives the cluster its identity.
func (p *Provider) adopt(tx *store.Tx, r *arm.Request, doc *Document, body *Body) error {
	if body.Identity == nil || in(body.Identity.Type, "", "None") {
		return p.adoptServicePrincipal(tx, doc, body)
	}
	doc.Body.Properties.ServicePrincipalProfile = &ServicePrincipal{ClientID: "msi"}
	if in(body.Identity.Type, "SystemAssigned") {
		sp, err := directory.AddManagedIdentity(tx, doc.Name, doc.ID, doc.Created)
		doc.Body.Principal = sp.ID
		doc.Body.Identity = &Identity{Type: "SystemAssigned", PrincipalID: sp.ID, TenantID: p.core.Authority.TenantID}
		return err
	}
	assigned, err := p.assign(tx, r, body.Identity.UserAssignedIdentities)
	doc.Body.Identity = &Identity{Type: "UserAssigned", UserAssignedIdentities: assigned}
	return err
}

func (p *Provider) adoptServicePrincipal(tx *store.Tx, doc *Document, body *Body) error {
	clientID := body.Properties.ServicePrincipalProfile.ClientID
	sp, err := directory.PrincipalByAppID(tx, clientID)
	if err != nil {
		return err
	}
	if sp == nil {
		return arm.Errorf(http.StatusBadRequest, "ServicePrincipalNotFound",
			"Service principal clientID: %s not found in Active Directory tenant %s, Please see https://aka.ms/aks-sp-help for more details.", clientID, p.core.Authority.TenantID)
	}
	// The secret is never kept, and the API never shows it.
	doc.Body.Properties.ServicePrincipalProfile = &ServicePrincipal{ClientID: sp.AppID}
	return nil
}

// principalOf is the object ID that the control plane acts as; "" if its identity is gone.
func (p *Provider) principalOf(tx *store.Tx, doc *Document) (string, error) {
	if doc.Body.Identity == nil {
		sp, err := directory.PrincipalByAppID(tx, doc.Body.Properties.ServicePrincipalProfile.ClientID)
		if err != nil || sp == nil {
			return "", err
		}
		return sp.ID, nil
	}
	for _, assigned := range doc.Body.Identity.UserAssignedIdentities {
		return assigned.PrincipalID, nil // a cluster has exactly one
	}
	return doc.Body.Principal, nil
}
