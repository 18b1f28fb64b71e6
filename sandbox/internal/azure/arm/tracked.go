package arm

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Envelope holds the fields of the body of every resource with a region, apart from its properties.
type Envelope struct {
	ID         string            `json:"id,omitempty"`
	Name       string            `json:"name,omitempty"`
	Type       string            `json:"type,omitempty"`
	Location   string            `json:"location,omitempty"`
	Tags       map[string]string `json:"tags"`
	SystemData *SystemData       `json:"systemData,omitempty"`
}

// Show returns the envelope of a response.
func Show(h resource.Header) Envelope {
	tags := h.Tags
	if tags == nil {
		tags = map[string]string{}
	}
	return Envelope{ID: h.ID, Name: h.Name, Type: h.Type, Location: h.Location, Tags: tags, SystemData: System(h)}
}

// PutTracked serves a PUT of a resource with a region and tags. It checks both, refuses to move an
// existing resource, and stores what change returns for the existing body, which is nil for a new
// resource. The status is 201 for a new resource and 200 for an existing one.
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

// OneOf reports whether the value is one of the allowed ones, without regard to case.
func OneOf(value string, allowed ...string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, value) })
}

// Choice refuses a value of a property that is not one of the allowed ones; "" means that the
// property was not given.
func Choice(target, value string, allowed ...string) *Error {
	if value == "" || OneOf(value, allowed...) {
		return nil
	}
	return BadRequestf("The value '%s' of '%s' is invalid. The allowed values are '%s'.", value, target, strings.Join(allowed, "', '")).At(target)
}
