package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

const (
	getByIDs = "getByIds"
	// maxIDs is the largest number of IDs that getByIds accepts
	// (https://learn.microsoft.com/graph/api/directoryobject-getbyids).
	maxIDs = 1000
)

// The objects with their OData types, which a collection of several types shows.
type (
	typedPrincipal struct {
		Type string `json:"@odata.type"`
		servicePrincipal
	}
	typedGroup struct {
		Type string `json:"@odata.type"`
		group
	}
	typedApplication struct {
		Type string `json:"@odata.type"`
		application
	}
	typedUser struct {
		Type string `json:"@odata.type"`
		ID   string `json:"id"`
		Name string `json:"userPrincipalName"`
	}
)

// directoryObjects serves GET directoryObjects/{id}, and POST directoryObjects/getByIds: the
// objects with these IDs, in any order and without those that do not exist.
func (c *call) directoryObjects(path []string) (response, error) {
	switch {
	case len(path) != 1:
		return response{}, badRequest("Resource not found for the segment 'directoryObjects'. The sandbox has directoryObjects/{id} and directoryObjects/getByIds.")
	case c.Method == http.MethodGet && !strings.EqualFold(path[0], getByIDs):
		return c.oneObject(path[0])
	case c.Method != http.MethodPost || !strings.EqualFold(path[0], getByIDs):
		return response{}, c.notAllowed()
	}
	var body struct {
		IDs   []string `json:"ids"`
		Types []string `json:"types"`
	}
	if err := c.read(&body); err != nil {
		return response{}, err
	}
	if len(body.IDs) == 0 || len(body.IDs) > maxIDs {
		return response{}, badRequest("The property 'ids' must have 1 to %d values.", maxIDs)
	}
	wants := func(kind string) bool {
		return len(body.Types) == 0 || slices.ContainsFunc(body.Types, func(t string) bool {
			return strings.EqualFold(t, kind) || strings.EqualFold(t, "directoryObject")
		})
	}
	var items []any
	err := c.server.Store.View(func(tx *store.Tx) error {
		for _, id := range body.IDs {
			item, err := c.object(tx, id, wants)
			if err != nil {
				return err
			}
			if item != nil {
				items = append(items, item)
			}
		}
		return nil
	})
	return c.page("directoryObjects", items), err
}

func (c *call) oneObject(id string) (response, error) {
	var shown any
	err := c.server.Store.View(func(tx *store.Tx) (err error) {
		shown, err = c.object(tx, id, func(string) bool { return true })
		if err == nil && shown == nil {
			err = notFound(id)
		}
		return err
	})
	return response{http.StatusOK, shown}, err
}

// object returns the object with an ID if it is of a wanted type, or nil.
func (c *call) object(tx *store.Tx, id string, wants func(kind string) bool) (any, error) {
	sp, err := directory.Principal(tx, id)
	if err != nil {
		return nil, err
	}
	if sp != nil && wants("servicePrincipal") {
		return typedPrincipal{"#microsoft.graph.servicePrincipal", c.showPrincipal(*sp, false)}, nil
	}
	group, err := directory.GetGroup(tx, id)
	if err != nil {
		return nil, err
	}
	if group != nil && wants("group") {
		return typedGroup{"#microsoft.graph.group", c.showGroup(*group, false)}, nil
	}
	app, err := directory.GetApplication(tx, id)
	if err != nil {
		return nil, err
	}
	if app != nil && app.Deleted == nil && wants("application") {
		return typedApplication{"#microsoft.graph.application", c.showApplication(*app, false)}, nil
	}
	user, err := directory.GetUser(tx, id)
	if err != nil || user == nil || !wants("user") {
		return nil, err
	}
	return typedUser{"#microsoft.graph.user", user.ID, user.Name}, nil
}
