package clusters

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

// load reads a cluster; nil if there is none.
func (p *Provider) load(id string) (*Document, error) {
	var doc *Document
	err := p.core.Store.View(func(tx *store.Tx) (err error) {
		doc, err = resource.Load[Cluster](tx, id)
		return err
	})
	return doc, err
}

// converge applies the stored cluster to the running one, in the background, and stores the
// outcome. It also continues operations that a previous daemon did not finish, because it needs
// only what is stored.
func (p *Provider) converge(id string) {
	p.core.Go(func(ctx context.Context) {
		p.jobs.run(ctx, resource.Key(id), func(ctx context.Context) {
			open, pools, cause := p.start(ctx, id)
			if !open || ctx.Err() != nil {
				return // already done, or interrupted by the end of the daemon or by a deletion
			}
			if err := p.finish(id, pools, cause); err != nil {
				p.core.Log.Error("cluster operation could not be recorded", "id", id, "error", err)
			}
		})
	})
}

// start carries out the open operations: one on the cluster, or those on the returned pools. An
// operation that begins meanwhile is carried out by its own job, which finds nothing open if an
// earlier job included it.
func (p *Provider) start(ctx context.Context, id string) (open bool, pools []string, err error) {
	doc, err := p.load(id)
	if err != nil {
		return true, nil, err
	}
	if doc == nil || busy(doc) == nil {
		return false, nil, nil
	}
	pools = doc.Body.PoolsBusy
	if doc.State == resource.Creating {
		select {
		case <-ctx.Done():
			return true, pools, ctx.Err()
		case <-time.After(p.delays().Create):
		}
	}
	subject := doc.ID
	if len(pools) > 0 {
		subject += "/agentPools/" + pools[0]
	}
	if err := p.core.Await(ctx, http.MethodPut, subject); err != nil {
		return true, pools, err
	}
	if err := p.runtime.Start(ctx, p.spec(doc)); err != nil {
		return true, pools, fmt.Errorf("start the cluster's control plane: %w", err)
	}
	return true, pools, nil
}

// spec returns the description of a cluster for the runtime.
func (p *Provider) spec(doc *Document) Spec {
	props := &doc.Body.Properties
	issuer := doc.Body.Issuer
	if !props.issuerEnabled() {
		// Without the feature, the issuer in tokens is one whose keys cannot be fetched from
		// outside the cluster.
		issuer = "https://" + props.host() + "/"
	}
	s := Spec{
		UID: doc.Body.UID, ResourceID: doc.ID, Name: doc.Name, ResourceGroup: groupOf(doc.ID),
		NodeResourceGroup: props.NodeResourceGroup, Location: doc.Location, TenantID: p.core.Authority.TenantID,
		KubernetesVersion: RealVersion, IssuerURL: issuer, FQDN: props.host(),
		ServiceRange: props.NetworkProfile.ServiceCIDR, PodRange: props.NetworkProfile.PodCIDR,
		WorkloadIdentityAddon: props.workloadIdentityEnabled(),
	}
	if props.FQDN != s.FQDN {
		s.PublicFQDN = props.FQDN
	}
	if aad := props.AADProfile; props.entraEnabled() {
		s.Entra = &Entra{
			AdminGroups: aad.AdminGroupObjectIDs, AzureRBAC: on(aad.EnableAzureRBAC),
			Access: &access{provider: p, cluster: doc.ID, uid: doc.Body.UID},
		}
	}
	for _, pool := range props.AgentPoolProfiles {
		if pool.ProvisioningState != resource.Deleting {
			s.Pools = append(s.Pools, Pool{
				Name: pool.Name, Mode: pool.Mode, OSType: pool.OSType, VMSize: pool.VMSize, Count: *pool.Count,
				Labels: pool.NodeLabels, Taints: pool.NodeTaints, Zones: pool.AvailabilityZones, MaxPods: *pool.MaxPods,
			})
		}
	}
	return s
}

// finish stores the outcome of the operation on the cluster, or of those on the pools.
func (p *Provider) finish(id string, pools []string, cause error) error {
	return p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[Cluster](tx, id)
		if err != nil || doc == nil || doc.State == resource.Deleting {
			return err
		}
		return p.recordOutcome(tx, doc, pools, cause)
	})
}

// recordOutcome stores the outcome in the states and open operations of the given pools, or of the
// whole cluster if there are none.
func (p *Provider) recordOutcome(tx *store.Tx, doc *Document, pools []string, cause error) error {
	props := &doc.Body.Properties
	whole := len(pools) == 0
	outcome := resource.Succeeded
	if cause != nil {
		outcome = resource.Failed
		if errors.Is(cause, fault.ErrCanceled) {
			outcome = resource.Canceled
		}
		p.core.Log.Error("cluster operation failed", "id", doc.ID, "error", cause)
	} else if err := p.recordRunning(tx, doc); err != nil {
		return err
	}
	if whole {
		doc.State = outcome
	}
	concerns := func(name string) bool { return whole || in(name, pools...) }
	props.AgentPoolProfiles = slices.DeleteFunc(props.AgentPoolProfiles, func(a AgentPool) bool {
		return cause == nil && a.ProvisioningState == resource.Deleting && concerns(a.Name)
	})
	for i := range props.AgentPoolProfiles {
		if a := &props.AgentPoolProfiles[i]; concerns(a.Name) {
			a.ProvisioningState = outcome
		}
	}
	doc.Body.PoolsBusy = slices.DeleteFunc(doc.Body.PoolsBusy, concerns)
	if err := resource.Save(tx, doc); err != nil {
		return err
	}
	if whole {
		return p.core.End(tx, doc.ID, cause)
	}
	for _, name := range pools {
		if err := p.core.End(tx, doc.ID+"/agentPools/"+name, cause); err != nil {
			return err
		}
	}
	return nil
}

// recordRunning sets what a cluster has once it runs: the URL of its issuer, the identities of its
// add-ons and the identity of its kubelets.
func (p *Provider) recordRunning(tx *store.Tx, doc *Document) error {
	props := &doc.Body.Properties
	doc.Body.HasRun = true
	if props.issuerEnabled() {
		props.OIDCIssuerProfile.IssuerURL = doc.Body.Issuer
		if doc.Body.IssuerOn == nil {
			now := p.core.Now().UTC()
			doc.Body.IssuerOn = &now
		}
	}
	if err := p.updateAddonIdentities(tx, doc); err != nil {
		return err
	}
	if props.IdentityProfile != nil || doc.Body.Identity == nil {
		return nil
	}
	kubelet, err := p.createIdentity(tx, doc, p.nodeIdentityID(doc, doc.Name+"-agentpool"))
	if err != nil {
		return err
	}
	props.IdentityProfile = map[string]KubeletObject{kubeletKey: *identityObject(kubelet)}
	return nil
}
