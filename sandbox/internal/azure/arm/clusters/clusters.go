// Package clusters implements Microsoft.ContainerService: managed clusters, their node pools and
// maintenance configurations. A Runtime runs the API servers of the clusters.
package clusters

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/region"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/specs"
)

// Type tokens.
const (
	TypeCluster = "Microsoft.ContainerService/managedClusters"
	TypePool    = TypeCluster + "/agentPools"

	TypeMaintenance = TypeCluster + "/maintenanceConfigurations"
)

// shownType is the type in AKS's answers, which has a case of its own (pulumi-azure-native,
// testdata/recorded/TestProviderUpgrade/upgrade-containerservice-agentpool/2.90.0). The same
// recording has "resourcegroups" in IDs, and no systemData.
const shownType = "Microsoft.ContainerService/ManagedClusters"

// versions are the GA versions. Properties of previews are not implemented.
var versions = specs.Versions(TypeCluster)

// Provider serves clusters, pools and maintenance configurations.
type Provider struct {
	core        *arm.Core
	runtime     Runtime
	delays      func() Delays
	cluster     arm.Type
	pool        arm.Type
	maintenance arm.Type
	jobs        jobs
}

// Delays are delays of Azure that the sandbox can imitate.
type Delays struct {
	// Create is added to the duration of every creation.
	Create time.Duration
	// IssuerURL is the time for which the issuer's URL stays empty after the operation that enabled
	// the issuer.
	IssuerURL time.Duration
}

// Register adds the provider to the core.
func Register(core *arm.Core, runtime Runtime, delays func() Delays) *Provider {
	p := &Provider{core: core, runtime: runtime, delays: delays}
	p.cluster = arm.Type{
		Name: TypeCluster, Versions: versions, Taggable: true, LowerGroup: true, FlatErrors: true,
		CheckListed: true, Violation: violation,
		Render: p.render, Put: p.put, Delete: p.delete, Remove: p.Remove,
		Actions: map[string]arm.Handler{
			"listclusterusercredential":  p.credential(false),
			"listclusteradmincredential": p.credential(true),
		},
	}
	p.pool = arm.Type{
		Name: TypePool, Versions: versions, LowerGroup: true, FlatErrors: true,
		CheckListed: true, Violation: violation,
		Render: p.renderPool, Put: p.putPool, Delete: p.deletePool, List: p.listPools, Exists: poolExists,
	}
	p.maintenance = arm.Type{
		Name: TypeMaintenance, Versions: versions, LowerGroup: true, FlatErrors: true,
		CheckListed: true, Violation: violation, Render: renderMaintenance, Put: p.putMaintenance,
	}
	core.Register(p.cluster, p.pool, p.maintenance, arm.Type{
		// A namespace is only a scope of role assignments: Resource Manager does not read it in the
		// cluster (https://learn.microsoft.com/azure/aks/manage-azure-rbac).
		Name: TypeCluster + "/namespaces", Versions: versions,
		Render: func(*store.Tx, string) (any, error) { return nil, nil }, Exists: p.inCluster,
	})
	at := "/subscriptions/{sub}/providers/Microsoft.ContainerService/locations/{location}"
	// Every caller of the tenant may poll an operation, so that a role on a resource group is
	// enough.
	core.Route(http.MethodGet, at+"/operations/{op}", "", versions, core.Status)
	core.Route(http.MethodGet, at+"/operationresults/{op}", "", versions, core.Result)
	core.Route(http.MethodGet, at+"/kubernetesVersions", "Microsoft.ContainerService/locations/kubernetesVersions/read", versions, p.kubernetesVersions)
	return p
}

func (p *Provider) render(tx *store.Tx, id string) (any, error) {
	doc, err := resource.Load[Cluster](tx, id)
	if err != nil || doc == nil {
		return nil, err
	}
	props, sku := doc.Body.Properties, doc.Body.SKU
	props.ProvisioningState = doc.State
	if p.issuerURLDelayed(&doc.Body) {
		props.OIDCIssuerProfile = &OIDCIssuer{Enabled: props.OIDCIssuerProfile.Enabled}
	}
	return Body{
		ID: doc.ID, Name: doc.Name, Type: shownType, Location: doc.Location, Tags: doc.Tags, SKU: &sku,
		Properties: &props, Identity: doc.Body.Identity,
	}, nil
}

// issuerURLDelayed reports whether the issuer is ready but its URL is not shown yet. AKS has been
// observed to do this after the issuer of an existing cluster was enabled; the duration is a
// setting.
func (p *Provider) issuerURLDelayed(c *Cluster) bool {
	delay := p.delays().IssuerURL
	return delay > 0 && (c.IssuerOn == nil || p.core.Now().Before(c.IssuerOn.Add(delay)))
}

func (p *Provider) put(r *arm.Request) (arm.Response, error) {
	var body Body
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	dropReadOnly(&body)
	if err := checkBody(r.ID.Name(), r.Version(), &body); err != nil {
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

// dropReadOnly removes read-only properties from a request, so that a client can send back the body
// of a GET.
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

// create returns the document of a new cluster.
func (p *Provider) create(tx *store.Tx, r *arm.Request, location string, body *Body) (*Document, error) {
	settings, err := region.Load(tx)
	if err != nil {
		return nil, err
	}
	body.Properties.KubernetesVersion = cmp.Or(body.Properties.KubernetesVersion, settings.DefaultVersion(), RealVersion)
	if err := checkNew(body); err != nil {
		return nil, err
	}
	if err := checkOfferedVersion(settings, r.ID.Name(), body.Properties.KubernetesVersion, body.Properties.SupportPlan); err != nil {
		return nil, err
	}
	if err := checkVersions(r.Version(), body.Properties, nil); err != nil {
		return nil, err
	}
	doc := &Document{Header: p.core.NewHeader(nil, r, location, body.Tags)}
	doc.State = resource.Creating
	doc.Body = Cluster{UID: uuid.NewString(), SKU: SKU{Name: "Base", Tier: "Free"}, Properties: *body.Properties}
	if body.SKU != nil {
		merge(&doc.Body.SKU, *body.SKU)
	}
	props := &doc.Body.Properties
	if err := p.chooseSizes(tx, location, props.AgentPoolProfiles); err != nil {
		return nil, err
	}
	fillDefaults(doc, r.Version())
	p.fillEntra(props)
	for i := range props.AgentPoolProfiles {
		props.AgentPoolProfiles[i].ProvisioningState = resource.Creating
	}
	// AKS forms issuers from the region, the tenant and a random GUID. The trailing slash is part
	// of the issuer.
	doc.Body.Issuer = fmt.Sprintf("https://%s.oic.prod-aks.azure.com/%s/%s/",
		location, p.core.Authority.TenantID, uuid.NewString())
	if props.issuerEnabled() {
		// The answer to the creation has it already (azure-cli,
		// test_aks_create_with_oidc_issuer_enabled.yaml).
		props.OIDCIssuerProfile.IssuerURL = doc.Body.Issuer
	}
	if err := p.setIdentity(tx, r, doc, body); err != nil {
		return nil, err
	}
	if err := p.setKubeletIdentity(tx, r, doc, body.Properties.IdentityProfile); err != nil {
		return nil, err
	}
	if err := checkComplete(&doc.Body); err != nil {
		return nil, err
	}
	if err := p.checkLinks(tx, r, doc, props.AgentPoolProfiles); err != nil {
		return nil, err
	}
	if err := p.checkOffers(tx, doc, nil); err != nil {
		return nil, err
	}
	return doc, p.createNodeGroup(tx, doc)
}

// update applies a request to the document of an existing cluster.
func (p *Provider) update(tx *store.Tx, r *arm.Request, have *Document, location string, body *Body) error {
	if err := busy(have); err != nil {
		return err
	}
	if err := arm.CheckSameLocation(have.Name, r.ID.ResourceGroup, have.Location, location); err != nil {
		return err
	}
	if err := checkVersions(r.Version(), body.Properties, &have.Body.Properties); err != nil {
		return err
	}
	version, pools := have.Body.Properties.KubernetesVersion, slices.Clone(have.Body.Properties.AgentPoolProfiles)
	if err := change(&have.Body, body); err != nil {
		return err
	}
	props := &have.Body.Properties
	if props.KubernetesVersion != version {
		settings, err := region.Load(tx)
		if err != nil {
			return err
		}
		if err := checkOfferedVersion(settings, have.Name, props.KubernetesVersion, props.SupportPlan); err != nil {
			return err
		}
	}
	fillDerived(have)
	p.fillEntra(props)
	if err := checkComplete(&have.Body); err != nil {
		return err
	}
	// The subnets of existing pools cannot change and need no new check.
	if err := p.checkLinks(tx, r, have, nil); err != nil {
		return err
	}
	if err := p.checkOffers(tx, have, pools); err != nil {
		return err
	}
	have.Header = p.core.NewHeader(&have.Header, r, location, body.Tags)
	have.State = resource.Updating
	for i := range props.AgentPoolProfiles {
		props.AgentPoolProfiles[i].ProvisioningState = resource.Updating
	}
	return nil
}
