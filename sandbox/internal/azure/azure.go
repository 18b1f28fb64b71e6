// Package azure is the sandbox's stand-in for Azure: Azure Resource Manager, Entra ID, Microsoft Graph, Key Vault and
// Blob Storage under their real host names, for one tenant with one subscription. It answers like Azure and refuses
// what Azure refuses; what it does not know, it refuses too.
//
// The tree: store keeps the state; resource, directory and rbac are what all parts share of resources, principals and
// roles; token signs and checks tokens; entra, graph, vault, blob and arm answer one kind of host each; the packages
// below arm are the resource providers.
package azure

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/accounts"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/clusters"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/groups"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/identities"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/keyvaults"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/networks"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/registries"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/roles"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/sqlservers"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/workspaces"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/zones"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/blob"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/entra"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/graph"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/vault"
)

// Options of Open.
type Options struct {
	// Dir is the folder of the state file; it is created with mode 0700 if need be.
	Dir string
	// Clusters runs the AKS clusters.
	Clusters ClusterRuntime
	// HTTP is how Entra reaches OIDC issuers, by their real host names.
	HTTP *http.Client
	// Now is the clock for everything that is recorded or expires; nil means time.Now.
	Now func() time.Time
	// Profile sets latencies.
	Profile Profile
	// Log gets what happens, never a token or a secret; nil means slog.Default().
	Log *slog.Logger
}

// Azure is an open state with the servers on it.
type Azure struct {
	store    *store.Store
	account  Account
	local    token.Local
	core     *arm.Core
	groups   *groups.Provider
	clusters *clusters.Provider
	hosts    map[string]http.Handler
	vaults   http.Handler
	blobs    http.Handler
}

// Open opens the state, and the first time creates tenant, subscription, deployer and keys. It starts nothing; see
// Resume.
func Open(_ context.Context, o Options) (*Azure, error) {
	if o.Clusters == nil || o.HTTP == nil {
		return nil, errors.New("azure: Options.Clusters and Options.HTTP are required")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("azure: create state folder: %w", err)
	}
	s, err := store.Open(filepath.Join(o.Dir, "azure.db"))
	if err != nil {
		return nil, fmt.Errorf("azure: %w", err)
	}
	a, err := assemble(s, o)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("azure: %w", err), s.Close())
	}
	return a, nil
}

func assemble(s *store.Store, o Options) (*Azure, error) {
	account, err := openAccount(s, o.Now().UTC())
	if err != nil {
		return nil, err
	}
	entraKey, err := token.LoadKey(s, "entra")
	if err != nil {
		return nil, err
	}
	localKey, err := token.LoadKey(s, "local-issuer")
	if err != nil {
		return nil, err
	}
	profile := o.Profile.withDefaults()
	authority := token.Authority{Key: entraKey, TenantID: account.TenantID, Now: o.Now}
	checker := rbac.Checker{Now: o.Now, EffectDelay: profile.RoleEffectDelay}
	core := &arm.Core{Store: s, Authority: authority, Checker: checker, Now: o.Now, Log: o.Log, SubscriptionID: account.SubscriptionID}
	core.Start()
	a := &Azure{
		store: s, account: account, core: core,
		local:    token.Local{Key: localKey, URL: localIssuer, Now: o.Now},
		groups:   groups.Register(core),
		clusters: clusters.Register(core, o.Clusters, clusters.Delays{Create: profile.ClusterCreateDelay, IssuerURL: profile.IssuerURLDelay}),
		vaults:   &vault.Server{Store: s, Authority: authority, Checker: checker, Now: o.Now, Log: o.Log},
		blobs:    &blob.Server{Store: s, Authority: authority, Checker: checker, Now: o.Now, Log: o.Log},
	}
	zones.Register(core)
	identities.Register(core, profile.FederatedCredentialWriteWindow)
	roles.Register(core, profile.PrincipalReplicationDelay)
	keyvaults.Register(core)
	accounts.Register(core)
	registries.Register(core)
	workspaces.Register(core)
	sqlservers.Register(core)
	networks.Register(core)
	a.hosts = map[string]http.Handler{
		arm.Host:        core,
		entra.Host:      &entra.Server{Store: s, Authority: authority, HTTP: o.HTTP, Now: o.Now, Log: o.Log},
		graph.Host:      &graph.Server{Store: s, Authority: authority, Now: o.Now, Log: o.Log},
		LocalIssuerHost: a.local,
	}
	return a, nil
}

// Resume takes up what a previous daemon did not finish and starts every managed cluster again, in parallel. It
// returns when the clusters are ready. The error names the clusters that could not be started; the rest works.
func (a *Azure) Resume(ctx context.Context) error {
	return errors.Join(a.groups.Resume(), a.clusters.Resume(ctx))
}

// Handler answers the server behind a host name (lower case, without port); nil if the host is not one of Azure's.
func (a *Azure) Handler(host string) http.Handler {
	for domain, handler := range map[string]http.Handler{vault.Domain: a.vaults, blob.Domain: a.blobs} {
		if name, ok := strings.CutSuffix(host, domain); ok && name != "" && !strings.Contains(name, ".") {
			return handler
		}
	}
	if h, ok := a.hosts[host]; ok {
		return h
	}
	return nil
}

// Account answers the tenant, subscription and deployer.
func (a *Azure) Account() Account { return a.account }

// DeployerAssertion makes a token that lets its holder sign in as the deployer until the lifetime has passed.
func (a *Azure) DeployerAssertion(lifetime time.Duration) (string, error) {
	d := a.account.Deployer
	return a.local.Assertion(d.Subject, d.Audience, lifetime)
}

// Close stops background work and closes the state. Operations that it interrupts are taken up by the next Resume.
func (a *Azure) Close() error {
	a.core.Stop()
	return a.store.Close()
}
