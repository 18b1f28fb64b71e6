package graph

import (
	"net/http"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// restorable is how long a deleted application can be restored.
const restorable = 30 * 24 * time.Hour

// deletedItems serves directory/deletedItems: applications that were deleted and can still be
// restored.
func (c *call) deletedItems(path []string) (response, error) {
	if len(path) < 2 || !strings.EqualFold(path[0], "deletedItems") {
		return response{}, badRequest("Resource not found for the segment 'directory'.")
	}
	item, rest := path[1], path[2:]
	switch {
	case strings.EqualFold(item, "microsoft.graph.application") && c.Method == http.MethodGet:
		return c.listDeleted()
	case len(rest) == 0 && c.Method == http.MethodGet:
		return c.withDeleted(item, func(_ *store.Tx, a *directory.Application) (response, error) {
			return response{http.StatusOK, c.showApplication(*a, true)}, nil
		})
	case len(rest) == 0 && c.Method == http.MethodDelete:
		return c.withDeleted(item, func(tx *store.Tx, a *directory.Application) (response, error) {
			if err := directory.RemoveCredentials(tx, a.AppID); err != nil {
				return response{}, err
			}
			return response{status: http.StatusNoContent}, tx.Delete(store.Applications, a.ID)
		})
	case len(rest) == 1 && rest[0] == "restore" && c.Method == http.MethodPost:
		return c.withDeleted(item, func(tx *store.Tx, a *directory.Application) (response, error) {
			a.Deleted = nil
			return response{http.StatusOK, c.showApplication(*a, true)}, tx.Put(store.Applications, a.ID, a)
		})
	}
	return response{}, c.notAllowed()
}

// isDeleted reports whether an application is soft-deleted and can still be restored.
func (c *call) isDeleted(a directory.Application) bool {
	return a.Deleted != nil && c.server.Now().Before(a.Deleted.Add(restorable))
}

func (c *call) listDeleted() (response, error) {
	var items []any
	err := c.server.Store.View(func(tx *store.Tx) error {
		all, err := store.List[directory.Application](tx, store.Applications, "")
		for _, a := range all {
			if c.isDeleted(a) {
				items = append(items, c.showApplication(a, false))
			}
		}
		return err
	})
	return c.page("applications", items), err
}

// withDeleted calls f with the soft-deleted application in a transaction.
func (c *call) withDeleted(id string, f func(*store.Tx, *directory.Application) (response, error)) (response, error) {
	var a response
	err := c.server.Store.Update(func(tx *store.Tx) error {
		app, err := directory.GetApplication(tx, id)
		if err != nil {
			return err
		}
		if app == nil || !c.isDeleted(*app) {
			return notFound(id)
		}
		if c.Method != http.MethodGet && !c.caller.mayChange(app.Owners) {
			return denied()
		}
		a, err = f(tx, app)
		return err
	})
	return a, err
}
