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
)

// directoryObjects serves POST directoryObjects/getByIds: the objects with these IDs, in any order
// and without those that do not exist.
func (c *call) directoryObjects(path []string) (response, error) {
	if len(path) != 1 || !strings.EqualFold(path[0], getByIDs) {
		return response{}, badRequest("Resource not found for the segment 'directoryObjects'. The sandbox has directoryObjects/getByIds.")
	}
	if c.Method != http.MethodPost {
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

// object returns the object with an ID if it is of a wanted type, or nil. The sandbox has no users.
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
	return nil, nil
}
