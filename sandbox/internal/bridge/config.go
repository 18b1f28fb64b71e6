package bridge

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// ownSettings are settings that the engine or the real provider take and the SDK's ProviderArgs does not list.
var ownSettings = map[string]bool{"version": true, "pluginDownloadURL": true, "oidcTokenFilePath": true, "__internal": true}

// CheckConfig refuses settings that do not exist.
func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	res := plugin.CheckConfigResponse{Properties: req.News}
	for _, key := range value.Keys(req.News.Mappable()) {
		if p.pkg.Config.Field(key) == nil && !ownSettings[key] {
			res.Failures = append(res.Failures, plugin.CheckFailure{
				Property: resource.PropertyKey(key),
				Reason:   fmt.Sprintf("%s has no setting '%s'", p.pkg.Name, key),
			})
		}
	}
	return res, nil
}

// DiffConfig never replaces the provider: azure-native does not either.
func (p *Provider) DiffConfig(context.Context, plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	return plugin.DiffConfigResponse{Changes: plugin.DiffNone}, nil
}

// Configure hands the known settings on. A setting that is unknown during a preview is left out.
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
