package arm

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Envelope is what the body of every resource with a region has beside its properties.
type Envelope struct {
	ID         string            `json:"id,omitempty"`
	Name       string            `json:"name,omitempty"`
	Type       string            `json:"type,omitempty"`
	Location   string            `json:"location,omitempty"`
	Tags       map[string]string `json:"tags"`
	SystemData *SystemData       `json:"systemData,omitempty"`
}

// Show makes the envelope of an answer.
func Show(h resource.Header) Envelope {
	tags := h.Tags
	if tags == nil {
		tags = map[string]string{}
	}
	return Envelope{ID: h.ID, Name: h.Name, Type: h.Type, Location: h.Location, Tags: tags, SystemData: System(h)}
}

// PutTracked does what a PUT of any resource with a region and tags does: it checks both, refuses to move an existing
// resource, and stores what change makes of the body that the resource has; nil for a new one. The answer is 201 for a
// new resource and 200 for a changed one, where a provider says nothing else.
func PutTracked[T any](c *Core, t *Type, r *Request, e Envelope, change func(tx *store.Tx, have *T) (T, error)) (Response, error) {
	location, err := CheckLocation(e.Location, t.Name)
	if err != nil {
		return Response{}, err
	}
	if err := CheckTags(e.Tags); err != nil {
		return Response{}, err
	}
	status := http.StatusCreated
	err = c.Store.Update(func(tx *store.Tx) error {
		have, err := resource.Load[T](tx, r.ID.String())
		if err != nil {
			return err
		}
		var header *resource.Header
		var body *T
		if have != nil {
			status, header, body = http.StatusOK, &have.Header, &have.Body
			if err := CheckSameLocation(have.Name, r.ID.ResourceGroup, have.Location, location); err != nil {
				return err
			}
		}
		made, err := change(tx, body)
		if err != nil {
			return err
		}
		return resource.Save(tx, &resource.Document[T]{Header: c.NewHeader(header, r, location, e.Tags), Body: made})
	})
	if err != nil {
		return Response{}, err
	}
	return c.Rendered(t, r.ID.String(), status)
}

// FindByName reads the resource of a type with this name, wherever it is; nil if there is none. It is for types whose
// names are unique in the world because they are host names.
func FindByName[T any](tx *store.Tx, typ, name string) (*resource.Document[T], error) {
	all, err := resource.All[T](tx, "", typ)
	if err != nil {
		return nil, err
	}
	for _, doc := range all {
		if strings.EqualFold(doc.Name, name) {
			return &doc, nil
		}
	}
	return nil, nil
}

// Choice checks a property that has to be one of a few words; "" means that it was not given.
func Choice(target, value string, allowed ...string) *Error {
	if value == "" || slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, value) }) {
		return nil
	}
	return BadRequestf("The value '%s' of '%s' is invalid. The allowed values are '%s'.", value, target, strings.Join(allowed, "', '")).At(target)
}
