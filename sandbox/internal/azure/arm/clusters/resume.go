package clusters

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Resume continues unfinished operations and starts every cluster that has run before, in parallel. It returns when the
// latter are ready. A cluster that cannot be started is stored as Failed, so that it can be deleted or PUT again, and is
// named in the error; it does not keep the others from running.
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
				if err := p.again(ctx, doc.ID); err != nil {
					problems[i] = fmt.Errorf("start cluster %s again: %w", doc.Name, err)
				}
			})
		}
	}
	wait.Wait()
	return errors.Join(problems...)
}

// again starts a cluster as it is stored when its turn comes: deletions of its resource group and requests of clients
// run at the same time, and what they have taken away must not come back.
func (p *Provider) again(ctx context.Context, id string) error {
	var problem error
	p.jobs.run(ctx, resource.Key(id), func(turn context.Context) {
		doc, err := p.load(id)
		if err != nil || doc == nil || busy(doc) != nil {
			problem = err
			return // gone or going, or an operation brings it up
		}
		cause := p.runtime.Start(turn, p.spec(doc))
		if turn.Err() != nil {
			problem = ctx.Err() // nil when a deletion has taken over
			return
		}
		problem = errors.Join(cause, p.core.Store.Update(func(tx *store.Tx) error {
			now, err := resource.Load[Cluster](tx, id)
			if err != nil || now == nil || busy(now) != nil {
				return err // an operation that came meanwhile records its own outcome
			}
			return p.conclude(tx, now, nil, cause)
		}))
	})
	return problem
}
