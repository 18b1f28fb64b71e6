package native

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/blang/semver"
	azurenative "github.com/pulumi/pulumi-azure-native-sdk/v2"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/apierror"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/auth"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
)

// Version is the version of azure-native that the SDK in go.mod requests.
const Version = "2.92.3"

// Backend has the login and the client that all types share.
type Backend struct {
	options  bridge.Options
	account  *auth.Account
	location string // the provider's setting
	arm      *arm.Client

	mu        sync.Mutex
	locations map[string]string // region by lower-cased resource group
}

// New returns the provider azure-native.
func New(o bridge.Options) (*bridge.Provider, error) {
	b := &Backend{options: o, locations: map[string]string{}}
	config, err := schema.Inputs(azurenative.ProviderArgs{})
	if err != nil {
		return nil, fmt.Errorf("azure-native: %w", err)
	}
	version, err := semver.Parse(Version)
	if err != nil {
		return nil, err
	}
	pkg := bridge.Package{
		Name: "azure-native", Version: version, Config: config, JournalDir: o.JournalDir,
		Configure: b.configure, DefaultLocation: b.defaultLocation,
	}
	byToken := map[string]*bridge.Resource{}
	for _, r := range slices.Concat(
		groups, clusters, identities, roles, vaults, accessPolicies, accounts, registries, workspaces, sqlServers,
	) {
		res, err := r.resource(b)
		if err != nil {
			return nil, err
		}
		byToken[r.token()] = res
		pkg.Resources = append(pkg.Resources, res)
	}
	for _, f := range slices.Concat(
		groupFunctions, clusterFunctions, identityFunctions, roleFunctions, vaultFunctions, accountFunctions, registryFunctions,
		workspaceFunctions, sqlFunctions, clientFunctions,
	) {
		function, err := f.function(b, byToken)
		if err != nil {
			return nil, err
		}
		pkg.Functions = append(pkg.Functions, function)
	}
	return bridge.New(pkg), nil
}

func (b *Backend) configure(_ context.Context, config map[string]string) error {
	account, err := auth.New(auth.Options{
		Provider: "azure-native", Config: config, Getenv: b.options.Getenv, Transport: b.options.Transport, NeedsSubscription: true,
	})
	if err != nil {
		return err
	}
	client, err := arm.New(account.Credential, b.options.Client())
	if err != nil {
		return err
	}
	b.account, b.arm, b.location = account, client, config["location"]
	return nil
}

func (b *Backend) client() (*arm.Client, error) {
	if b.arm == nil {
		return nil, errors.New("azure-native was not configured")
	}
	return b.arm, nil
}

// defaultLocation returns the provider's setting, or the region of a resource group. A group that
// does not exist has none, as in azure-native: Check then reports the missing property.
func (b *Backend) defaultLocation(ctx context.Context, group string) (string, error) {
	if group == "" || b.location != "" {
		return b.location, nil
	}
	b.mu.Lock()
	known, ok := b.locations[strings.ToLower(group)]
	b.mu.Unlock()
	if ok || b.arm == nil {
		return known, nil
	}
	id, err := expand(groupPath, b.account.SubscriptionID, map[string]any{"resourceGroupName": group})
	if err != nil {
		return "", nil //nolint:nilerr // an empty name has no region
	}
	found, err := b.arm.Get(ctx, id, groups[0].apiVersion)
	if apierror.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("looking up the region of resource group %s: %w", group, err)
	}
	location, _ := found["location"].(string)
	b.mu.Lock()
	b.locations[strings.ToLower(group)] = location
	b.mu.Unlock()
	return location, nil
}

// object returns the type of a struct of the SDK; nil has no properties.
func object(v any) (*schema.Type, error) {
	if v == nil {
		v = struct{}{}
	}
	return schema.Of(reflect.TypeOf(v))
}
