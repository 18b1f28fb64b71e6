package native

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
)

// managementScope is the scope of tokens for Resource Manager.
const managementScope = "https://management.azure.com/.default"

// function describes one function: a GET of a resource type, a POST on a path, or code.
type function struct {
	token        string
	args, result any    // the SDK's structs; nil: no arguments
	of           string // the type that gives a GET its path and api-version
	post         string // the path of a POST
	apiVersion   string
	query        map[string]string // argument -> query parameter
	call         func(ctx context.Context, b *Backend) (map[string]any, error)
}

func (f function) function(b *Backend, types map[string]*bridge.Resource) (*bridge.Function, error) {
	args, err := object(f.args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.token, err)
	}
	result, err := object(f.result)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.token, err)
	}
	out := &bridge.Function{Token: f.token, Args: args, Result: result}
	switch {
	case f.call != nil:
		out.Call = func(ctx context.Context, _ map[string]any) (map[string]any, error) {
			if _, err := b.client(); err != nil {
				return nil, err
			}
			return f.call(ctx, b)
		}
	case f.post != "":
		out.Call = func(ctx context.Context, in map[string]any) (map[string]any, error) { return f.doPost(ctx, b, in) }
	default:
		o, ok := types[f.of].Ops.(*ops)
		if !ok {
			return nil, fmt.Errorf("%s: no resource type %s", f.token, f.of)
		}
		out.Call = func(ctx context.Context, in map[string]any) (map[string]any, error) {
			return o.get(ctx, in, f.params(in))
		}
	}
	return out, nil
}

// get returns a resource by the parameters of its path.
func (o *ops) get(ctx context.Context, in map[string]any, params map[string]string) (map[string]any, error) {
	client, err := o.backend.client()
	if err != nil {
		return nil, err
	}
	id, err := expand(o.path, o.backend.account.SubscriptionID, in)
	if err != nil {
		return nil, err
	}
	response, err := client.GetWith(ctx, id, o.apiVersion, params)
	if err != nil {
		return nil, err
	}
	return o.show(response), nil
}

func (f function) doPost(ctx context.Context, b *Backend, in map[string]any) (map[string]any, error) {
	client, err := b.client()
	if err != nil {
		return nil, err
	}
	path, err := expand(f.post, b.account.SubscriptionID, in)
	if err != nil {
		return nil, err
	}
	return client.Post(ctx, path, f.apiVersion, f.params(in))
}

// params returns the query parameters for the arguments.
func (f function) params(in map[string]any) map[string]string {
	params := map[string]string{}
	for argument, name := range f.query {
		if text, ok := in[argument].(string); ok && text != "" {
			params[name] = text
		}
	}
	return params
}

// clientFunctions return the provider's login.
var clientFunctions = []function{{
	token: "azure-native:authorization:getClientConfig", result: authorization.GetClientConfigResult{},
	call: func(ctx context.Context, b *Backend) (map[string]any, error) {
		object, err := b.account.ObjectID(ctx, managementScope)
		if err != nil {
			return nil, fmt.Errorf("authorization:getClientConfig: %w", err)
		}
		return map[string]any{
			"clientId": b.account.ClientID, "objectId": object,
			"subscriptionId": b.account.SubscriptionID, "tenantId": b.account.TenantID,
		}, nil
	},
}}
