package graph

import (
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// deletedItems is directory/deletedItems: applications that can still be restored.
func (c *call) deletedItems(path []string) (answer, error) {
	if len(path) < 2 || !strings.EqualFold(path[0], "deletedItems") {
		return answer{}, badRequest("Resource not found for the segment 'directory'.")
	}
	item, rest := path[1], path[2:]
	switch {
	case strings.EqualFold(item, "microsoft.graph.application") && c.Method == http.MethodGet:
		return c.listDeleted()
	case len(rest) == 0 && c.Method == http.MethodGet:
		return c.onDeleted(item, func(_ *store.Tx, a *directory.Application) (answer, error) {
			return answer{http.StatusOK, c.showApplication(*a, true)}, nil
		})
	case len(rest) == 0 && c.Method == http.MethodDelete:
		return c.onDeleted(item, func(tx *store.Tx, a *directory.Application) (answer, error) {
			if err := directory.RemoveCredentials(tx, a.AppID); err != nil {
				return answer{}, err
			}
			return answer{status: http.StatusNoContent}, tx.Delete(store.Applications, a.ID)
		})
	case len(rest) == 1 && rest[0] == "restore" && c.Method == http.MethodPost:
		return c.onDeleted(item, func(tx *store.Tx, a *directory.Application) (answer, error) {
			a.Deleted = nil
			return answer{http.StatusOK, c.showApplication(*a, true)}, tx.Put(store.Applications, a.ID, a)
		})
	}
	return answer{}, c.notAllowed()
}

// isDeleted reports an application that is among the deleted items still.
func (c *call) isDeleted(a directory.Application) bool {
	return a.Deleted != nil && c.server.Now().Before(a.Deleted.Add(kept))
}

func (c *call) listDeleted() (answer, error) {
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

func (c *call) onDeleted(id string, f func(*store.Tx, *directory.Application) (answer, error)) (answer, error) {
	var a answer
	err := c.server.Store.Update(func(tx *store.Tx) error {
		app, err := directory.GetApplication(tx, id)
		if err != nil {
			return err
		}
		if app == nil || !c.isDeleted(*app) {
			return absent(id)
		}
		a, err = f(tx, app)
		return err
	})
	return a, err
}
