package recovery

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	armpolicy "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm/policy"
	armruntime "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// ResourceManager is the Resources of a cloud.
type ResourceManager struct {
	Login  azcore.TokenCredential
	Client azcore.ClientOptions
	// Every is the time between two looks; 0 is 5 s.
	Every time.Duration
}

// clusterVersion is an api-version of Microsoft.ContainerService that serves clusters and pools.
const clusterVersion = "2025-01-01"

// groupVersion is an api-version of Microsoft.Resources that lists the resources of a group.
const groupVersion = "2022-09-01"

// Wait implements Resources. A cluster that does not exist is no error.
func (m *ResourceManager) Wait(ctx context.Context, id string) error {
	every := m.Every
	if every == 0 {
		every = 5 * time.Second
	}
	for {
		var cluster struct {
			Properties struct{ ProvisioningState string }
		}
		if err := m.get(ctx, m.address(id, clusterVersion), &cluster); err != nil {
			return fmt.Errorf("waiting for the end of its creation: %w", err)
		}
		state := cluster.Properties.ProvisioningState
		if slices.Contains([]string{"", "Succeeded", "Failed", "Canceled"}, state) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("it is still %s: %w", state, ctx.Err())
		case <-time.After(every):
		}
	}
}

// In implements Resources; it follows the pages of the answer.
func (m *ResourceManager) In(ctx context.Context, groupID string) ([]string, error) {
	var ids []string
	for address := m.address(groupID+"/resources", groupVersion); address != ""; {
		var page struct {
			Value []struct{ ID string }
			Next  string `json:"nextLink"`
		}
		if err := m.get(ctx, address, &page); err != nil {
			return nil, err
		}
		for _, r := range page.Value {
			ids = append(ids, r.ID)
		}
		address = page.Next
	}
	return ids, nil
}

func (m *ResourceManager) address(path, version string) string {
	return runtime.JoinPaths(m.Client.Cloud.Services[cloud.ResourceManager].Endpoint, path) + "?api-version=" + version
}

// get reads an answer of Resource Manager. What does not exist leaves into as it is.
func (m *ResourceManager) get(ctx context.Context, address string, into any) error {
	pipeline, err := armruntime.NewPipeline("akswi", "v1.0.0", m.Login, runtime.PipelineOptions{}, &armpolicy.ClientOptions{
		ClientOptions: m.Client, DisableRPRegistration: true,
	})
	if err != nil {
		return err
	}
	req, err := runtime.NewRequest(ctx, http.MethodGet, address)
	if err != nil {
		return err
	}
	res, err := pipeline.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode == http.StatusNotFound {
		runtime.Drain(res)
		return nil
	}
	if !runtime.HasStatusCode(res, http.StatusOK) {
		return runtime.NewResponseError(res)
	}
	return runtime.UnmarshalAsJSON(res, into)
}
