package arm

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Page is the body of a list.
type Page struct {
	Value []any `json:"value"`
}

// OK returns a 200 with a body.
func OK(body any) Response { return Response{Status: http.StatusOK, Body: body} }

// List returns a 200 with a page of the items.
func List(items []any) Response {
	if items == nil {
		items = []any{}
	}
	return OK(Page{Value: items})
}

// Rendered returns the resource in the form of a GET, with the given status.
func (c *Core) Rendered(t *Type, id string, status int) (Response, error) {
	response := Response{Status: status}
	err := c.Store.View(func(tx *store.Tx) error {
		body, err := t.Render(tx, id)
		response.Body = body
		return err
	})
	return response, err
}

func (c *Core) get(r *Request) (Response, error) {
	response, err := c.Rendered(r.Type, r.ID.String(), http.StatusOK)
	if err != nil {
		return Response{}, err
	}
	if response.Body == nil {
		return Response{}, Missing(r)
	}
	if r.Method == http.MethodHead {
		return Response{Status: http.StatusNoContent}, nil
	}
	return response, nil
}

// Missing returns ARM's 404 for a resource of any type.
func Missing(r *Request) *Error {
	if r.Type.Missing != nil {
		return r.Type.Missing(r.ID)
	}
	return notFound(r.Type.Name, strings.Join(r.ID.Names, "/"), r.ID.ResourceGroup)
}

func (c *Core) list(r *Request) (Response, error) {
	scope := r.ID.Scope
	if parent, ok := r.ID.Parent(); ok {
		scope = parent
	}
	var items []any
	err := c.Store.View(func(tx *store.Tx) error {
		headers, err := resource.Headers(tx, scope)
		if err != nil {
			return err
		}
		for _, h := range headers {
			if h.Type != r.Type.Name {
				continue
			}
			item, err := r.Type.Render(tx, h.ID)
			if err != nil {
				return err
			}
			items = append(items, item)
		}
		return nil
	})
	return List(items), err
}

// patchTags replaces the tags. It serves types without a Patch, for which no other property can be
// changed.
func (c *Core) patchTags(r *Request) (Response, error) {
	var body struct {
		Tags *map[string]string `json:"tags"`
	}
	if err := Decode(r.Body, &body); err != nil {
		return Response{}, err
	}
	if body.Tags != nil {
		if err := CheckTags(*body.Tags); err != nil {
			return Response{}, err
		}
	}
	err := c.Store.Update(func(tx *store.Tx) error {
		doc, err := resource.Load[json.RawMessage](tx, r.ID.String())
		if err != nil {
			return err
		}
		if doc == nil {
			return Missing(r)
		}
		if body.Tags != nil {
			doc.Tags = *body.Tags
		}
		doc.Changed, doc.ChangedBy = c.Now().UTC(), r.Caller.AppID
		return resource.Save(tx, doc)
	})
	if err != nil {
		return Response{}, err
	}
	return c.Rendered(r.Type, r.ID.String(), http.StatusOK)
}

func (c *Core) delete(r *Request) (Response, error) {
	exists := false
	err := c.Store.View(func(tx *store.Tx) (err error) {
		exists, err = c.Exists(tx, r.ID.String())
		return err
	})
	if err != nil {
		return Response{}, err
	}
	if !exists {
		return Response{Status: http.StatusNoContent}, nil
	}
	if err := c.Remove(r.Context(), r.ID.String()); err != nil {
		return Response{}, err
	}
	return Response{Status: http.StatusOK}, nil
}
