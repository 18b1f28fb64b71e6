package clusters

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Resume continues unfinished operations and starts every cluster that was ready before, in
// parallel. It returns when these are ready. A cluster that cannot be started is stored as Failed,
// so that it can be deleted or PUT again, and is named in the error; the others run.
func (p *Provider) Resume(ctx context.Context) error {
	var all []Document
	err := p.core.Store.View(func(tx *store.Tx) (err error) {
		all, err = resource.All[Cluster](tx, "", TypeCluster)
		return err
	})
	if err != nil {
		return err
	}
	problems := make([]error, len(all))
	var wait sync.WaitGroup
	for i, doc := range all {
		switch {
		case doc.State == resource.Deleting:
			p.finishDelete(doc.ID)
		case busy(&doc) != nil:
			p.converge(doc.ID)
		case doc.State == resource.Succeeded || doc.Body.HasRun:
			wait.Go(func() {
				if err := p.restart(ctx, doc.ID); err != nil {
					problems[i] = fmt.Errorf("start cluster %s again: %w", doc.Name, err)
				}
			})
		}
	}
	wait.Wait()
	return errors.Join(problems...)
}

// restart starts a cluster as it is stored when its job runs: requests of clients and the deletion
// of its resource group happen at the same time, and a deleted cluster must not be started again.
func (p *Provider) restart(ctx context.Context, id string) error {
	var problem error
	p.jobs.run(ctx, resource.Key(id), func(jobCtx context.Context) {
		doc, err := p.load(id)
		if err != nil || doc == nil || busy(doc) != nil {
			problem = err
			return // deleted, being deleted, or started by an operation
		}
		cause := p.runtime.Start(jobCtx, p.spec(doc))
		if jobCtx.Err() != nil {
			problem = ctx.Err() // nil if a deletion interrupted it
			return
		}
		problem = errors.Join(cause, p.core.Store.Update(func(tx *store.Tx) error {
			now, err := resource.Load[Cluster](tx, id)
			if err != nil || now == nil || busy(now) != nil {
				return err // an operation that began meanwhile stores its own outcome
			}
			return p.recordOutcome(tx, now, nil, cause)
		}))
	})
	return problem
}
