package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// owned is an object that has owners.
type owned struct {
	context string // of its list of owners
	owners  *[]string
	put     func() error
}

// findOwned reads an object that has owners, for a change of these.
type findOwned func(tx *store.Tx) (owned, error)

func (c *call) ownersOfApplication(id string) findOwned {
	return func(tx *store.Tx) (owned, error) {
		a, err := findApplication(tx, id)
		if err != nil {
			return owned{}, err
		}
		return owned{"directoryObjects", &a.Owners, func() error { return tx.Put(store.Applications, a.ID, a) }}, nil
	}
}

func (c *call) ownersOfPrincipal(id string) findOwned {
	return func(tx *store.Tx) (owned, error) {
		sp, err := findPrincipal(tx, id)
		if err != nil {
			return owned{}, err
		}
		return owned{"directoryObjects", &sp.Owners, func() error { return tx.Put(store.Principals, sp.ID, sp) }}, nil
	}
}

// owners serves …/owners, …/owners/$ref and …/owners/{id}/$ref. An object may lose its last owner
// (https://learn.microsoft.com/graph/api/application-delete-owners recommends two, and requires
// none); only an administrator can then change it.
func (c *call) owners(find findOwned, path []string) (response, error) {
	switch {
	case c.Method == http.MethodGet && (len(path) == 0 || len(path) == 1 && path[0] == "$ref"):
		return c.listOwners(find, len(path) == 1)
	case c.Method == http.MethodPost && len(path) == 1 && path[0] == "$ref":
		return c.addOwner(find)
	case c.Method == http.MethodDelete && len(path) == 2 && path[1] == "$ref":
		return response{status: http.StatusNoContent}, c.server.Store.Update(func(tx *store.Tx) error {
			object, err := find(tx)
			if err != nil {
				return err
			}
			if !c.caller.mayChange(*object.owners) {
				return denied()
			}
			if !isOwner(*object.owners, path[0]) {
				return notFound(path[0])
			}
			*object.owners = slices.DeleteFunc(*object.owners, func(o string) bool { return strings.EqualFold(o, path[0]) })
			return object.put()
		})
	}
	return response{}, c.notAllowed()
}

func (c *call) listOwners(find findOwned, references bool) (response, error) {
	var items []any
	var context string
	err := c.server.Store.View(func(tx *store.Tx) error {
		object, err := find(tx)
		if err != nil {
			return err
		}
		context = object.context
		for _, id := range *object.owners {
			shown, err := c.principalObject(tx, id)
			if err != nil {
				return err
			}
			switch {
			case shown == nil: // it was deleted
			case references:
				items = append(items, map[string]any{"@odata.id": c.base + "/directoryObjects/" + id})
			default:
				items = append(items, shown)
			}
		}
		return nil
	})
	return c.page(context, items), err
}

// addOwner adds the object whose ID ends the body's reference.
func (c *call) addOwner(find findOwned) (response, error) {
	var body struct {
		Reference string `json:"@odata.id"`
	}
	if err := c.read(&body); err != nil {
		return response{}, err
	}
	return response{status: http.StatusNoContent}, c.server.Store.Update(func(tx *store.Tx) error {
		object, err := find(tx)
		if err != nil {
			return err
		}
		if !c.caller.mayAddOwner(*object.owners) {
			return denied()
		}
		id, err := c.referenced(tx, body.Reference)
		if err != nil {
			return err
		}
		if isOwner(*object.owners, id) {
			return badRequest("One or more added object references already exist for the following modified properties: 'owners'.")
		}
		*object.owners = append(*object.owners, id)
		return object.put()
	})
}

// referenced returns the ID at the end of a reference to a user or service principal, the only
// kinds of owner.
func (c *call) referenced(tx *store.Tx, reference string) (string, error) {
	id := reference[strings.LastIndex(reference, "/")+1:]
	shown, err := c.principalObject(tx, id)
	if err == nil && shown == nil {
		err = notFound(id)
	}
	return strings.ToLower(id), err
}

// newOwners returns the owners of an object that the caller creates: those that it names, and
// itself where Entra adds it.
func (c *call) newOwners(tx *store.Tx, references []string) ([]string, error) {
	var owners []string
	if c.caller.ownsNew() {
		owners = append(owners, strings.ToLower(c.caller.id))
	}
	for _, reference := range references {
		id, err := c.referenced(tx, reference)
		if err != nil {
			return nil, err
		}
		if !isOwner(owners, id) {
			owners = append(owners, id)
		}
	}
	return owners, nil
}

// principalObject returns a user or service principal in the form of Graph; nil if there is none.
func (c *call) principalObject(tx *store.Tx, id string) (any, error) {
	return c.object(tx, id, func(kind string) bool { return kind == "servicePrincipal" || kind == "user" })
}
