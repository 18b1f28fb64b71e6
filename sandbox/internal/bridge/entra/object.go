package entra

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/apierror"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/graph"
)

// object describes one kind of directory object: its paths, its bodies and its outputs. It
// implements bridge.Ops.
type object struct {
	backend *backend
	// collection returns the path to POST to.
	collection func(inputs map[string]any) (string, error)
	// path returns the path of the object with that Pulumi ID.
	path func(id string) (string, error)
	// id returns the Pulumi ID of an object in Graph's answer, given its collection.
	id func(collection string, answer map[string]any) string
	// create and update return the bodies of POST and PATCH. The call of an update has no old
	// inputs and outputs if an object is taken over.
	create func(inputs map[string]any) map[string]any
	update func(inputs map[string]any, c bridge.Call) map[string]any
	// outputs returns the outputs for Graph's answer, with the SDK's names; id is the Pulumi ID,
	// and the call has the inputs that Graph does not return.
	outputs func(id string, answer map[string]any, c bridge.Call) map[string]any
	// existing returns an object that conflicts with a new one, or nil. adopt is true if the
	// program wants to use that object.
	existing func(ctx context.Context, c *graph.Client, inputs map[string]any) (answer map[string]any, adopt bool, err error)
	// exists returns the error for an object that exists; nil: the service itself refuses a second
	// one.
	exists func(id string, inputs map[string]any) error
	// strict is true if a deletion first reads the object, and fails if it is gone. Without it only
	// Graph's answer 204 is a success.
	strict bool
	// lenient reports whether a failed deletion is ignored; nil: never.
	lenient func(inputs map[string]any) bool
	// notVisible reports whether a write failed because Graph does not see an object yet.
	notVisible func(error) bool
	// key is the input that is unique in the collection, or empty.
	key string
	// owned is true for objects that have owners.
	owned bool
	// deprecated lists outputs that an import does not turn into inputs, because others replaced
	// them.
	deprecated []string
	token      string
	inputs     attributes
	noun       string // such as "Application" in "Application was not found"
}

// pending begins the journal's ID of an object whose ID Graph has not returned yet.
const pending = "pending:"

var _ bridge.Ops = (*object)(nil)

// Create POSTs the object. Graph chooses its ID, so an interrupted creation is found by the ID in
// the journal.
func (o *object) Create(ctx context.Context, c bridge.Call) (bridge.Live, error) {
	client, err := o.backend.client()
	if err != nil {
		return bridge.Live{}, err
	}
	collection, err := o.collection(c.Inputs)
	if err != nil {
		return bridge.Live{}, err
	}
	asked := pending + collection + "/" + text(c.Inputs, o.key)
	if c.BegunID != "" && !strings.HasPrefix(c.BegunID, pending) {
		live, err := o.Update(ctx, c.BegunID, c)
		if err == nil {
			c.Warnf("%s was begun by a run that was interrupted; taking it over", c.BegunID)
			return live, nil
		}
		if !apierror.IsNotFound(err) {
			return bridge.Live{}, err
		}
	}
	found, adopt, err := o.existing(ctx, client, c.Inputs)
	if err != nil {
		return bridge.Live{}, err
	}
	if found != nil {
		id := o.id(collection, found)
		takeOver := adopt || c.Begun(id) || o.key != "" && c.Begun(asked)
		if takeOver {
			c.Begin(id)
			return o.Update(ctx, id, c)
		}
		if o.exists != nil {
			return bridge.Live{}, o.exists(id, c.Inputs)
		}
	}
	if o.key != "" {
		c.Begin(asked)
	}
	id, err := o.post(ctx, client, collection, c)
	if err != nil {
		return bridge.Live{}, err
	}
	return o.readBack(ctx, id, c)
}

// post creates the object and returns its Pulumi ID.
func (o *object) post(ctx context.Context, client *graph.Client, collection string, c bridge.Call) (string, error) {
	body := o.create(c.Inputs)
	var owners ownership
	if o.owned {
		var err error
		if owners, err = o.backend.newOwnership(ctx, client, c.Inputs); err != nil {
			return "", err
		}
		body["owners@odata.bind"] = owners.bind()
	}
	answer, err := graph.Replicated(ctx, func() (map[string]any, error) {
		return client.Do(ctx, http.MethodPost, collection, nil, body)
	}, o.notVisible)
	if err != nil {
		return "", err
	}
	id := o.id(collection, answer)
	c.Begin(id)
	if !o.owned {
		return id, nil
	}
	if err := owners.finish(ctx, client, collection+"/"+text(answer, "id")); err != nil {
		return "", &bridge.AcceptedError{ID: id, Err: err}
	}
	return id, nil
}

// readBack reads an object that was just written. Graph may not see it yet.
func (o *object) readBack(ctx context.Context, id string, c bridge.Call) (bridge.Live, error) {
	var live bridge.Live
	_, err := graph.Replicated(ctx, func() (map[string]any, error) {
		var err error
		live, err = o.read(ctx, id, c)
		return nil, err
	}, apierror.IsNotFound)
	if err != nil {
		return bridge.Live{}, &bridge.AcceptedError{ID: id, Err: fmt.Errorf("reading %s after it was written: %w", id, err)}
	}
	return live, nil
}

// Read GETs the object.
func (o *object) Read(ctx context.Context, id string) (bridge.Live, error) {
	return o.ReadState(ctx, id, nil)
}

// ReadState GETs the object; the state has what Graph does not return, such as useExisting.
func (o *object) ReadState(ctx context.Context, id string, state map[string]any) (bridge.Live, error) {
	live, err := o.read(ctx, id, bridge.Call{Inputs: state})
	if apierror.IsNotFound(err) {
		return bridge.Live{}, fmt.Errorf("%s: %w", id, bridge.ErrNotFound)
	}
	return live, err
}

func (o *object) read(ctx context.Context, id string, c bridge.Call) (bridge.Live, error) {
	client, err := o.backend.client()
	if err != nil {
		return bridge.Live{}, err
	}
	path, err := o.path(id)
	if err != nil {
		return bridge.Live{}, err
	}
	answer, err := client.Do(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return bridge.Live{}, err
	}
	outputs := o.outputs(id, answer, c)
	if o.owned {
		owners, err := listOwners(ctx, client, path)
		if err != nil {
			return bridge.Live{}, err
		}
		if len(owners) > 0 {
			outputs["owners"] = anyList(owners)
		}
	}
	inputs := o.inputs.imported(outputs)
	for _, name := range o.deprecated {
		delete(inputs, name)
	}
	return bridge.Live{ID: id, Outputs: outputs, Inputs: inputs}, nil
}

// Update PATCHes the object.
func (o *object) Update(ctx context.Context, id string, c bridge.Call) (bridge.Live, error) {
	client, err := o.backend.client()
	if err != nil {
		return bridge.Live{}, err
	}
	path, err := o.path(id)
	if err != nil {
		return bridge.Live{}, err
	}
	if _, err := client.Do(ctx, http.MethodPatch, path, nil, o.update(c.Inputs, c)); err != nil {
		return bridge.Live{}, err
	}
	if o.owned {
		if err := changeOwners(ctx, client, path, c.Inputs, c.OldInputs); err != nil {
			return bridge.Live{}, err
		}
	}
	return o.readBack(ctx, id, c)
}

// Delete deletes the object. An object that is gone is an error, as in the real provider, unless
// the type is lenient about it.
func (o *object) Delete(ctx context.Context, id string, c bridge.Call) error {
	client, err := o.backend.client()
	if err != nil {
		return err
	}
	path, err := o.path(id)
	if err != nil {
		return err
	}
	if o.strict {
		_, err := client.Do(ctx, http.MethodGet, path, nil, nil)
		if apierror.IsNotFound(err) {
			return fmt.Errorf("deleting %s: retrieving it: %s was not found. `pulumi refresh` removes it from the state", id, o.noun)
		}
		if err != nil {
			return fmt.Errorf("deleting %s: retrieving it: %w", id, err)
		}
	}
	_, err = client.Do(ctx, http.MethodDelete, path, nil, nil)
	if err != nil && !(o.lenient != nil && o.lenient(c.Inputs)) {
		return fmt.Errorf("deleting the %s %s: %w", o.noun, id, err)
	}
	return nil
}

// pathSegment returns an ID escaped as one segment of a path.
func pathSegment(id string) (string, error) {
	if id == "" || strings.Contains(id, "/") {
		return "", fmt.Errorf("%q is not an object id", id)
	}
	return url.PathEscape(id), nil
}
