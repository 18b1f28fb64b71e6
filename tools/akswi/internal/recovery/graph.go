package recovery

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/azcloud"
)

// Graph is the Directory of a cloud, through the Azure SDK's pipeline, because the Graph SDK would
// add minutes to every build.
type Graph struct {
	Cloud azcloud.Cloud
	Login azcore.TokenCredential
	// Client holds transport and retries; zero keeps the SDK's.
	Client azcore.ClientOptions
}

// Find implements Directory; it follows the pages of the answer.
func (g *Graph) Find(ctx context.Context, collection, filter string) ([]map[string]any, error) {
	client, err := azcore.NewClient("akswi", "v1.0.0", runtime.PipelineOptions{
		PerRetry: []policy.Policy{runtime.NewBearerTokenPolicy(g.Login, []string{g.Cloud.GraphScope()}, nil)},
	}, &g.Client)
	if err != nil {
		return nil, err
	}
	address := g.Cloud.Graph + "/v1.0" + collection
	if filter != "" {
		address += "?$filter=" + strings.ReplaceAll(url.QueryEscape(filter), "+", "%20")
	}
	var all []map[string]any
	for address != "" {
		req, err := runtime.NewRequest(ctx, http.MethodGet, address)
		if err != nil {
			return nil, err
		}
		res, err := client.Pipeline().Do(req)
		if err != nil {
			return nil, err
		}
		if res.StatusCode == http.StatusNotFound {
			return nil, nil // the application of a credential
		}
		if !runtime.HasStatusCode(res, http.StatusOK) {
			return nil, runtime.NewResponseError(res)
		}
		var page struct {
			Value []map[string]any `json:"value"`
			Next  string           `json:"@odata.nextLink"`
		}
		if err := runtime.UnmarshalAsJSON(res, &page); err != nil {
			return nil, err
		}
		all, address = append(all, page.Value...), page.Next
	}
	return all, nil
}
