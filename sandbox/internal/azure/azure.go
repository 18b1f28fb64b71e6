// Package azure is the sandbox's stand-in for Azure: Azure Resource Manager, Entra ID, Microsoft
// Graph, Key Vault and Blob Storage under their real host names, for one tenant with one
// subscription. It answers like Azure and refuses what Azure refuses. It also refuses requests,
// types and properties that it does not implement.
//
// The packages: store keeps the state; resource, directory and rbac hold what all others share
// about resources, principals and roles; token signs and checks tokens; entra, graph, vault, blob
// and arm each serve one kind of host; the packages below arm are the resource providers.
package azure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/accounts"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/clusters"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/compute"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/groups"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/identities"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/keyvaults"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/networks"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/policies"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/registries"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/roles"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/sqlservers"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/workspaces"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm/zones"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/blob"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/entra"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/graph"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/vault"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

// Options configures Open.
type Options struct {
	// Dir is the folder of the state file. Open creates it with mode 0700 if it does not exist.
	Dir string
	// Clusters runs the AKS clusters.
	Clusters ClusterRuntime
	// HTTP is the client with which Entra fetches the discovery documents and keys of OIDC issuers,
	// under their real host names.
	HTTP *http.Client
	// Now is the clock for all recorded times and all expiries; nil means time.Now.
	Now func() time.Time
	// Profile sets latencies.
	Profile Profile
	// Faults has the delays and the failures of operations that are set while the Azure runs; nil:
	// none.
	Faults *fault.Set
	// Log receives log lines, which never contain a token or a secret; nil means slog.Default().
	Log *slog.Logger
}

// Azure is an open state file with the servers that work on it.
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

// Open opens the state file. The first time, it also creates the tenant, subscription, deployer and
// signing keys. It starts no cluster: Resume does.
func Open(_ context.Context, o Options) (*Azure, error) {
	if o.Clusters == nil || o.HTTP == nil {
		return nil, errors.New("azure: Options.Clusters and Options.HTTP are required")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Log = cmp.Or(o.Log, slog.Default())
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
	if err := loadStrictness(s); err != nil {
		return nil, err
	}
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
	profile := func() Profile { return o.Profile.withDefaults().with(o.Faults.Delays()) }
	authority := token.Authority{Key: entraKey, TenantID: account.TenantID, Now: o.Now}
	checker := rbac.Checker{Now: o.Now, EffectDelay: func() time.Duration { return profile().RoleEffectDelay }}
	core := &arm.Core{
		Store: s, Authority: authority, Checker: checker, Now: o.Now, Log: o.Log,
		SubscriptionID: account.SubscriptionID, Fault: o.Faults.Operation,
	}
	core.Start()
	a := &Azure{
		store: s, account: account, core: core,
		local:  token.Local{Key: localKey, URL: localIssuer, Now: o.Now},
		groups: groups.Register(core),
		clusters: clusters.Register(core, o.Clusters, func() clusters.Delays {
			return clusters.Delays{Create: profile().ClusterCreateDelay, IssuerURL: profile().IssuerURLDelay}
		}),
		vaults: &vault.Server{Store: s, Authority: authority, Checker: checker, Now: o.Now, Log: o.Log},
		blobs:  &blob.Server{Store: s, Authority: authority, Checker: checker, Now: o.Now, Log: o.Log},
	}
	zones.Register(core)
	identities.Register(core, func() identities.Delays {
		return identities.Delays{Write: profile().FederatedCredentialWriteWindow, Replication: profile().IdentityReplicationDelay}
	})
	roles.Register(core, func() time.Duration { return profile().PrincipalReplicationDelay })
	keyvaults.Register(core)
	accounts.Register(core)
	registries.Register(core)
	workspaces.Register(core)
	sqlservers.Register(core)
	networks.Register(core)
	compute.Register(core, a.clusters.Usage)
	policies.Register(core)
	a.hosts = map[string]http.Handler{
		arm.Host: core,
		entra.Host: &entra.Server{
			Store: s, Authority: authority, HTTP: o.HTTP, Now: o.Now, Log: o.Log,
			CredentialDelay: func() time.Duration { return profile().CredentialReplicationDelay },
		},
		graph.Host:      &graph.Server{Store: s, Authority: authority, Now: o.Now, Log: o.Log},
		LocalIssuerHost: a.local,
	}
	return a, nil
}

// Resume continues the operations that a previous daemon did not finish and starts every managed
// cluster, in parallel. It returns when all of them are ready. The error names the clusters that
// could not be started; everything else works.
func (a *Azure) Resume(ctx context.Context) error {
	return errors.Join(a.groups.Resume(), a.clusters.Resume(ctx))
}

// Handler returns the server for a host name (lower case, without port), or nil if the host is not
// one of Azure's.
func (a *Azure) Handler(host string) http.Handler {
	for domain, handler := range map[string]http.Handler{vault.Domain: a.vaults, blob.Domain: a.blobs} {
		if name, ok := strings.CutSuffix(host, domain); ok && name != "" && !strings.Contains(name, ".") {
			return handler
		}
	}
	return a.hosts[host]
}

// Account returns the tenant, subscription and deployer.
func (a *Azure) Account() Account { return a.account }

// DeployerAssertion signs a token with which its holder can sign in as the deployer until the
// lifetime has passed.
func (a *Azure) DeployerAssertion(lifetime time.Duration) (string, error) {
	d := a.account.Deployer
	return a.local.Assertion(d.Subject, d.Audience, lifetime)
}

// UserToken creates a user with Entra roles, by their template ids, and returns the user's object
// id and an access token for the resource, as a person gets one by the Azure CLI. Users cannot sign
// in over HTTP, as the sandbox has no passwords.
func (a *Azure) UserToken(name string, roles []string, resource string) (objectID, accessToken string, err error) {
	user := directory.User{ID: uuid.NewString(), Name: name, Roles: roles}
	if err := a.store.Update(func(tx *store.Tx) error { return directory.PutUser(tx, user) }); err != nil {
		return "", "", fmt.Errorf("azure: create user %s: %w", name, err)
	}
	accessToken, err = a.core.Authority.IssueUser(user, resource)
	return user.ID, accessToken, err
}

// Close stops the background work and closes the state file. The next Resume continues the
// operations that Close interrupts.
func (a *Azure) Close() error {
	a.core.Stop()
	return a.store.Close()
}
