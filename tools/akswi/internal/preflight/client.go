package preflight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
)

// api-versions of the reads.
const (
	apiSubscriptions = "2022-12-01"
	apiProviders     = "2021-04-01"
	apiPermissions   = "2022-04-01"
	apiKubernetes    = "2025-01-01"
	apiSKUs          = "2021-07-01"
	apiUsages        = "2023-07-01"
	apiVaults        = "2023-02-01"
	apiRestrictions  = "2022-03-01"
	apiGroups        = "2022-09-01"
)

// client reads from Azure Resource Manager through the Azure SDK's pipeline. The SDK's generated
// clients for these nine reads are in seven modules, which would double the time that this program
// takes to build.
type client struct {
	pipeline runtime.Pipeline
	endpoint string
}

// newClient returns a client for Azure Resource Manager in a cloud.
func newClient(c azcloud.Cloud, login azcore.TokenCredential, o azcore.ClientOptions) (*client, error) {
	return clientFor(c, login, o, c.ManagementScope, c.Configuration.Services[cloud.ResourceManager].Endpoint)
}

// newGraphClient returns a client for Microsoft Graph in a cloud.
func newGraphClient(c azcloud.Cloud, login azcore.TokenCredential, o azcore.ClientOptions) (*client, error) {
	return clientFor(c, login, o, c.GraphScope(), c.Graph)
}

func clientFor(c azcloud.Cloud, login azcore.TokenCredential, o azcore.ClientOptions, scope, endpoint string) (*client, error) {
	o.Cloud = c.Configuration
	made, err := azcore.NewClient("akswi", "v1.0.0", runtime.PipelineOptions{
		PerRetry: []policy.Policy{runtime.NewBearerTokenPolicy(login, []string{scope}, nil)},
	}, &o)
	if err != nil {
		return nil, err
	}
	return &client{made.Pipeline(), strings.TrimSuffix(endpoint, "/")}, nil
}

// get reads one object.
func (c *client) get(ctx context.Context, path, version string, into any) error {
	return c.do(ctx, http.MethodGet, c.endpoint+path+"?api-version="+version, nil, into)
}

// post asks a question that has a body.
func (c *client) post(ctx context.Context, path, version string, body, into any) error {
	return c.do(ctx, http.MethodPost, c.endpoint+path+"?api-version="+version, body, into)
}

// list reads all pages of a list.
func list[T any](ctx context.Context, c *client, path, version, filter string) ([]T, error) {
	address := c.endpoint + path + "?api-version=" + version
	if filter != "" {
		address += "&$filter=" + url.QueryEscape(filter)
	}
	var all []T
	for address != "" {
		var page struct {
			Value    []T    `json:"value"`
			NextLink string `json:"nextLink"`
		}
		if err := c.do(ctx, http.MethodGet, address, nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Value...)
		address = page.NextLink
	}
	return all, nil
}

func (c *client) do(ctx context.Context, method, address string, body, into any) error {
	req, err := runtime.NewRequest(ctx, method, address)
	if err != nil {
		return err
	}
	if body != nil {
		if err := runtime.MarshalAsJSON(req, body); err != nil {
			return err
		}
	}
	res, err := c.pipeline.Do(req)
	if err != nil {
		return err
	}
	if !runtime.HasStatusCode(res, http.StatusOK) {
		return runtime.NewResponseError(res)
	}
	return runtime.UnmarshalAsJSON(res, into)
}

// status returns the HTTP status and the code of Azure's refusal; 0 if Azure did not answer.
func status(err error) (int, string) {
	var refused *azcore.ResponseError
	if errors.As(err, &refused) {
		return refused.StatusCode, refused.ErrorCode
	}
	return 0, ""
}

// sentence returns an error in one line: Azure's message, without the request's head and tail.
func sentence(err error) string {
	var refused *azcore.ResponseError
	if errors.As(err, &refused) && refused.RawResponse != nil {
		raw, readErr := runtime.Payload(refused.RawResponse)
		var body struct {
			Error struct {
				Message string `json:"message"`
			} `json:"error"`
		}
		if readErr == nil && json.Unmarshal(raw, &body) == nil && body.Error.Message != "" {
			return body.Error.Message
		}
		return fmt.Sprintf("HTTP %d %s", refused.StatusCode, refused.ErrorCode)
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimSpace(text)
}
