package azure

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/graph"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// LocalIssuerHost is the host name of the sandbox's OIDC issuer.
const LocalIssuerHost = "oidc.sandbox.invalid"

const localIssuer = "https://" + LocalIssuerHost + "/"

// Account holds what a client needs to work with this Azure. Open creates it together with the
// state file; it never changes.
type Account struct {
	TenantID       string   `json:"tenantId"`
	SubscriptionID string   `json:"subscriptionId"`
	Deployer       Deployer `json:"deployer"`
}

// Deployer is the service principal that deploys programs. It is Owner of the subscription and may
// manage applications. It signs in with a token of the sandbox's OIDC issuer instead of a secret.
type Deployer struct {
	ClientID string `json:"clientId"`
	ObjectID string `json:"objectId"`
	Issuer   string `json:"issuer"`
	Subject  string `json:"subject"`
	Audience string `json:"audience"`
}

const (
	accountKey = "account"
	ownerRole  = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
)

// openAccount reads the account, or creates it in a new state file.
func openAccount(s *store.Store, now time.Time) (Account, error) {
	var a Account
	err := s.Update(func(tx *store.Tx) error {
		if ok, err := tx.Get(store.Meta, accountKey, &a); ok || err != nil {
			return err
		}
		a = Account{
			TenantID: uuid.NewString(), SubscriptionID: uuid.NewString(),
			Deployer: Deployer{
				ClientID: uuid.NewString(), ObjectID: uuid.NewString(),
				Issuer: localIssuer, Subject: "sandbox:deployer", Audience: azure.AudiencePublic,
			},
		}
		if err := createDeployer(tx, a, now); err != nil {
			return err
		}
		return tx.Put(store.Meta, accountKey, a)
	})
	if err != nil {
		return Account{}, fmt.Errorf("open account: %w", err)
	}
	return a, nil
}

// createDeployer stores the deployer's application, service principal, federated identity
// credential and role assignment.
func createDeployer(tx *store.Tx, a Account, now time.Time) error {
	const name = "sandbox-deployer"
	app := directory.Application{
		ID: uuid.NewString(), AppID: a.Deployer.ClientID, DisplayName: name, Audience: "AzureADMyOrg", Created: now,
	}
	if err := tx.Put(store.Applications, app.ID, app); err != nil {
		return err
	}
	sp := directory.ServicePrincipal{
		ID: a.Deployer.ObjectID, AppID: app.AppID, DisplayName: name, Kind: directory.KindApplication, Created: now,
		GraphRoles: []string{graph.RoleManage},
	}
	if err := tx.Put(store.Principals, sp.ID, sp); err != nil {
		return err
	}
	err := directory.PutCredential(tx, app.AppID, directory.Credential{
		ID: uuid.NewString(), Name: "sandbox", Created: now,
		Issuer: a.Deployer.Issuer, Subject: a.Deployer.Subject, Audiences: []string{a.Deployer.Audience},
	})
	if err != nil {
		return err
	}
	return assignDeployer(tx, a, ownerRole, now)
}

// assignDeployer gives the deployer a role at the subscription.
func assignDeployer(tx *store.Tx, a Account, role string, now time.Time) error {
	scope := "/subscriptions/" + a.SubscriptionID
	assignment := uuid.NewString()
	// The deployer has had its role for long: a delay until roles have an effect is not about it.
	now = now.Add(-24 * time.Hour)
	return resource.Save(tx, &rbac.Stored{
		Header: resource.Header{
			ID: rbac.AssignmentID(scope, assignment), Name: assignment, Type: resource.TypeRoleAssignment,
			State: resource.Succeeded, Created: now, Changed: now,
		},
		Body: rbac.Assignment{Scope: scope, RoleID: role, PrincipalID: a.Deployer.ObjectID, PrincipalType: "ServicePrincipal"},
	})
}
