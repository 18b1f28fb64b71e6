package clusters

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Pools are stored in their cluster only, so that the cluster and the pools always show the same.

// PoolBody is a node pool in the form of the API.
type PoolBody struct {
	ID         string     `json:"id,omitempty"`
	Name       string     `json:"name,omitempty"`
	Type       string     `json:"type,omitempty"`
	Properties *AgentPool `json:"properties,omitempty"`
}

// findPool returns the index of the pool with this name, or -1.
func findPool(doc *Document, name string) int {
	return slices.IndexFunc(doc.Body.Properties.AgentPoolProfiles, func(p AgentPool) bool { return strings.EqualFold(p.Name, name) })
}

// loadPool reads the cluster of a pool and returns the index of the pool in it, or -1.
func loadPool(tx *store.Tx, path string) (*Document, int, error) {
	id, err := resource.ParseID(path)
	if err != nil {
		return nil, -1, err
	}
	parent, _ := id.Parent()
	doc, err := resource.Load[Cluster](tx, parent)
	if err != nil || doc == nil {
		return nil, -1, err
	}
	return doc, findPool(doc, id.Name()), nil
}

func poolExists(tx *store.Tx, path string) (bool, error) {
	_, i, err := loadPool(tx, path)
	return i >= 0, err
}

func (p *Provider) renderPool(tx *store.Tx, path string) (any, error) {
	doc, i, err := loadPool(tx, path)
	if err != nil || i < 0 {
		return nil, err
	}
	return showPool(doc, i), nil
}

func showPool(doc *Document, i int) PoolBody {
	pool := doc.Body.Properties.AgentPoolProfiles[i]
	name := pool.Name
	pool.Name = ""
	return PoolBody{ID: doc.ID + "/agentPools/" + name, Name: name, Type: TypePool, Properties: &pool}
}

func (p *Provider) listPools(r *arm.Request) (arm.Response, error) {
	parent, _ := r.ID.Parent()
	var items []any
	err := p.core.Store.View(func(tx *store.Tx) error {
		doc, err := resource.Load[Cluster](tx, parent)
		if err != nil || doc == nil {
			return err
		}
		for i := range doc.Body.Properties.AgentPoolProfiles {
			items = append(items, showPool(doc, i))
		}
		return nil
	})
	return arm.List(items), err
}

func (p *Provider) putPool(r *arm.Request) (arm.Response, error) {
	var body PoolBody
	if err := arm.Decode(r.Body, &body); err != nil {
		return arm.Response{}, err
	}
	if body.Properties == nil {
		return arm.Response{}, missing("properties")
	}
	want := *body.Properties
	want.Name = r.ID.Name()
	want.dropReadOnly()
	if err := checkPool(&want, r.Version()); err != nil {
		return arm.Response{}, err
	}
	status := http.StatusOK
	response, err := p.beginPoolOperation(r, http.MethodPut, func(tx *store.Tx, doc *Document, i int) error {
		pools := &doc.Body.Properties.AgentPoolProfiles
		before := slices.Clone(*pools)
		if i >= 0 {
			if err := changePool(&(*pools)[i], want); err != nil {
				return err
			}
			(*pools)[i].ProvisioningState = resource.Updating
		} else {
			status = http.StatusCreated
			if err := p.addPool(tx, r, doc, want); err != nil {
				return err
			}
		}
		if err := checkPools(&doc.Body.Properties); err != nil {
			return err
		}
		if err := checkComplete(&doc.Body); err != nil {
			return err
		}
		return p.checkOffers(tx, doc, before)
	})
	if err != nil {
		return arm.Response{}, err
	}
	rendered, err := p.core.Rendered(&p.pool, r.ID.String(), status)
	rendered.Header = response.Header
	return rendered, err
}

// addPool adds a new pool to its cluster.
func (p *Provider) addPool(tx *store.Tx, r *arm.Request, doc *Document, want AgentPool) error {
	chosen := []AgentPool{want}
	if err := p.chooseSizes(tx, doc.Location, chosen); err != nil {
		return err
	}
	want = chosen[0]
	fillPool(&want, &doc.Body.Properties)
	want.ProvisioningState = resource.Creating
	if err := p.checkLinks(tx, r, doc, []AgentPool{want}); err != nil {
		return err
	}
	pools := &doc.Body.Properties.AgentPoolProfiles
	*pools = append(*pools, want)
	return nil
}

func (p *Provider) deletePool(r *arm.Request) (arm.Response, error) {
	var exists bool
	err := p.core.Store.View(func(tx *store.Tx) (err error) {
		exists, err = poolExists(tx, r.ID.String())
		return err
	})
	if err != nil {
		return arm.Response{}, err
	}
	if !exists {
		return arm.Response{Status: http.StatusNoContent}, nil
	}
	return p.beginPoolOperation(r, http.MethodDelete, func(_ *store.Tx, doc *Document, i int) error {
		pools := doc.Body.Properties.AgentPoolProfiles
		rest := slices.Delete(slices.Clone(pools), i, i+1)
		if checkPoolSet(rest) != nil {
			return arm.Errorf(http.StatusBadRequest, "OperationNotAllowed", "There has to be at least one system agent pool.")
		}
		pools[i].ProvisioningState = resource.Deleting
		return nil
	})
}

// beginPoolOperation stores the changes that f makes to a cluster and begins an operation on the
// pool. The index is -1 for a new pool.
func (p *Provider) beginPoolOperation(
	r *arm.Request, verb string, f func(tx *store.Tx, doc *Document, i int) error,
) (arm.Response, error) {
	var op arm.Operation
	var location, cluster string
	err := p.core.Store.Update(func(tx *store.Tx) error {
		doc, i, err := loadPool(tx, r.ID.String())
		if err != nil {
			return err
		}
		if doc == nil {
			return arm.Errorf(http.StatusNotFound, "ParentResourceNotFound", "The cluster of the node pool '%s' could not be found.", r.ID.Name())
		}
		if err := poolBusy(doc, r.ID.Name()); err != nil {
			return err
		}
		if err := f(tx, doc, i); err != nil {
			return err
		}
		location, cluster = doc.Location, doc.ID
		doc.Body.PoolsBusy = append(doc.Body.PoolsBusy, r.ID.Name())
		if err := resource.Save(tx, doc); err != nil {
			return err
		}
		op, err = p.core.Begin(tx, doc.ID+"/agentPools/"+r.ID.Name(), verb)
		return err
	})
	if err != nil {
		return arm.Response{}, err
	}
	p.converge(cluster)
	header := p.core.Accepted(op, r.Version(), "Microsoft.ContainerService", location)
	return arm.Response{Status: http.StatusAccepted, Header: header}, nil
}
