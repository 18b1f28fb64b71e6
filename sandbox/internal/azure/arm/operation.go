package arm

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

// Operation is a long-running operation. It is stored, so that a client can poll it after a restart
// of the daemon
// (https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations).
type Operation struct {
	ID       string     `json:"id"`
	Resource string     `json:"resource"` // ID of the resource
	Verb     string     `json:"verb"`     // PUT or DELETE
	Status   string     `json:"status"`   // InProgress, Succeeded, Failed, Canceled
	Error    *Error     `json:"error,omitempty"`
	Start    time.Time  `json:"start"`
	End      *time.Time `json:"end,omitempty"`
}

// InProgress is the status of an operation that has not ended.
const InProgress = "InProgress"

// retryAfter is the time between polls that clients are asked to wait, in seconds. Azure asks for
// 10 to 15, but operations end sooner in the sandbox.
const retryAfter = "1"

// Begin stores a new operation on a resource.
func (c *Core) Begin(tx *store.Tx, resourceID, verb string) (Operation, error) {
	op := Operation{ID: uuid.NewString(), Resource: resourceID, Verb: verb, Status: InProgress, Start: c.Now().UTC()}
	return op, tx.Put(store.Operations, op.ID, op)
}

// Await waits for the end of a long-running operation's delay and returns the error that a fault of
// the sandbox gives it.
func (c *Core) Await(ctx context.Context, method, id string) error {
	if c.Fault == nil {
		return nil
	}
	return c.Fault(ctx, method, id)
}

// End ends every open operation on the resource or on a child of it: as failed if the cause is not
// nil, else as succeeded.
func (c *Core) End(tx *store.Tx, resourceID string, cause error) error {
	return c.close(tx, resourceID, func(op *Operation) {
		op.Status = resource.Succeeded
		if cause != nil {
			op.Status = resource.Failed
			op.Error = Errorf(http.StatusInternalServerError, "InternalOperationError", "%s", cause)
		}
		if errors.Is(cause, fault.ErrCanceled) {
			op.Status = resource.Canceled
			op.Error = Errorf(http.StatusConflict, "OperationCanceled", "The operation was canceled.")
		}
	})
}

// EndRemoved ends the open operations on a resource that was removed with its children: deletions
// as succeeded, all others as canceled.
func (c *Core) EndRemoved(tx *store.Tx, resourceID string) error {
	return c.close(tx, resourceID, func(op *Operation) {
		op.Status = resource.Succeeded
		if op.Verb != http.MethodDelete {
			op.Status = resource.Canceled
			op.Error = Errorf(http.StatusConflict, "OperationPreempted", "The operation has been preempted by the deletion of '%s'.", resourceID)
		}
	})
}

// close ends every open operation on the resource or on a child of it with the status that outcome
// sets.
func (c *Core) close(tx *store.Tx, resourceID string, outcome func(*Operation)) error {
	open, err := c.Open(tx)
	if err != nil {
		return err
	}
	now := c.Now().UTC()
	for _, op := range open {
		key := resource.Key(op.Resource)
		if key != resource.Key(resourceID) && !strings.HasPrefix(key, resource.Key(resourceID)+"/") {
			continue
		}
		op.End = &now
		outcome(&op)
		if err := tx.Put(store.Operations, op.ID, op); err != nil {
			return err
		}
	}
	return nil
}

// Open lists the operations that have not ended.
func (c *Core) Open(tx *store.Tx) ([]Operation, error) {
	all, err := store.List[Operation](tx, store.Operations, "")
	if err != nil {
		return nil, fmt.Errorf("list operations: %w", err)
	}
	var open []Operation
	for _, op := range all {
		if op.Status == InProgress {
			open = append(open, op)
		}
	}
	return open, nil
}

// operation reads the operation with this ID.
func (c *Core) operation(id string) (*Operation, error) {
	var op Operation
	found := false
	err := c.Store.View(func(tx *store.Tx) (err error) {
		found, err = tx.Get(store.Operations, strings.ToLower(id), &op)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, Errorf(http.StatusNotFound, "NotFound", "The operation '%s' could not be found.", id)
	}
	return &op, nil
}

// Status serves the URL of an Azure-AsyncOperation header: always 200, with the state in the body.
func (c *Core) Status(r *Request) (Response, error) {
	op, err := c.operation(r.Vars["op"])
	if err != nil {
		return Response{}, err
	}
	body := map[string]any{"name": op.ID, "status": op.Status, "startTime": op.Start}
	if op.End != nil {
		body["endTime"] = *op.End
	}
	if op.Error != nil {
		body["error"] = op.Error
	}
	response := OK(body)
	if op.Status == InProgress {
		response.Header = http.Header{"Retry-After": {retryAfter}}
	}
	return response, nil
}

// Result serves the URL of a Location header: 202 while the operation runs, then the resource, or
// 204 after a deletion.
func (c *Core) Result(r *Request) (Response, error) {
	op, err := c.operation(r.Vars["op"])
	if err != nil {
		return Response{}, err
	}
	switch {
	case op.Status == InProgress:
		return Response{Status: http.StatusAccepted, Header: http.Header{
			"Retry-After": {retryAfter}, "Location": {"https://" + Host + r.URL.RequestURI()},
		}}, nil
	case op.Error != nil:
		e := *op.Error
		e.Status = http.StatusConflict
		return Response{}, &e
	case op.Verb == http.MethodDelete:
		return Response{Status: http.StatusNoContent}, nil
	}
	id, err := resource.ParseID(op.Resource)
	if err != nil {
		return Response{}, err
	}
	t, ok := c.typeOf(id.Type())
	if !ok {
		return Response{Status: http.StatusNoContent}, nil
	}
	return c.Rendered(t, op.Resource, http.StatusOK)
}

// Accepted returns the headers with the URLs to poll. The provider is "" for ARM's own operations.
func (c *Core) Accepted(op Operation, version, provider, location string) http.Header {
	base := "https://" + Host + "/subscriptions/" + c.SubscriptionID
	query := "?api-version=" + version
	if provider == "" {
		return http.Header{
			"Location":    {base + "/operationresults/" + op.ID + query},
			"Retry-After": {retryAfter},
		}
	}
	at := base + "/providers/" + provider + "/locations/" + location
	return http.Header{
		"Azure-Asyncoperation": {at + "/operations/" + op.ID + query},
		"Location":             {at + "/operationresults/" + op.ID + query},
		"Retry-After":          {retryAfter},
	}
}
