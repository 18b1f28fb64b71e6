// Package entra is the sandbox's azuread provider, over Microsoft Graph: applications, service
// principals and the federated credentials of applications. Passwords of service principals exist
// in previews only.
//
// Properties come from the Go SDK by reflection. IDs, and the properties that replace a resource,
// come from the SDK's own doc comments ("pulumi import …", "Changing this forces a new resource")
// and from terraform-provider-azuread v2, which azuread v5 bridges. An input that is not supported
// is refused, never ignored.
package entra

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/auth"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/graph"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
)

// Version is the version of azuread that the SDK in go.mod requests.
const Version = "5.53.7"

// backend has the login and the client that all types share.
type backend struct {
	options bridge.Options
	account *auth.Account
	graph   *graph.Client
}

// New returns the provider azuread.
func New(o bridge.Options) (*bridge.Provider, error) {
	b := &backend{options: o}
	version, err := semver.Parse(Version)
	if err != nil {
		return nil, err
	}
	config, err := schema.Inputs(azuread.ProviderArgs{})
	if err != nil {
		return nil, fmt.Errorf("azuread: %w", err)
	}
	pkg := bridge.Package{
		Name: "azuread", Version: version, Config: config, Configure: b.configure, JournalDir: o.JournalDir,
	}
	for _, make := range []func(*backend) (*bridge.Resource, error){application, servicePrincipal, credential, password} {
		r, err := make(b)
		if err != nil {
			return nil, err
		}
		pkg.Resources = append(pkg.Resources, r)
	}
	result, err := schema.Of(reflect.TypeOf(azuread.GetClientConfigResult{}))
	if err != nil {
		return nil, fmt.Errorf("azuread: %w", err)
	}
	none, err := schema.Of(reflect.TypeOf(struct{}{}))
	if err != nil {
		return nil, err
	}
	pkg.Functions = []*bridge.Function{{
		Token: "azuread:index/getClientConfig:getClientConfig", Args: none, Result: result, Call: b.clientConfig,
	}}
	for _, l := range lookups {
		f, err := l.function(b)
		if err != nil {
			return nil, err
		}
		pkg.Functions = append(pkg.Functions, f)
	}
	return bridge.New(pkg), nil
}

func (b *backend) configure(_ context.Context, config map[string]string) error {
	account, err := auth.New(auth.Options{
		Provider: "azuread", Config: config, Getenv: b.options.Getenv, Transport: b.options.Transport,
	})
	if err != nil {
		return err
	}
	b.account = account
	b.graph = graph.New(account.Credential, b.options.Client())
	return nil
}

func (b *backend) client() (*graph.Client, error) {
	if b.graph == nil {
		return nil, errors.New("azuread was not configured")
	}
	return b.graph, nil
}

// clientConfig returns the provider's login. The ID is that of the real provider: tenant, client
// and object joined by hyphens.
func (b *backend) clientConfig(ctx context.Context, _ map[string]any) (map[string]any, error) {
	if _, err := b.client(); err != nil {
		return nil, err
	}
	object, err := b.account.ObjectID(ctx, graph.Scope)
	if err != nil {
		return nil, fmt.Errorf("azuread getClientConfig: %w", err)
	}
	return map[string]any{
		"clientId": b.account.ClientID, "tenantId": b.account.TenantID, "objectId": object,
		"id": b.account.TenantID + "-" + b.account.ClientID + "-" + object,
	}, nil
}

// newResource describes a resource of the SDK and refuses the inputs that are not in supported. Its
// checks, differences and defaults are those of the supported attributes.
//
// azuread is a bridged Terraform provider of the old SDK. Its plan of an update keeps the outputs
// that only the service sets: an application's client ID is known while its display name changes,
// and no replacement is planned for what depends on the ID. Sources: "Resource Instance Change
// Lifecycle" of Terraform; terraform-plugin-framework, pull request 176.
func newResource(name string, args pulumi.Input, outputs any, supported attributes) (*bridge.Resource, error) {
	in, err := schema.Inputs(args)
	if err != nil {
		return nil, fmt.Errorf("azuread %s: %w", name, err)
	}
	out, err := schema.Of(reflect.TypeOf(outputs))
	if err != nil {
		return nil, fmt.Errorf("azuread %s: %w", name, err)
	}
	refused := map[string]string{}
	for _, f := range in.Fields() {
		refused[f.Name] = fmt.Sprintf("the sandbox's azuread provider does not support '%s', only %d of this type's "+
			"inputs; leave it out in the sandbox, or use the real provider", f.Name, len(supported))
	}
	var replace []string
	for _, p := range slices.Sorted(maps.Keys(supported)) {
		if supported[p].forceNew {
			replace = append(replace, p)
		}
		if _, ok := refused[p]; !ok {
			return nil, fmt.Errorf("azuread %s: the record names %q, which the SDK does not have", name, p)
		}
		delete(refused, p)
	}
	var stable []string
	for _, f := range out.Fields() {
		if in.Field(f.Name) == nil {
			stable = append(stable, f.Name)
		}
	}
	lower := string(name[0]|0x20) + name[1:]
	return &bridge.Resource{
		Tokens: []string{"azuread:index/" + lower + ":" + name},
		Inputs: in, Outputs: out, Refused: refused, Replace: replace, CreateFirst: true, StableOutputs: stable,
		Prepare: supported.prepare, Compare: supported.compare, Refresh: supported.refreshed, Phrase: phrase,
	}, nil
}
