// Package graph is a client of Microsoft Graph v1.0 with the standard pipeline of the Azure SDK for
// Go.
package graph

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/azrequest"
)

// Scope is the scope of tokens for Graph.
const Scope = "https://graph.microsoft.com/.default"

const endpoint = "https://graph.microsoft.com/v1.0"

// Client sends requests to Graph. It is safe for concurrent use.
type Client struct{ pipeline runtime.Pipeline }

// New returns a client.
func New(credential azcore.TokenCredential, o azrequest.Options) *Client {
	bearer := runtime.NewBearerTokenPolicy(credential, []string{Scope}, nil)
	return &Client{pipeline: runtime.NewPipeline("pulumi-bridge", "v1.0.0",
		runtime.PipelineOptions{PerRetry: []policy.Policy{bearer}},
		&policy.ClientOptions{Transport: o.Transport, Retry: o.Retry})}
}

// Do sends one request. The path begins with a slash and is appended to the version; its segments
// must be escaped. The answer is nil if it has no body (204).
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body any) (map[string]any, error) {
	address := endpoint + path
	if len(query) > 0 {
		// Graph requires a literal dollar in its system query options, and %20 for spaces.
		address += "?" + strings.NewReplacer("%24", "$", "+", "%20").Replace(query.Encode())
	}
	resp, err := azrequest.Send(ctx, c.pipeline, method, address, body)
	if err != nil {
		return nil, err
	}
	return azrequest.Decode(resp, http.StatusOK, http.StatusCreated, http.StatusNoContent)
}

// Find returns the members of a collection that match a filter.
func (c *Client) Find(ctx context.Context, collection, filter string) ([]map[string]any, error) {
	answer, err := c.Do(ctx, http.MethodGet, collection, url.Values{"$filter": {filter}}, nil)
	if err != nil {
		return nil, err
	}
	list, _ := answer["value"].([]any)
	out := make([]map[string]any, 0, len(list))
	for _, item := range list {
		if m, ok := item.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out, nil
}

// Replication is the time for which a request is retried while Graph does not see a new object yet.
// The directory is eventually consistent; the real provider waits as long.
const Replication = 2 * time.Minute

// Replicated calls f until it succeeds, until notVisible returns false for its error, or until the
// time of Replication is over.
func Replicated(ctx context.Context, f func() (map[string]any, error), notVisible func(error) bool) (map[string]any, error) {
	deadline := time.Now().Add(Replication)
	for pause := 250 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		res, err := f()
		if err == nil || !notVisible(err) || time.Now().Add(pause).After(deadline) {
			return res, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(err, context.Cause(ctx))
		case <-time.After(pause):
		}
	}
}
