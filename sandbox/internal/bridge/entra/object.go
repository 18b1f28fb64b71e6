package entra

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/fault"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/graph"
)

// object is one kind of directory object: how it is addressed, made and read. It implements bridge.Ops.
type object struct {
	backend *backend
	// collection is the path to POST to.
	collection func(inputs map[string]any) (string, error)
	// path is the path of an object with that Pulumi id.
	path func(id string) (string, error)
	// id makes the Pulumi id of what Graph returned, given the collection it is in.
	id func(collection string, answer map[string]any) string
	// create and update make the bodies of POST and PATCH. The old inputs are empty if an object is taken over.
	create func(inputs map[string]any) map[string]any
	update func(inputs, old map[string]any) map[string]any
	// outputs turns what Graph returned into outputs by the SDK's names; id is the Pulumi id.
	outputs func(id string, answer map[string]any) map[string]any
	// existing looks for an object that stands in the way of a new one; nil if there is none. adopt says that the
	// program wants exactly that one.
	existing func(ctx context.Context, c *graph.Client, inputs map[string]any) (answer map[string]any, adopt bool, err error)
	// keep says that an object is not to be deleted with its resource.
	keep func(inputs map[string]any) bool
	// early recognises the refusal of a write whose object Graph does not see yet.
	early func(error) bool
	// key is the input that is unique in the collection; empty if there is none.
	key string
	// deprecated are outputs that an import must not turn into inputs beside those that replaced them.
	deprecated []string
	token      string
}

// pending stands in the journal for an object whose id Graph has not told yet.
const pending = "pending:"

var _ bridge.Ops = (*object)(nil)

// Create POSTs the object. Graph chooses its id, so that an interrupted run is recognised by the id that it noted.
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
		if !fault.IsNotFound(err) {
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
	answer, err := graph.Replicated(ctx, func() (map[string]any, error) {
		return client.Do(ctx, http.MethodPost, collection, nil, o.create(c.Inputs))
	}, o.early)
	if err != nil {
		return bridge.Live{}, err
	}
	id := o.id(collection, answer)
	c.Begin(id)
	return o.readBack(ctx, id)
}

// readBack reads what was just written. Graph may not see it yet.
func (o *object) readBack(ctx context.Context, id string) (bridge.Live, error) {
	var live bridge.Live
	_, err := graph.Replicated(ctx, func() (map[string]any, error) {
		var err error
		live, err = o.read(ctx, id)
		return nil, err
	}, fault.IsNotFound)
	if err != nil {
		return bridge.Live{}, &bridge.AcceptedError{ID: id, Err: fmt.Errorf("reading %s after it was written: %w", id, err)}
	}
	return live, nil
}

// Read GETs the object.
func (o *object) Read(ctx context.Context, id string) (bridge.Live, error) {
	live, err := o.read(ctx, id)
	if fault.IsNotFound(err) {
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
	return o.readBack(ctx, id)
}

// Delete removes the object. That it does not exist is no error.
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
	if fault.IsNotFound(err) {
		return nil
	}
	return err
}

// pass copies the inputs of the given names, under Graph's names where a name is followed by a colon.
func pass(inputs map[string]any, names ...string) map[string]any {
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

// takeBack adds what takes an input back that was set and no longer is: null, which clears a text, or no elements for a
// list, which Graph does not take a null for.
func takeBack(body, inputs, old map[string]any, names ...string) map[string]any {
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

// segment checks that an id can be one segment of a path, and escapes it.
func segment(id string) (string, error) {
	if id == "" || strings.Contains(id, "/") {
		return "", fmt.Errorf("%q is not an object id", id)
	}
	return url.PathEscape(id), nil
}
