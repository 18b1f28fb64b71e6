package native

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/fault"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
)

// lookAfter bounds the look at a resource whose operation was given up.
const lookAfter = 10 * time.Second

// ops calls Resource Manager for one resource type.
type ops struct {
	record
	inputs, outputs *schema.Type
	backend         *Backend
}

// deleter removes a resource by another way than ARM's DELETE.
type deleter func(ctx context.Context, id string, c bridge.Call) error

var _ bridge.Ops = (*ops)(nil)

// Create PUTs the resource after a look whether it exists: ARM knows only "create or update", and taking over what
// somebody else owns is not what a program means by creating it. What an interrupted run of the same resource began is
// the exception; the PUT then brings it to what the program says now.
func (o *ops) Create(ctx context.Context, c bridge.Call) (bridge.Live, error) {
	client, err := o.backend.client()
	if err != nil {
		return bridge.Live{}, err
	}
	id, err := expand(o.path, o.backend.account.SubscriptionID, c.Inputs)
	if err != nil {
		return bridge.Live{}, err
	}
	exists, err := o.settle(ctx, client, id, c)
	if err != nil {
		return bridge.Live{}, err
	}
	if exists {
		c.Warnf("%s was begun by a run that was interrupted; taking it over", id)
	}
	c.Begin(id)
	body := o.body(c.Inputs)
	if o.emptyList != "" {
		ensureList(body, o.emptyList, []any{})
	}
	return o.put(ctx, client, id, body)
}

// settle looks whether a resource exists. One that is on its way out is waited for; one that an interrupted run of
// the same resource began is waited for until it can be written to again; any other is an error.
func (o *ops) settle(ctx context.Context, client *arm.Client, id string, c bridge.Call) (exists bool, err error) {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		found, err := client.Get(ctx, id, o.apiVersion)
		if fault.IsNotFound(err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		state := provisioningState(found)
		ours := c.Begun(id)
		if !ours && state != "deleting" {
			return true, fmt.Errorf("cannot create already existing resource %q. If it should belong to this stack, "+
				"import it (`pulumi import %s NAME %s`); otherwise delete it or choose another name", id, o.token(), id)
		}
		switch state {
		case "", "succeeded", "failed", "canceled":
			return true, nil
		}
		select {
		case <-ctx.Done():
			return true, fmt.Errorf("waiting for %s, which is %s: %w", id, state, context.Cause(ctx))
		case <-time.After(pause):
		}
	}
}

// provisioningState returns properties.provisioningState in lower case; types without one return "".
func provisioningState(response map[string]any) string {
	properties, _ := response["properties"].(map[string]any)
	state, _ := properties["provisioningState"].(string)
	return strings.ToLower(state)
}

// put sends the resource and reads it back: what a GET returns is what a refresh will see later.
func (o *ops) put(ctx context.Context, client *arm.Client, id string, body map[string]any) (bridge.Live, error) {
	response, accepted, err := client.Put(ctx, id, o.apiVersion, body)
	if err != nil {
		return bridge.Live{}, o.given(ctx, client, id, accepted, err)
	}
	if canonical, ok := response["id"].(string); ok && canonical != "" {
		id = canonical
	}
	live, err := o.read(ctx, client, id)
	if err != nil {
		return bridge.Live{}, &bridge.AcceptedError{ID: id, Err: fmt.Errorf("reading %s after it was written: %w", id, err)}
	}
	return live, nil
}

// given decides what an error of a PUT leaves behind. If the service took the request on, or may have, and the
// resource is there, the engine must learn its id.
func (o *ops) given(ctx context.Context, client *arm.Client, id string, accepted bool, cause error) error {
	if !accepted {
		return cause
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookAfter)
	defer cancel()
	live, err := o.read(ctx, client, id)
	switch {
	case errors.Is(err, bridge.ErrNotFound):
		return cause
	case err != nil:
		return &bridge.AcceptedError{ID: id, Err: errors.Join(cause, err)}
	}
	return &bridge.AcceptedError{ID: live.ID, Live: &live, Err: cause}
}

// Read GETs the resource.
func (o *ops) Read(ctx context.Context, id string) (bridge.Live, error) {
	client, err := o.backend.client()
	if err != nil {
		return bridge.Live{}, err
	}
	return o.read(ctx, client, id)
}

func (o *ops) read(ctx context.Context, client *arm.Client, id string) (bridge.Live, error) {
	response, err := client.Get(ctx, id, o.apiVersion)
	if fault.IsNotFound(err) {
		return bridge.Live{}, fmt.Errorf("%s: %w", id, bridge.ErrNotFound)
	}
	if err != nil {
		return bridge.Live{}, err
	}
	if canonical, ok := response["id"].(string); ok && canonical != "" {
		id = canonical
	}
	inputs, err := o.imported(id, response)
	if err != nil {
		return bridge.Live{}, err
	}
	return bridge.Live{ID: id, Outputs: o.decode(response), Inputs: inputs}, nil
}

// Update PUTs the resource.
func (o *ops) Update(ctx context.Context, id string, c bridge.Call) (bridge.Live, error) {
	client, err := o.backend.client()
	if err != nil {
		return bridge.Live{}, err
	}
	body := o.body(c.Inputs)
	if o.emptyList != "" {
		current, err := client.Get(ctx, id, o.apiVersion)
		if err != nil {
			return bridge.Live{}, err
		}
		ensureList(body, o.emptyList, listAt(current, o.emptyList))
	}
	return o.put(ctx, client, id, body)
}

// Delete removes the resource and waits until it is gone.
func (o *ops) Delete(ctx context.Context, id string, c bridge.Call) error {
	client, err := o.backend.client()
	if err != nil {
		return err
	}
	if o.remove != nil {
		return o.remove(o.backend)(ctx, id, c)
	}
	return client.Delete(ctx, id, o.apiVersion)
}

// ensureList sets a list at properties.<name> of a body that has none.
func ensureList(body map[string]any, name string, list []any) {
	properties, ok := body["properties"].(map[string]any)
	if !ok {
		properties = map[string]any{}
		body["properties"] = properties
	}
	if _, ok := properties[name]; !ok {
		properties[name] = list
	}
}

func listAt(response map[string]any, name string) []any {
	properties, _ := response["properties"].(map[string]any)
	if list, ok := properties[name].([]any); ok {
		return list
	}
	return []any{}
}
