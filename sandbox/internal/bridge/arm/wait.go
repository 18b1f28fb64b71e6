package arm

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/apierror"
)

// wait follows a long-running operation to its end with the SDK's poller, which supports
// Azure-AsyncOperation, Location and provisioningState. Between two polls it waits for the time in
// Retry-After, or else for a short, growing time; the SDK's own loop waits a second at least.
func (c *Client) wait(ctx context.Context, resp *http.Response) (map[string]any, error) {
	if !strings.Contains(resp.Header.Get("Location"), "://") {
		// Some types, such as identities, answer a creation with the path of the new resource
		// there, which is not an operation to follow.
		resp.Header.Del("Location")
	}
	poller, err := runtime.NewPoller[map[string]any](resp, c.pipeline, nil)
	if err != nil {
		return nil, apierror.From(err)
	}
	interval, last := firstPoll, resp
	for !poller.Done() {
		pause := retryAfter(last)
		if pause == 0 {
			pause = interval
			interval = min(interval*2, lastPoll)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s %s: the operation continues in Azure, but the wait for it has ended: %w",
				resp.Request.Method, resp.Request.URL.Path, context.Cause(ctx))
		case <-time.After(pause):
		}
		if last, err = poller.Poll(ctx); err != nil {
			return nil, apierror.From(err)
		}
	}
	res, err := poller.Result(ctx)
	if err != nil {
		return nil, apierror.From(err)
	}
	return res, nil
}

// retryAfter returns the time to wait from the headers of an answer: Retry-After in seconds or as a
// date, and Azure's headers in milliseconds. The SDK has such a function, and does not export it.
func retryAfter(resp *http.Response) time.Duration {
	if resp == nil {
		return 0
	}
	for _, name := range []string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if ms, err := strconv.Atoi(resp.Header.Get(name)); err == nil && ms > 0 {
			return time.Duration(ms) * time.Millisecond
		}
	}
	header := resp.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(header); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
