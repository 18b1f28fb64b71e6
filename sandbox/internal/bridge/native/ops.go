package native

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/apierror"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
)

// readAfterTimeout limits the read of a resource after a failed or cancelled operation.
const readAfterTimeout = 10 * time.Second

// ops sends the requests of one resource type to Resource Manager.
type ops struct {
	record
	names
	inputs, outputs *schema.Type
	flattened       bool
	backend         *Backend
}

// deleter deletes a resource by another request than ARM's DELETE.
type deleter func(ctx context.Context, id string, c bridge.Call) error

var _ bridge.Ops = (*ops)(nil)

// Create PUTs the resource after a check that it does not exist. ARM has only "create or update",
// and a program that creates a resource does not mean to take over another owner's. A resource that
// an interrupted run of the same program has begun is the exception; the PUT then updates it to the
// program's inputs.
func (o *ops) Create(ctx context.Context, c bridge.Call) (bridge.Live, error) {
	client, err := o.backend.client()
	if err != nil {
		return bridge.Live{}, err
	}
	id, err := expand(o.path, o.backend.account.SubscriptionID, c.Inputs)
	if err != nil {
		return bridge.Live{}, err
	}
	exists, err := o.canCreate(ctx, client, id, c)
	if err != nil {
		return bridge.Live{}, err
	}
	if exists {
		c.Warnf("%s was begun by a run that was interrupted; taking it over", id)
	}
	c.Begin(id)
	body := o.request(c.Inputs)
	if o.othersWrite != "" {
		ensureList(body, o.othersWrite, []any{})
	}
	return o.put(ctx, client, id, body)
}

// canCreate reports whether the resource exists that an interrupted run has begun, after it can be
// written again. Any other resource that exists is an error, also one that is being deleted.
func (o *ops) canCreate(ctx context.Context, client *arm.Client, id string, c bridge.Call) (exists bool, err error) {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		found, err := client.Get(ctx, id, o.apiVersion)
		if apierror.IsNotFound(err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if !c.Begun(id) {
			return true, fmt.Errorf("cannot create already existing resource '%s'. If it should belong to this stack, "+
				"import it (`pulumi import %s NAME %s`); otherwise delete it or choose another name", id, o.token(), id)
		}
		state := provisioningState(found)
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

// provisioningState returns properties.provisioningState in lower case, or "" for types without it.
func provisioningState(response map[string]any) string {
	properties, _ := response["properties"].(map[string]any)
	state, _ := properties["provisioningState"].(string)
	return strings.ToLower(state)
}

// put sends the resource and reads it again: a later refresh compares with the answer of a GET.
func (o *ops) put(ctx context.Context, client *arm.Client, id string, body map[string]any) (bridge.Live, error) {
	response, accepted, err := client.Put(ctx, id, o.apiVersion, body)
	if err != nil {
		return bridge.Live{}, o.putError(ctx, client, id, accepted, err)
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

// putError returns the error of a PUT. If the service accepted the request, or may have, and the
// resource exists, the error has its ID for the engine.
func (o *ops) putError(ctx context.Context, client *arm.Client, id string, accepted bool, cause error) error {
	if !accepted {
		return cause
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readAfterTimeout)
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
	if apierror.IsNotFound(err) {
		return bridge.Live{}, fmt.Errorf("%s: %w", id, bridge.ErrNotFound)
	}
	if err != nil {
		return bridge.Live{}, err
	}
	inputs, err := o.imported(id, response)
	if err != nil {
		return bridge.Live{}, err
	}
	return bridge.Live{ID: id, Outputs: o.show(response), Inputs: inputs}, nil
}

// Update PUTs the resource.
func (o *ops) Update(ctx context.Context, id string, c bridge.Call) (bridge.Live, error) {
	client, err := o.backend.client()
	if err != nil {
		return bridge.Live{}, err
	}
	body := o.request(c.Inputs)
	if o.othersWrite != "" {
		current, err := client.Get(ctx, id, o.apiVersion)
		if err != nil {
			return bridge.Live{}, err
		}
		ensureList(body, o.othersWrite, listAt(current, o.othersWrite))
	}
	return o.put(ctx, client, id, body)
}

// Delete deletes the resource and waits until it no longer exists. A resource that does not exist
// is an error only if Azure answers 404 for a type whose deletion is a long-running operation:
// azure-native cannot follow the operation then. Most services answer 204.
func (o *ops) Delete(ctx context.Context, id string, c bridge.Call) error {
	client, err := o.backend.client()
	if err != nil {
		return err
	}
	if o.remove != nil {
		return o.remove(o.backend)(ctx, id, c)
	}
	return client.Delete(ctx, id, o.apiVersion, o.async)
}

// ensureList sets properties.<name> of a body that does not have it.
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
