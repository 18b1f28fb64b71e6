// Package graph calls Microsoft Graph v1.0 by the ordinary pipeline of the Azure SDK for Go.
package graph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/fault"
)

// Scope is what a token for Graph is asked for.
const Scope = "https://graph.microsoft.com/.default"

const endpoint = "https://graph.microsoft.com/v1.0"

// Client calls Graph. It is safe for concurrent use.
type Client struct{ pipeline runtime.Pipeline }

// Options of a client.
type Options struct {
	Transport policy.Transporter // nil: the default one, which honours HTTPS_PROXY and SSL_CERT_FILE
	Retry     policy.RetryOptions
}

// New returns a client.
func New(credential azcore.TokenCredential, o Options) *Client {
	bearer := runtime.NewBearerTokenPolicy(credential, []string{Scope}, nil)
	return &Client{pipeline: runtime.NewPipeline("pulumi-bridge", "v1.0.0",
		runtime.PipelineOptions{PerRetry: []policy.Policy{bearer}},
		&policy.ClientOptions{Transport: o.Transport, Retry: o.Retry})}
}

// Do sends one request. The path begins with a slash and follows the version; its segments must be escaped. The answer
// is nil if the service sends none (204).
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body any) (map[string]any, error) {
	req, err := runtime.NewRequest(ctx, method, endpoint+path)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	// Graph wants its system query options with a literal dollar and spaces as %20.
	req.Raw().URL.RawQuery = strings.ReplaceAll(strings.ReplaceAll(query.Encode(), "%24", "$"), "+", "%20")
	req.Raw().Header.Set("Accept", "application/json")
	if body != nil {
		if err := runtime.MarshalAsJSON(req, body); err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	resp, err := c.pipeline.Do(req)
	if err != nil {
		return nil, fault.From(err)
	}
	if !runtime.HasStatusCode(resp, http.StatusOK, http.StatusCreated, http.StatusNoContent) {
		return nil, fault.From(runtime.NewResponseError(resp))
	}
	if resp.StatusCode == http.StatusNoContent {
		runtime.Drain(resp)
		return nil, nil
	}
	var out map[string]any
	if err := runtime.UnmarshalAsJSON(resp, &out); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s %s: the answer is not JSON: %w", method, path, err)
	}
	return out, nil
}

// Find lists a collection with a filter and returns what it holds.
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

// Replication is how long a write is tried again while Graph does not yet see an object that was just made; the real
// provider waits as long. Its directory is eventually consistent.
const Replication = 2 * time.Minute

// Replicated calls f until its error is no longer one that later, given by, goes away, or Replication is over.
func Replicated(ctx context.Context, f func() (map[string]any, error), early func(error) bool) (map[string]any, error) {
	deadline := time.Now().Add(Replication)
	for pause := 250 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		res, err := f()
		if err == nil || !early(err) || time.Now().Add(pause).After(deadline) {
			return res, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(err, context.Cause(ctx))
		case <-time.After(pause):
		}
	}
}
