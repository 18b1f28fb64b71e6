package clusters

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// delete marks the cluster as being deleted, answers, and removes it in the background.
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
	header := p.core.Accepted(op, r.Version(), "Microsoft.ContainerService", location)
	return arm.Response{Status: http.StatusAccepted, Header: header}, nil
}

// finishDelete removes a cluster in the background.
func (p *Provider) finishDelete(id string) {
	p.core.Go(func(ctx context.Context) {
		if cause := p.Remove(ctx, id); cause != nil && ctx.Err() == nil {
			p.core.Log.Error("cluster deletion failed", "id", id, "error", cause)
		}
	})
}

// Remove removes a cluster with its processes, its node resource group and its identities. It
// interrupts an operation in progress. A cluster that cannot be removed is stored as Failed, so
// that it can be deleted again.
func (p *Provider) Remove(ctx context.Context, id string) error {
	doc, err := p.markDeleting(id)
	if err != nil || doc == nil {
		return err
	}
	p.jobs.interrupt(resource.Key(id))
	var result error
	p.jobs.runUninterrupted(resource.Key(id), func() {
		now, err := p.load(id)
		if err != nil || now == nil || now.Body.UID != doc.Body.UID {
			result = err
			return // another deletion has removed it
		}
		if result = p.core.Await(ctx, http.MethodDelete, id); result != nil {
			return
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
		// If the daemon ends meanwhile, the deletion has not failed: Resume will continue it.
		return result
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
