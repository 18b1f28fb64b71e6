package conformance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/auth"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/bridgetest"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/entra"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/native"
)

// world is a new sandbox for one case: its Azure in memory, and the two providers behind their gRPC
// interface. Clusters have no processes.
type world struct {
	azure     *azure.Azure
	transport bridgetest.Router
	login     *auth.Account
	object    string // object ID of the deployer
	providers map[string]pulumirpc.ResourceProviderServer
}

// noClusters replaces the processes of clusters.
type noClusters struct{}

func (noClusters) Start(context.Context, azure.ClusterSpec) error { return nil }
func (noClusters) Delete(context.Context, string) error           { return nil }
func (noClusters) Kubeconfig(context.Context, string, bool) ([]byte, error) {
	return []byte("apiVersion: v1\nkind: Config\n"), nil
}

// newWorld starts a sandbox in a folder. Replication delays are off: a case is about answers, not
// about time.
func newWorld(ctx context.Context, dir, location string) (*world, error) {
	w := &world{providers: map[string]pulumirpc.ResourceProviderServer{}}
	var handler func(string) http.Handler
	w.transport = func(host string) http.Handler { return handler(host) }
	a, err := azure.Open(ctx, azure.Options{
		Dir: filepath.Join(dir, "azure"), Clusters: noClusters{}, HTTP: &http.Client{Transport: w.transport},
		Profile: azure.Profile{FederatedCredentialWriteWindow: -1, PrincipalReplicationDelay: -1},
		Log:     slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	w.azure, handler = a, a.Handler
	if err := w.configure(ctx, dir, location); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return w, nil
}

// newProviders returns the providers alone, without a login.
func newProviders(context.Context, string, string) (*world, error) {
	w := &world{login: &auth.Account{}, providers: map[string]pulumirpc.ResourceProviderServer{}}
	for name, create := range constructors {
		p, err := create(bridge.Options{})
		if err != nil {
			return nil, err
		}
		w.providers[name] = bridge.NewServer(p)
	}
	return w, nil
}

var constructors = map[string]func(bridge.Options) (*bridge.Provider, error){"azure-native": native.New, "azuread": entra.New}

func (w *world) configure(ctx context.Context, dir, location string) error {
	assertion, err := w.azure.DeployerAssertion(time.Hour)
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "deployer.jwt")
	if err := os.WriteFile(file, []byte(assertion), 0o600); err != nil {
		return err
	}
	account := w.azure.Account()
	vars := map[string]string{
		"ARM_CLIENT_ID": account.Deployer.ClientID, "ARM_TENANT_ID": account.TenantID,
		"ARM_SUBSCRIPTION_ID": account.SubscriptionID, "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN_FILE_PATH": file,
	}
	getenv := func(name string) string { return vars[name] }
	if w.login, err = auth.New(auth.Options{Provider: "conformance", Getenv: getenv, Transport: w.transport, NeedsSubscription: true}); err != nil {
		return err
	}
	w.object = account.Deployer.ObjectID
	options := bridge.Options{
		Getenv: getenv, Transport: w.transport, Retry: policy.RetryOptions{MaxRetries: 1, RetryDelay: time.Millisecond},
	}
	for name, create := range constructors {
		p, err := create(options)
		if err != nil {
			return err
		}
		settings := map[string]any{}
		if name == "azure-native" && location != "" {
			settings["location"] = location
		}
		if w.providers[name], err = connect(ctx, p, settings); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// connect returns the server of a provider after the calls with which the engine begins.
func connect(ctx context.Context, p *bridge.Provider, settings map[string]any) (pulumirpc.ResourceProviderServer, error) {
	server := bridge.NewServer(p)
	if _, err := server.Handshake(ctx, &pulumirpc.ProviderHandshakeRequest{}); err != nil {
		return nil, err
	}
	args, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(settings), wire)
	if err != nil {
		return nil, err
	}
	_, err = server.Configure(ctx, &pulumirpc.ConfigureRequest{
		Args: args, AcceptSecrets: true, AcceptResources: true, SendsOldInputs: true, SendsOldInputsToDelete: true,
	})
	return server, err
}

// wire are the options with which the engine marshals properties.
var wire = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}

func (w *world) close() error {
	if w.azure == nil {
		return nil
	}
	return w.azure.Close()
}
