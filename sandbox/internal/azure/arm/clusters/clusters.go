// Package clusters is Microsoft.ContainerService: managed clusters, their node pools and maintenance configurations. The
// clusters themselves are run by what implements Runtime.
package clusters

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Type tokens.
const (
	TypeCluster = "Microsoft.ContainerService/managedClusters"
	TypePool    = TypeCluster + "/agentPools"

	TypeMaintenance = TypeCluster + "/maintenanceConfigurations"
)

// GA versions; the blocks that only previews have are not modelled.
var versions = []string{
	"2022-09-01", "2022-11-01", "2023-01-01", "2023-02-01", "2023-03-01", "2023-04-01", "2023-05-01", "2023-06-01", "2023-07-01", "2023-08-01",
	"2023-09-01", "2023-10-01", "2023-11-01", "2024-01-01", "2024-02-01", "2024-05-01", "2024-06-01", "2024-07-01", "2024-08-01", "2024-09-01",
	"2024-10-01", "2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01", "2025-05-01",
}

// Provider serves clusters, pools and maintenance configurations.
type Provider struct {
	core        *arm.Core
	runtime     Runtime
	delays      Delays
	cluster     arm.Type
	pool        arm.Type
	maintenance arm.Type
	jobs        jobs
}

// Delays of Azure that the sandbox can be told to have.
type Delays struct {
	Create    time.Duration // added to the creation of every cluster
	IssuerURL time.Duration // how long the issuer's URL stays empty after the operation that switched it on
}

// Register adds the provider to the core.
func Register(core *arm.Core, runtime Runtime, delays Delays) *Provider {
	p := &Provider{core: core, runtime: runtime, delays: delays}
	p.cluster = arm.Type{
		Name: TypeCluster, Versions: versions, Taggable: true, Render: p.render, Put: p.put, Delete: p.delete, Remove: p.Remove,
		Actions: map[string]arm.Handler{
			"listclusterusercredential":  p.credential(false),
			"listclusteradmincredential": p.credential(true),
		},
	}
	p.pool = arm.Type{Name: TypePool, Versions: versions, Render: p.renderPool, Put: p.putPool, Delete: p.deletePool, List: p.listPools, Exists: poolExists}
	p.maintenance = arm.Type{Name: TypeMaintenance, Versions: versions, Render: renderMaintenance, Put: p.putMaintenance}
	core.Register(p.cluster, p.pool, p.maintenance, arm.Type{
		// A scope of role assignments only: Resource Manager does not look into the cluster
		// (https://learn.microsoft.com/azure/aks/manage-azure-rbac).
		Name: TypeCluster + "/namespaces", Versions: versions,
		Render: func(*store.Tx, string) (any, error) { return nil, nil }, Exists: p.inCluster,
	})
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
	if p.issuerIsLate(&doc.Body) {
		props.OIDCIssuerProfile = &OIDCIssuer{Enabled: props.OIDCIssuerProfile.Enabled}
	}
	body := Body{
		ID: doc.ID, Name: doc.Name, Type: doc.Type, Location: doc.Location, Tags: doc.Tags, SKU: &sku,
		SystemData: arm.System(doc.Header), Properties: &props, Identity: doc.Body.Identity,
	}
	return body, nil
}

// issuerIsLate reports that the issuer answers and its URL is not shown yet. On AKS that has been seen right after the
// issuer of an existing cluster was switched on; how long it lasts is a setting.
func (p *Provider) issuerIsLate(c *Cluster) bool {
	return c.IssuerOn != nil && p.delays.IssuerURL > 0 && p.core.Now().Before(c.IssuerOn.Add(p.delays.IssuerURL))
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
	p.ProvisioningState, p.PowerState, p.MaxAgentPools, p.CurrentKubernetesVersion = "", nil, 0, ""
	p.FQDN, p.PrivateFQDN, p.AzurePortalFQDN = "", "", ""
	for name, addon := range p.AddonProfiles {
		addon.Identity = nil
		p.AddonProfiles[name] = addon
	}
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
	if err := checkSince(r.Version(), body.Properties, nil); err != nil {
		return nil, err
	}
	doc := &Document{Header: p.core.NewHeader(nil, r, location, body.Tags)}
	doc.State = resource.Creating
	doc.Body = Cluster{UID: uuid.NewString(), SKU: SKU{Name: "Base", Tier: "Free"}, Properties: *body.Properties}
	if body.SKU != nil {
		merge(&doc.Body.SKU, *body.SKU)
	}
	props := &doc.Body.Properties
	fill(props, r.ID.ResourceGroup, doc.Name, location, doc.Body.UID, r.Version())
	p.fillEntra(props)
	for i := range props.AgentPoolProfiles {
		props.AgentPoolProfiles[i].ProvisioningState = resource.Creating
	}
	// Region, tenant and a random GUID, as AKS forms its issuers; the trailing slash is part of the issuer.
	doc.Body.Issuer = "https://" + location + ".oic.prod-aks.azure.com/" + p.core.Authority.TenantID + "/" + uuid.NewString() + "/"
	if err := p.adopt(tx, r, doc, body); err != nil {
		return nil, err
	}
	if err := p.adoptKubelet(tx, r, doc, body.Properties.IdentityProfile); err != nil {
		return nil, err
	}
	if err := checkWhole(&doc.Body); err != nil {
		return nil, err
	}
	if err := p.checkLinks(tx, r, doc, props.AgentPoolProfiles); err != nil {
		return nil, err
	}
	return doc, p.createNodeGroup(tx, doc)
}

func (p *Provider) update(tx *store.Tx, r *arm.Request, have *Document, location string, body *Body) error {
	if err := busy(have); err != nil {
		return err
	}
	if err := arm.CheckSameLocation(have.Name, r.ID.ResourceGroup, have.Location, location); err != nil {
		return err
	}
	if err := checkSince(r.Version(), body.Properties, &have.Body.Properties); err != nil {
		return err
	}
	if err := change(&have.Body, body); err != nil {
		return err
	}
	props := &have.Body.Properties
	refill(props, have.Location, have.Body.UID)
	p.fillEntra(props)
	if err := checkWhole(&have.Body); err != nil {
		return err
	}
	// The pools' subnets cannot change, and have been checked.
	if err := p.checkLinks(tx, r, have, nil); err != nil {
		return err
	}
	have.Header = p.core.NewHeader(&have.Header, r, location, body.Tags)
	have.State = resource.Updating
	for i := range props.AgentPoolProfiles {
		props.AgentPoolProfiles[i].ProvisioningState = resource.Updating
	}
	return nil
}

// busy refuses a change of the cluster while another operation runs, on it or on a pool
// (https://aka.ms/aks-pending-operation has the texts).
func busy(doc *Document) error {
	if err := clusterBusy(doc); err != nil {
		return err
	}
	if len(doc.Body.PoolsBusy) == 0 {
		return nil
	}
	name := doc.Body.PoolsBusy[0]
	return notAllowed("Managed Cluster operation is not allowed: Another operation (%s) is in progress on agent pool (%s)", poolState(doc, name), name)
}

// poolBusy refuses a change of a pool while another operation runs on it, or on the cluster. Pools do not keep each other
// waiting (Azure/AKS#1913).
func poolBusy(doc *Document, pool string) error {
	if err := clusterBusy(doc); err != nil {
		return err
	}
	for _, name := range doc.Body.PoolsBusy {
		if strings.EqualFold(name, pool) {
			return notAllowed("Operation is not allowed: Another agentpool operation (%s - %s) is in progress", name, poolState(doc, name))
		}
	}
	return nil
}

func clusterBusy(doc *Document) error {
	switch doc.State {
	case resource.Creating, resource.Updating, resource.Deleting:
		return notAllowed("Operation is not allowed: Another operation (%s) is in progress", doc.State)
	}
	return nil
}

func poolState(doc *Document, name string) string {
	if i := findPool(doc, name); i >= 0 {
		return doc.Body.Properties.AgentPoolProfiles[i].ProvisioningState
	}
	return resource.Updating
}

func notAllowed(format string, args ...any) error {
	return arm.Errorf(http.StatusConflict, "OperationNotAllowed", format+", please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details", args...)
}
