// Package clusters is Microsoft.ContainerService: managed clusters and their node pools. The clusters themselves are
// run by what implements Runtime.
package clusters

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/groups"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Type tokens.
const (
	TypeCluster = "Microsoft.ContainerService/managedClusters"
	TypePool    = TypeCluster + "/agentPools"
)

// GA versions; the blocks that only previews have are not modelled.
var versions = []string{
	"2022-09-01", "2022-11-01", "2023-01-01", "2023-02-01", "2023-03-01", "2023-04-01", "2023-05-01", "2023-06-01", "2023-07-01", "2023-08-01",
	"2023-09-01", "2023-10-01", "2023-11-01", "2024-01-01", "2024-02-01", "2024-05-01", "2024-06-01", "2024-07-01", "2024-08-01", "2024-09-01",
	"2024-10-01", "2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01", "2025-05-01",
}

// Provider serves clusters and pools.
type Provider struct {
	core    *arm.Core
	runtime Runtime
	delay   time.Duration
	cluster arm.Type
	pool    arm.Type
	jobs    jobs
}

// Register adds the provider to the core. The delay is added to the creation of every cluster.
func Register(core *arm.Core, runtime Runtime, delay time.Duration) *Provider {
	p := &Provider{core: core, runtime: runtime, delay: delay}
	p.cluster = arm.Type{
		Name: TypeCluster, Versions: versions, Taggable: true, Render: p.render, Put: p.put, Delete: p.delete, Remove: p.Remove,
		Actions: map[string]arm.Handler{
			"listclusterusercredential":  p.credential(false),
			"listclusteradmincredential": p.credential(true),
		},
	}
	p.pool = arm.Type{Name: TypePool, Versions: versions, Render: p.renderPool, Put: p.putPool, Delete: p.deletePool, List: p.listPools, Exists: poolExists}
	core.Register(p.cluster, p.pool)
	at := "/subscriptions/{sub}/providers/Microsoft.ContainerService/locations/{location}"
	// Whoever began an operation may follow it, also with roles on a resource group alone.
	core.Route(http.MethodGet, at+"/operations/{op}", "", versions, core.Status)
	core.Route(http.MethodGet, at+"/operationresults/{op}", "", versions, core.Result)
	return p
}

func (p *Provider) render(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[Cluster](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	props, sku := doc.Body.Properties, doc.Body.SKU
	props.ProvisioningState = doc.State
	body := Body{
		ID: doc.ID, Name: doc.Name, Type: doc.Type, Location: doc.Location, Tags: doc.Tags, SKU: &sku,
		SystemData: arm.System(doc.Header), Properties: &props, Identity: doc.Body.Identity,
	}
	return body, nil
}

func (p *Provider) put(r *arm.Request) (arm.Response, error) {
	var body Body
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	dropReadOnly(&body)
	if err := checkBody(r.ID.Name(), &body); err != nil {
		return arm.Response{}, err
	}
	location, err := arm.CheckLocation(body.Location, TypeCluster)
	if err != nil {
		return arm.Response{}, err
	}
	if err := arm.CheckTags(body.Tags); err != nil {
		return arm.Response{}, err
	}
	status, op := http.StatusOK, arm.Operation{}
	err = p.core.Store.Update(func(tx *store.Tx) error {
		have, err := resource.Load[Cluster](tx, r.ID.String())
		if err != nil {
			return err
		}
		if have == nil {
			status = http.StatusCreated
			have, err = p.create(tx, r, location, &body)
		} else {
			err = p.update(tx, r, have, location, &body)
		}
		if err != nil {
			return err
		}
		if err := resource.Save(tx, have); err != nil {
			return err
		}
		op, err = p.core.Begin(tx, have.ID, http.MethodPut)
		return err
	})
	if err != nil {
		return arm.Response{}, err
	}
	response, err := p.core.Rendered(&p.cluster, op.Resource, status)
	response.Header = p.core.Accepted(op, r.Version(), "Microsoft.ContainerService", location)
	p.converge(op.Resource)
	return response, err
}

// dropReadOnly forgets what only AKS sets, so that a client may send back what it has read.
func dropReadOnly(b *Body) {
	b.SystemData = nil
	if b.Identity != nil {
		b.Identity.PrincipalID, b.Identity.TenantID = "", ""
	}
	p := b.Properties
	if p == nil {
		return
	}
	p.ProvisioningState, p.PowerState, p.MaxAgentPools, p.CurrentKubernetesVersion, p.FQDN, p.AzurePortalFQDN = "", nil, 0, "", "", ""
	for i := range p.AgentPoolProfiles {
		p.AgentPoolProfiles[i].dropReadOnly()
	}
}

func (p *AgentPool) dropReadOnly() {
	p.ProvisioningState, p.PowerState, p.CurrentOrchestratorVersion, p.NodeImageVersion = "", nil, "", ""
}

func (p *Provider) create(tx *store.Tx, r *arm.Request, location string, body *Body) (*Document, error) {
	if err := checkNew(body); err != nil {
		return nil, err
	}
	doc := &Document{Header: p.core.NewHeader(nil, r, location, body.Tags)}
	doc.State = resource.Creating
	doc.Body = Cluster{UID: uuid.NewString(), SKU: SKU{Name: "Base", Tier: "Free"}, Properties: *body.Properties}
	if body.SKU != nil {
		merge(&doc.Body.SKU, *body.SKU)
	}
	props := &doc.Body.Properties
	fill(props, r.ID.ResourceGroup, doc.Name, location, doc.Body.UID)
	props.IdentityProfile = nil
	if len(body.Properties.IdentityProfile) > 0 {
		return nil, arm.BadRequestf("The sandbox makes the kubelet's identity itself and does not take another.").At("properties.identityProfile")
	}
	for i := range props.AgentPoolProfiles {
		props.AgentPoolProfiles[i].ProvisioningState = resource.Creating
	}
	// Region, tenant and a random GUID, as AKS forms its issuers; the trailing slash is part of the issuer.
	doc.Body.Issuer = "https://" + location + ".oic.prod-aks.azure.com/" + p.core.Authority.TenantID + "/" + uuid.NewString() + "/"
	if err := p.adopt(tx, r, doc, body); err != nil {
		return nil, err
	}
	return doc, p.createNodeGroup(tx, doc)
}

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

func (p *Provider) update(_ *store.Tx, r *arm.Request, have *Document, location string, body *Body) error {
	if err := busy(have); err != nil {
		return err
	}
	if err := arm.CheckSameLocation(have.Name, r.ID.ResourceGroup, have.Location, location); err != nil {
		return err
	}
	if err := change(&have.Body, body); err != nil {
		return err
	}
	have.Header = p.core.NewHeader(&have.Header, r, location, body.Tags)
	have.State = resource.Updating
	for i := range have.Body.Properties.AgentPoolProfiles {
		have.Body.Properties.AgentPoolProfiles[i].ProvisioningState = resource.Updating
	}
	return nil
}

// busy refuses a change while another operation runs.
func busy(doc *Document) error {
	operation := ""
	switch {
	case doc.State == resource.Creating || doc.State == resource.Updating || doc.State == resource.Deleting:
		operation = "operation (" + doc.State + ")"
	case doc.Body.PoolBusy != "":
		state := resource.Updating
		for _, pool := range doc.Body.Properties.AgentPoolProfiles {
			if strings.EqualFold(pool.Name, doc.Body.PoolBusy) {
				state = pool.ProvisioningState
			}
		}
		operation = "agentpool operation (" + doc.Body.PoolBusy + " - " + state + ")"
	default:
		return nil
	}
	return arm.Errorf(http.StatusConflict, "OperationNotAllowed",
		"Operation is not allowed: Another %s is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details", operation)
}
