package entra

import (
	"context"
	"fmt"
	"maps"
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
	// create and update return the bodies of POST and PATCH. The old inputs are empty if an object
	// is taken over.
	create func(inputs map[string]any) map[string]any
	update func(inputs, old map[string]any) map[string]any
	// outputs returns the outputs for Graph's answer, with the SDK's names; id is the Pulumi ID.
	outputs func(id string, answer map[string]any) map[string]any
	// existing returns an object that conflicts with a new one, or nil. adopt is true if the
	// program wants to use that object.
	existing func(ctx context.Context, c *graph.Client, inputs map[string]any) (answer map[string]any, adopt bool, err error)
	// keep reports whether an object stays when its resource is deleted.
	keep func(inputs map[string]any) bool
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
		if !adopt && !c.Begun(id) && (o.key == "" || !c.Begun(asked)) {
			return bridge.Live{}, fmt.Errorf("cannot create already existing resource %q. If it should belong to this "+
				"stack, import it (`pulumi import %s NAME %s`); otherwise delete it", id, o.token, id)
		}
		c.Begin(id)
		return o.Update(ctx, id, c)
	}
	if o.key != "" {
		c.Begin(asked)
	}
	id, err := o.post(ctx, client, collection, c)
	if err != nil {
		return bridge.Live{}, err
	}
	return o.readBack(ctx, id)
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
func (o *object) readBack(ctx context.Context, id string) (bridge.Live, error) {
	var live bridge.Live
	_, err := graph.Replicated(ctx, func() (map[string]any, error) {
		var err error
		live, err = o.read(ctx, id)
		return nil, err
	}, apierror.IsNotFound)
	if err != nil {
		return bridge.Live{}, &bridge.AcceptedError{ID: id, Err: fmt.Errorf("reading %s after it was written: %w", id, err)}
	}
	return live, nil
}

// Read GETs the object.
func (o *object) Read(ctx context.Context, id string) (bridge.Live, error) {
	live, err := o.read(ctx, id)
	if apierror.IsNotFound(err) {
		return bridge.Live{}, fmt.Errorf("%s: %w", id, bridge.ErrNotFound)
	}
	return live, err
}

func (o *object) read(ctx context.Context, id string) (bridge.Live, error) {
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
	outputs := o.outputs(id, answer)
	if o.owned {
		owners, err := listOwners(ctx, client, path)
		if err != nil {
			return bridge.Live{}, err
		}
		outputs["owners"] = anyList(owners)
	}
	inputs := maps.Clone(outputs)
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
	if _, err := client.Do(ctx, http.MethodPatch, path, nil, o.update(c.Inputs, c.OldInputs)); err != nil {
		return bridge.Live{}, err
	}
	if o.owned {
		if err := changeOwners(ctx, client, path, c.Inputs, c.OldInputs); err != nil {
			return bridge.Live{}, err
		}
	}
	return o.readBack(ctx, id)
}

// Delete deletes the object. An object that does not exist is no error.
func (o *object) Delete(ctx context.Context, id string, c bridge.Call) error {
	if o.keep != nil && o.keep(c.Inputs) {
		return nil
	}
	client, err := o.backend.client()
	if err != nil {
		return err
	}
	path, err := o.path(id)
	if err != nil {
		return err
	}
	_, err = client.Do(ctx, http.MethodDelete, path, nil, nil)
	if apierror.IsNotFound(err) {
		return nil
	}
	return err
}

// pick returns the inputs with the given names. "a:b" renames a to b.
func pick(inputs map[string]any, names ...string) map[string]any {
	out := map[string]any{}
	for _, pair := range names {
		name, other, renamed := strings.Cut(pair, ":")
		if !renamed {
			other = name
		}
		if v, ok := inputs[name]; ok {
			out[other] = v
		}
	}
	return out
}

// clearRemoved adds to a body what clears the inputs that were set before and are not set now: null
// for a text, and an empty list for a list, which Graph does not accept null for.
func clearRemoved(body, inputs, old map[string]any, names ...string) map[string]any {
	for _, name := range names {
		before, had := old[name]
		if _, has := inputs[name]; has || !had {
			continue
		}
		body[name] = nil
		if _, list := before.([]any); list {
			body[name] = []any{}
		}
	}
	return body
}

// text returns a string input, or "".
func text(inputs map[string]any, name string) string {
	s, _ := inputs[name].(string)
	return s
}

// pathSegment returns an ID escaped as one segment of a path.
func pathSegment(id string) (string, error) {
	if id == "" || strings.Contains(id, "/") {
		return "", fmt.Errorf("%q is not an object id", id)
	}
	return url.PathEscape(id), nil
}
