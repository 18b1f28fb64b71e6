package bridge

import (
	"context"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// server corrects two errors of the SDK's server (plugin.NewProviderServer, sdk v3.245.0): it never
// reports that a difference has details, so that the engine drops them and shows nothing for
// tags.team, and it reports the removal of a replacing property as a plain removal.
type server struct {
	pulumirpc.ResourceProviderServer
}

// NewServer returns the gRPC server of a provider.
func NewServer(p *Provider) pulumirpc.ResourceProviderServer {
	return server{plugin.NewProviderServer(p)}
}

// Diff corrects the SDK's answer.
func (s server) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	res, err := s.ResourceProviderServer.Diff(ctx, req)
	if err != nil {
		return nil, err
	}
	res.HasDetailedDiff = len(res.DetailedDiff) > 0
	for path, d := range res.DetailedDiff {
		if d.Kind == pulumirpc.PropertyDiff_DELETE && slices.Contains(res.Replaces, path) {
			d.Kind = pulumirpc.PropertyDiff_DELETE_REPLACE
		}
	}
	slices.Sort(res.Diffs)
	slices.Sort(res.Replaces)
	return res, nil
}
