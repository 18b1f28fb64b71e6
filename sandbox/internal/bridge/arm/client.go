// Package arm calls Azure Resource Manager by the ordinary pipeline of the Azure SDK for Go: bearer token, retries
// with Retry-After, and the SDK's pollers for long-running operations. It knows resource ids and api-versions, and
// nothing of Pulumi.
package arm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	armpolicy "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm/policy"
	armruntime "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/fault"
)

// Polling intervals where the service gives no Retry-After. The real provider polls every 10 to 30 s; a sandbox is
// done sooner.
const (
	firstPoll = 100 * time.Millisecond
	lastPoll  = 2 * time.Second
)

// Client calls one cloud's Resource Manager. It is safe for concurrent use.
type Client struct {
	pipeline runtime.Pipeline
	endpoint string
}

// Options of a client.
type Options struct {
	Transport policy.Transporter // nil: the default one, which honours HTTPS_PROXY and SSL_CERT_FILE
	Retry     policy.RetryOptions
}

// New returns a client for the public cloud.
func New(credential azcore.TokenCredential, o Options) (*Client, error) {
	pipeline, err := armruntime.NewPipeline("pulumi-bridge", "v1.0.0", credential, runtime.PipelineOptions{},
		&armpolicy.ClientOptions{
			ClientOptions: policy.ClientOptions{Transport: o.Transport, Retry: o.Retry},
			// Registering a resource provider takes minutes in Azure and is no concern of a resource.
			DisableRPRegistration: true,
		})
	if err != nil {
		return nil, fmt.Errorf("azure resource manager: %w", err)
	}
	return &Client{pipeline: pipeline, endpoint: cloud.AzurePublic.Services[cloud.ResourceManager].Endpoint}, nil
}

// Get fetches a resource. The error satisfies fault.IsNotFound if there is none.
func (c *Client) Get(ctx context.Context, id, apiVersion string) (map[string]any, error) {
	return c.GetWith(ctx, id, apiVersion, nil)
}

// GetWith is Get with query parameters, such as $expand.
func (c *Client) GetWith(ctx context.Context, id, apiVersion string, params map[string]string) (map[string]any, error) {
	resp, err := c.send(ctx, http.MethodGet, id, query(apiVersion, params), nil)
	if err != nil {
		return nil, err
	}
	return decode(resp, http.StatusOK)
}

// Put creates or replaces a resource and waits until that has ended. accepted is true as soon as the service took the
// request on, also when it then failed, or when its answer did not arrive.
func (c *Client) Put(ctx context.Context, id, apiVersion string, body any) (res map[string]any, accepted bool, err error) {
	resp, err := c.send(ctx, http.MethodPut, id, query(apiVersion, nil), body)
	if err != nil {
		// A request that was cut off may have arrived; the caller has to look.
		return nil, ctx.Err() != nil, err
	}
	if !runtime.HasStatusCode(resp, http.StatusOK, http.StatusCreated, http.StatusAccepted) {
		return nil, false, fault.From(runtime.NewResponseError(resp))
	}
	res, err = c.wait(ctx, resp)
	return res, true, err
}

// Post calls an action of a resource, such as listClusterUserCredential, and returns its answer.
func (c *Client) Post(ctx context.Context, path, apiVersion string, params map[string]string) (map[string]any, error) {
	resp, err := c.send(ctx, http.MethodPost, path, query(apiVersion, params), nil)
	if err != nil {
		return nil, err
	}
	return decode(resp, http.StatusOK)
}

// Delete removes a resource and waits until it is gone. That it does not exist is no error.
func (c *Client) Delete(ctx context.Context, id, apiVersion string) error {
	resp, err := c.send(ctx, http.MethodDelete, id, query(apiVersion, nil), nil)
	if err != nil {
		return err
	}
	switch resp.StatusCode {
	case http.StatusNoContent, http.StatusNotFound:
		runtime.Drain(resp)
		return nil
	case http.StatusOK, http.StatusAccepted:
	default:
		return fault.From(runtime.NewResponseError(resp))
	}
	_, err = c.wait(ctx, resp)
	if fault.IsNotFound(err) {
		return nil
	}
	return err
}

func query(apiVersion string, params map[string]string) url.Values {
	q := url.Values{"api-version": {apiVersion}}
	for k, v := range params {
		q.Set(k, v)
	}
	return q
}

func (c *Client) send(ctx context.Context, method, path string, q url.Values, body any) (*http.Response, error) {
	req, err := runtime.NewRequest(ctx, method, runtime.JoinPaths(c.endpoint, path))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.Raw().URL.RawQuery = q.Encode()
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
	return resp, nil
}

func decode(resp *http.Response, want int) (map[string]any, error) {
	if resp.StatusCode != want {
		return nil, fault.From(runtime.NewResponseError(resp))
	}
	var out map[string]any
	if err := runtime.UnmarshalAsJSON(resp, &out); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the answer is not JSON: %w", resp.Request.URL.Path, err)
	}
	return out, nil
}
