package bridge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// unlistedSettings are settings of the engine or of the real provider that the SDK's ProviderArgs
// does not list.
var unlistedSettings = map[string]bool{"version": true, "pluginDownloadURL": true, "oidcTokenFilePath": true, "__internal": true}

// CheckConfig refuses unknown settings.
func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	res := plugin.CheckConfigResponse{Properties: req.News}
	for _, key := range slices.Sorted(maps.Keys(req.News.Mappable())) {
		if p.pkg.Config.Field(key) == nil && !unlistedSettings[key] {
			res.Failures = append(res.Failures, plugin.CheckFailure{
				Property: resource.PropertyKey(key),
				Reason:   fmt.Sprintf("%s has no setting '%s'", p.pkg.Name, key),
			})
		}
	}
	return res, nil
}

// DiffConfig reports no difference: azure-native does not replace the provider either.
func (p *Provider) DiffConfig(context.Context, plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	return plugin.DiffConfigResponse{Changes: plugin.DiffNone}, nil
}

// Configure passes the known settings to the package. A setting that is unknown during a preview is
// left out.
func (p *Provider) Configure(ctx context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	settings := map[string]string{}
	for k, v := range req.Inputs {
		plain, err := value.Plain(v)
		if errors.Is(err, value.ErrUnknown) {
			continue
		}
		if err != nil {
			return plugin.ConfigureResponse{}, fmt.Errorf("setting %s: %w", k, err)
		}
		if plain != nil {
			settings[string(k)] = fmt.Sprint(plain)
		}
	}
	return plugin.ConfigureResponse{}, p.pkg.Configure(ctx, settings)
}
