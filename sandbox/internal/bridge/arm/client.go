// Package arm is a client of Azure Resource Manager with the standard pipeline of the Azure SDK for
// Go: bearer token, retries with Retry-After, and the SDK's pollers for long-running operations. It
// is about resource IDs and api-versions, and does not depend on Pulumi.
package arm

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	armpolicy "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm/policy"
	armruntime "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/apierror"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/azrequest"
)

// The polling intervals if the service sends no Retry-After. The real provider polls every 10 to 30
// s; the sandbox is faster.
const (
	firstPoll = 100 * time.Millisecond
	lastPoll  = 2 * time.Second
)

// Client sends requests to the Resource Manager of one cloud. It is safe for concurrent use.
type Client struct {
	pipeline runtime.Pipeline
	endpoint string
}

// New returns a client for the public cloud.
func New(credential azcore.TokenCredential, o azrequest.Options) (*Client, error) {
	pipeline, err := armruntime.NewPipeline("pulumi-bridge", "v1.0.0", credential, runtime.PipelineOptions{},
		&armpolicy.ClientOptions{
			ClientOptions: policy.ClientOptions{Transport: o.Transport, Retry: o.Retry},
			// The registration of a resource provider takes minutes in Azure and is not part of a
			// resource.
			DisableRPRegistration: true,
		})
	if err != nil {
		return nil, fmt.Errorf("azure resource manager: %w", err)
	}
	return &Client{pipeline: pipeline, endpoint: cloud.AzurePublic.Services[cloud.ResourceManager].Endpoint}, nil
}

// Get returns a resource. The error satisfies apierror.IsNotFound if there is none.
func (c *Client) Get(ctx context.Context, id, apiVersion string) (map[string]any, error) {
	return c.GetWith(ctx, id, apiVersion, nil)
}

// GetWith returns a resource like Get, with query parameters such as $expand.
func (c *Client) GetWith(ctx context.Context, id, apiVersion string, params map[string]string) (map[string]any, error) {
	resp, err := c.send(ctx, http.MethodGet, id, apiVersion, params, nil)
	if err != nil {
		return nil, err
	}
	return azrequest.Decode(resp, http.StatusOK)
}

// Put creates or replaces a resource and waits for the end of the operation. accepted is true if
// the service accepted the request, also if the operation failed later or the answer was lost.
func (c *Client) Put(ctx context.Context, id, apiVersion string, body any) (res map[string]any, accepted bool, err error) {
	resp, err := c.send(ctx, http.MethodPut, id, apiVersion, nil, body)
	if err != nil {
		// A cancelled request may have arrived; the caller has to check.
		return nil, ctx.Err() != nil, err
	}
	if !runtime.HasStatusCode(resp, http.StatusOK, http.StatusCreated, http.StatusAccepted) {
		return nil, false, apierror.From(runtime.NewResponseError(resp))
	}
	res, err = c.wait(ctx, resp)
	return res, true, err
}

// Post calls an action of a resource, such as listClusterUserCredential, and returns its answer.
func (c *Client) Post(ctx context.Context, path, apiVersion string, params map[string]string) (map[string]any, error) {
	resp, err := c.send(ctx, http.MethodPost, path, apiVersion, params, nil)
	if err != nil {
		return nil, err
	}
	return azrequest.Decode(resp, http.StatusOK)
}

// Delete deletes a resource and waits until it no longer exists. A resource that does not exist is
// no error, unless strict is true and the service answers 404 instead of 204.
func (c *Client) Delete(ctx context.Context, id, apiVersion string, strict bool) error {
	resp, err := c.send(ctx, http.MethodDelete, id, apiVersion, nil, nil)
	if err != nil {
		return err
	}
	switch status := resp.StatusCode; {
	case status == http.StatusNoContent || status == http.StatusNotFound && !strict:
		runtime.Drain(resp)
		return nil
	case status == http.StatusOK || status == http.StatusAccepted:
	default:
		return apierror.From(runtime.NewResponseError(resp))
	}
	_, err = c.wait(ctx, resp)
	if apierror.IsNotFound(err) {
		return nil
	}
	return err
}

func (c *Client) send(
	ctx context.Context, method, path, apiVersion string, params map[string]string, body any,
) (*http.Response, error) {
	query := url.Values{"api-version": {apiVersion}}
	for k, v := range params {
		query.Set(k, v)
	}
	return azrequest.Send(ctx, c.pipeline, method, runtime.JoinPaths(c.endpoint, path)+"?"+query.Encode(), body)
}
