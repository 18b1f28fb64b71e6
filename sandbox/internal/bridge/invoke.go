package bridge

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// Invoke calls a function. It reports all problems of the arguments together, as Check does for
// resources.
func (p *Provider) Invoke(ctx context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	f, err := p.function(string(req.Tok))
	if err != nil {
		return plugin.InvokeResponse{}, err
	}
	if problems := f.Args.Check(req.Args); len(problems) > 0 {
		res := plugin.InvokeResponse{}
		for _, problem := range problems {
			res.Failures = append(res.Failures, plugin.CheckFailure{
				Property: resource.PropertyKey(problem.Path), Reason: problem.Reason,
			})
		}
		return res, nil
	}
	args, err := value.PlainMap(req.Args)
	if err != nil {
		return plugin.InvokeResponse{}, fmt.Errorf("%s: %w", f.Token, err)
	}
	ctx, done := p.operation(ctx, 0)
	defer done()
	result, err := f.Call(ctx, args)
	if err != nil {
		return plugin.InvokeResponse{}, err
	}
	projected, _ := f.Result.Project(result).(map[string]any)
	return plugin.InvokeResponse{Properties: value.FromMap(projected)}, nil
}
