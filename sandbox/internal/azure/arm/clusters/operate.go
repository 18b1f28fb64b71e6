package clusters

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/identities"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

func (p *Provider) load(id string) (*Document, error) {
	var doc *Document
	err := p.core.Store.View(func(tx *store.Tx) (err error) {
		doc, err = resource.Load[Cluster](tx, id)
		return err
	})
	return doc, err
}

// converge makes the running cluster what the stored one says, in the background, and records the outcome. It is also
// how an operation continues that a previous daemon did not finish: what is stored is all it needs.
func (p *Provider) converge(id string) {
	p.core.Go(func(ctx context.Context) {
		p.jobs.run(ctx, resource.Key(id), func(ctx context.Context) {
			open, covered, cause := p.start(ctx, id)
			if !open || ctx.Err() != nil {
				return // done already; the daemon stops, or a deletion has taken over
			}
			if err := p.finish(id, covered, cause); err != nil {
				p.core.Log.Error("cluster operation could not be recorded", "id", id, "error", err)
			}
		})
	})
}

// start carries out what is open on the cluster: an operation on itself, or those on the covered pools. What comes
// meanwhile has a turn of its own, and finds nothing open if an earlier turn has carried it out too.
func (p *Provider) start(ctx context.Context, id string) (open bool, covered []string, err error) {
	doc, err := p.load(id)
	if err != nil {
		return true, nil, err
	}
	if doc == nil || busy(doc) == nil {
		return false, nil, nil
	}
	covered = doc.Body.PoolsBusy
	if doc.State == resource.Creating && p.delays.Create > 0 {
		select {
		case <-ctx.Done():
			return true, covered, ctx.Err()
		case <-time.After(p.delays.Create):
		}
	}
	if err := p.runtime.Start(ctx, p.spec(doc)); err != nil {
		return true, covered, fmt.Errorf("start the cluster's control plane: %w", err)
	}
	return true, covered, nil
}

func (p *Provider) spec(doc *Document) Spec {
	props := &doc.Body.Properties
	issuer := doc.Body.Issuer
	if !props.issuing() {
		// Without the feature, tokens name an issuer that nobody outside the cluster can fetch keys from.
		issuer = "https://" + props.host() + "/"
	}
	s := Spec{
		UID: doc.Body.UID, ResourceID: doc.ID, Name: doc.Name, ResourceGroup: groupOf(doc.ID), NodeResourceGroup: props.NodeResourceGroup,
		Location: doc.Location, TenantID: p.core.Authority.TenantID, KubernetesVersion: RealVersion, IssuerURL: issuer, FQDN: props.host(),
		WorkloadIdentityAddon: props.federating(), ServiceRange: props.NetworkProfile.ServiceCIDR, PodRange: props.NetworkProfile.PodCIDR,
	}
	if props.FQDN != s.FQDN {
		s.PublicFQDN = props.FQDN
	}
	if aad := props.AADProfile; props.entra() {
		s.Entra = &Entra{AdminGroups: aad.AdminGroupObjectIDs, AzureRBAC: on(aad.EnableAzureRBAC), Access: &access{provider: p, cluster: doc.ID, uid: doc.Body.UID}}
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

// finish records how the operation on the cluster, or those on the pools, ended.
func (p *Provider) finish(id string, covered []string, cause error) error {
	return p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[Cluster](tx, id)
		if err != nil || doc == nil || doc.State == resource.Deleting {
			return err
		}
		return p.conclude(tx, doc, covered, cause)
	})
}

// conclude writes the outcome of bringing a cluster up into the states and open operations of the pools that were covered,
// or of the whole cluster if none was.
func (p *Provider) conclude(tx *store.Tx, doc *Document, covered []string, cause error) error {
	props := &doc.Body.Properties
	whole := len(covered) == 0
	outcome := resource.Succeeded
	if cause != nil {
		outcome = resource.Failed
		p.core.Log.Error("cluster operation failed", "id", doc.ID, "error", cause)
	} else if err := p.settle(tx, doc); err != nil {
		return err
	}
	if whole {
		doc.State = outcome
	}
	concerns := func(name string) bool { return whole || in(name, covered...) }
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
	for _, name := range covered {
		if err := p.core.End(tx, doc.ID+"/agentPools/"+name, cause); err != nil {
			return err
		}
	}
	return nil
}

// settle sets what a cluster has once it runs: the kubelet's identity, and the issuer that now answers.
func (p *Provider) settle(tx *store.Tx, doc *Document) error {
	props := &doc.Body.Properties
	doc.Body.HasRun = true
	if props.issuing() {
		props.OIDCIssuerProfile.IssuerURL = doc.Body.Issuer
		if doc.Body.IssuerOn == nil {
			now := p.core.Now().UTC()
			doc.Body.IssuerOn = &now
		}
	}
	if err := p.settleAddons(tx, doc); err != nil {
		return err
	}
	if props.IdentityProfile != nil || doc.Body.Identity == nil {
		return nil
	}
	kubelet, err := p.createIdentity(tx, doc, p.nodeGroupID(doc)+"/providers/"+identities.TypeIdentity+"/"+doc.Name+"-agentpool")
	if err != nil {
		return err
	}
	props.IdentityProfile = map[string]KubeletObject{kubeletKey: {
		ResourceID: kubelet.ID, ClientID: kubelet.Body.ClientID, ObjectID: kubelet.Body.PrincipalID,
	}}
	return nil
}

// delete answers at once and removes the cluster in the background.
func (p *Provider) delete(r *arm.Request) (arm.Response, error) {
	var op arm.Operation
	var location string
	err := p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[Cluster](tx, r.ID.String())
		if err != nil || doc == nil {
			return err
		}
		if err := busy(doc); err != nil {
			return err
		}
		location, doc.State = doc.Location, resource.Deleting
		if err := resource.Save(tx, doc); err != nil {
			return err
		}
		op, err = p.core.Begin(tx, doc.ID, http.MethodDelete)
		return err
	})
	if err != nil {
		return arm.Response{}, err
	}
	if op.ID == "" {
		return arm.Response{Status: http.StatusNoContent}, nil
	}
	p.finishDelete(op.Resource)
	return arm.Response{Status: http.StatusAccepted, Header: p.core.Accepted(op, r.Version(), "Microsoft.ContainerService", location)}, nil
}

func (p *Provider) finishDelete(id string) {
	p.core.Go(func(ctx context.Context) {
		if cause := p.Remove(ctx, id); cause != nil && ctx.Err() == nil {
			p.core.Log.Error("cluster deletion failed", "id", id, "error", cause)
		}
	})
}

// Remove takes a cluster away with its processes, its node resource group and its identities. What is being done to
// the cluster at the time is cut short. A cluster that cannot be removed is stored as Failed, so that it can be deleted
// again.
func (p *Provider) Remove(ctx context.Context, id string) error {
	doc, err := p.markDeleting(id)
	if err != nil || doc == nil {
		return err
	}
	p.jobs.interrupt(resource.Key(id))
	var result error
	p.jobs.last(resource.Key(id), func() {
		now, err := p.load(id)
		if err != nil || now == nil || now.Body.UID != doc.Body.UID {
			result = err
			return // another deletion was first
		}
		if result = p.runtime.Delete(ctx, doc.Body.UID); result != nil {
			result = fmt.Errorf("stop the cluster's control plane: %w", result)
			return
		}
		if result = p.core.Remove(ctx, p.nodeGroupID(doc)); result != nil {
			return
		}
		result = p.core.Store.Update(func(tx *store.Tx) error {
			if doc.Body.Principal != "" {
				if err := directory.RemovePrincipal(tx, doc.Body.Principal); err != nil {
					return err
				}
			}
			if err := resource.RemoveTree(tx, id); err != nil {
				return err
			}
			return p.core.EndRemoved(tx, id)
		})
	})
	if result == nil || ctx.Err() != nil {
		return result // an end of the daemon in between is no failure: Resume continues
	}
	return errors.Join(result, p.core.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[Cluster](tx, id)
		if err != nil || doc == nil {
			return err
		}
		doc.State = resource.Failed
		return errors.Join(resource.Save(tx, doc), p.core.End(tx, id, result))
	}))
}

func (p *Provider) markDeleting(id string) (*Document, error) {
	var doc *Document
	err := p.core.Store.Update(func(tx *store.Tx) (err error) {
		if doc, err = resource.Load[Cluster](tx, id); err != nil || doc == nil {
			return err
		}
		doc.State = resource.Deleting
		return resource.Save(tx, doc)
	})
	return doc, err
}
