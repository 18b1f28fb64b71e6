package daemon

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

// handleFaults adds the requests about faults.
func (c *control) handleFaults(mux *http.ServeMux) {
	mux.HandleFunc("GET /-/faults", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, c.faults.State()) })
	mux.HandleFunc("PUT /-/faults", withBody(func(_ *http.Request, p fault.Profile) (any, error) {
		return nil, c.faults.Use(p)
	}))
	mux.HandleFunc("POST /-/faults/rules", withBody(func(_ *http.Request, r fault.Rule) (any, error) { return c.faults.Add(r) }))
	mux.HandleFunc("POST /-/faults/release", withBody(func(r *http.Request, _ any) (any, error) {
		return nil, c.faults.Release(r.FormValue("id"))
	}))
	mux.HandleFunc("POST /-/faults/outage", withBody(func(r *http.Request, d fault.Duration) (any, error) {
		return nil, c.faults.Outage(r.FormValue("part"), time.Duration(d))
	}))
	mux.HandleFunc("POST /-/faults/record", withBody(func(_ *http.Request, on bool) (any, error) {
		c.faults.Record(on)
		return nil, nil
	}))
	mux.HandleFunc("POST /-/faults/rotate-keys", withBody(func(r *http.Request, _ any) (any, error) {
		return nil, c.clusters.RotateKeys(r.Context())
	}))
}

// withBody returns a handler that reads a JSON body and answers with the function's result.
func withBody[T any](f func(*http.Request, T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body T
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		result, err := f(r, body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		writeJSON(w, result)
	}
}

// Faults returns what the sandbox does to its clients.
func (c *Client) Faults(ctx context.Context) (fault.State, error) {
	var s fault.State
	err := c.call(ctx, http.MethodGet, "/-/faults", nil, &s)
	return s, err
}

// UseFaults replaces the profile of faults.
func (c *Client) UseFaults(ctx context.Context, p fault.Profile) error {
	return c.call(ctx, http.MethodPut, "/-/faults", p, nil)
}

// AddFault adds a rule and returns its ID.
func (c *Client) AddFault(ctx context.Context, r fault.Rule) (id string, err error) {
	err = c.call(ctx, http.MethodPost, "/-/faults/rules", r, &id)
	return id, err
}

// ReleaseFault removes a rule, and lets the calls go on that it holds.
func (c *Client) ReleaseFault(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodPost, "/-/faults/release?"+url.Values{"id": {id}}.Encode(), nil, nil)
}

// Outage stops a part of the clusters for a time.
func (c *Client) Outage(ctx context.Context, part string, d time.Duration) error {
	return c.call(ctx, http.MethodPost, "/-/faults/outage?"+url.Values{"part": {part}}.Encode(), fault.Duration(d), nil)
}

// RecordCalls starts a new record of the mutating calls, or ends it.
func (c *Client) RecordCalls(ctx context.Context, on bool) error {
	return c.call(ctx, http.MethodPost, "/-/faults/record", on, nil)
}

// RotateKeys gives the clusters new keys for service account tokens.
func (c *Client) RotateKeys(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/-/faults/rotate-keys", nil, nil)
}
