package clusters

import (
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/groups"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/identities"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// createNodeGroup creates the node resource group of a new cluster.
func (p *Provider) createNodeGroup(tx *store.Tx, doc *Document) error {
	id := p.nodeGroupID(doc)
	exists, err := resource.Exists(tx, id)
	if err != nil {
		return err
	}
	name := doc.Body.Properties.NodeResourceGroup
	if exists {
		return arm.BadRequestf("The node resource group '%s' already exists. It must not exist, because AKS creates it.", name).At("properties.nodeResourceGroup")
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

// nodeGroupID returns the ID of the node resource group.
func (p *Provider) nodeGroupID(doc *Document) string {
	return "/subscriptions/" + p.core.SubscriptionID + "/resourceGroups/" + doc.Body.Properties.NodeResourceGroup
}

// nodeIdentityID returns the ID of an identity that AKS creates in the node resource group.
func (p *Provider) nodeIdentityID(doc *Document, name string) string {
	return arm.LowerGroup(p.nodeGroupID(doc)) + "/providers/" + identities.TypeIdentity + "/" + name
}

// groupOf returns the name of the resource group in an ID.
func groupOf(id string) string {
	parsed, err := resource.ParseID(id)
	if err != nil {
		return ""
	}
	return parsed.ResourceGroup
}

// removeIdentity removes an identity and its service principal; nil is no error.
func removeIdentity(tx *store.Tx, doc *identities.Document) error {
	if doc == nil {
		return nil
	}
	if err := directory.RemovePrincipal(tx, doc.Body.PrincipalID); err != nil {
		return err
	}
	return resource.RemoveTree(tx, doc.ID)
}

// createIdentity creates an identity of the cluster in its node resource group.
func (p *Provider) createIdentity(tx *store.Tx, doc *Document, id string) (*identities.Document, error) {
	now := p.core.Now().UTC()
	return identities.Create(tx, resource.Header{
		ID: id, Name: id[strings.LastIndex(id, "/")+1:], Type: identities.TypeIdentity,
		Location: doc.Location, State: resource.Succeeded, Created: now, Changed: now,
	}, "")
}
