// Package azrequest sends JSON requests with a pipeline of the Azure SDK for Go. The clients of
// Resource Manager and of Microsoft Graph share it.
package azrequest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/apierror"
)

// Options are the settings of a client.
type Options struct {
	Transport policy.Transporter // nil: the default one
	Retry     policy.RetryOptions
}

// Send sends one request; body is nil if it has none. The error of a failed pipeline is an
// apierror. An answer with an error status is no error here.
func Send(ctx context.Context, pipeline runtime.Pipeline, method, url string, body any) (*http.Response, error) {
	req, err := runtime.NewRequest(ctx, method, url)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, url, err)
	}
	req.Raw().Header.Set("Accept", "application/json")
	if body != nil {
		if err := runtime.MarshalAsJSON(req, body); err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, req.Raw().URL.Path, err)
		}
	}
	resp, err := pipeline.Do(req)
	if err != nil {
		return nil, apierror.From(err)
	}
	return resp, nil
}

// Decode returns the answer's body, which is nil if it is empty. Any other status than those given
// is an *apierror.Error.
func Decode(resp *http.Response, want ...int) (map[string]any, error) {
	if !runtime.HasStatusCode(resp, want...) {
		return nil, apierror.From(runtime.NewResponseError(resp))
	}
	var out map[string]any
	if err := runtime.UnmarshalAsJSON(resp, &out); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s %s: the answer is not JSON: %w", resp.Request.Method, resp.Request.URL.Path, err)
	}
	return out, nil
}
