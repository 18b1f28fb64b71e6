// Package directory keeps the Entra directory of the sandbox's one tenant: applications, service
// principals, groups, and the federated identity credentials that the token endpoint matches
// assertions against.
//
// Microsoft Graph (applications), the managed identity resource provider (user-assigned identities)
// and AKS (its own identities) write here; the token endpoint and the role checks read here.
package directory

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// Kinds of service principal, as in servicePrincipalType of Graph.
const (
	KindApplication     = "Application"
	KindManagedIdentity = "ManagedIdentity"
)

// ServicePrincipal is a principal to which roles are assigned and for which tokens are issued.
type ServicePrincipal struct {
	// ID is the object ID: principalId of role assignments, oid of tokens.
	ID string `json:"id"`
	// AppID is the client ID: annotation of service accounts, appid of tokens.
	AppID       string    `json:"appId"`
	DisplayName string    `json:"displayName"`
	Kind        string    `json:"kind"`
	Created     time.Time `json:"created"`
	// ResourceID is the ARM ID of the managed identity; "" for an application.
	ResourceID string   `json:"resourceId,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Disabled   bool     `json:"disabled,omitempty"`
	// AssignmentRequired is appRoleAssignmentRequired of Graph.
	AssignmentRequired bool     `json:"assignmentRequired,omitempty"`
	Description        string   `json:"description,omitempty"`
	Notes              string   `json:"notes,omitempty"`
	LoginURL           string   `json:"loginUrl,omitempty"`
	AlternativeNames   []string `json:"alternativeNames,omitempty"`
	// GraphRoles are application permissions for Microsoft Graph, such as
	// Application.ReadWrite.All.
	GraphRoles []string `json:"graphRoles,omitempty"`
	// Owners are the object IDs of users and service principals.
	Owners []string `json:"owners,omitempty"`
}

// Application is an app registration.
type Application struct {
	// ID is the object ID, under which Graph keeps the federated credentials.
	ID string `json:"id"`
	// AppID is the client ID.
	AppID          string    `json:"appId"`
	DisplayName    string    `json:"displayName"`
	Description    string    `json:"description,omitempty"`
	Notes          string    `json:"notes,omitempty"`
	Audience       string    `json:"audience"` // signInAudience
	Tags           []string  `json:"tags,omitempty"`
	IdentifierURIs []string  `json:"identifierUris,omitempty"`
	Created        time.Time `json:"created"`
	Owners         []string  `json:"owners,omitempty"` // as of a service principal
	// Deleted is the time of the soft deletion, which becomes permanent after 30 days.
	Deleted *time.Time `json:"deleted,omitempty"`
}

// Credential is a federated identity credential.
type Credential struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Issuer      string    `json:"issuer"`
	Subject     string    `json:"subject"`
	Audiences   []string  `json:"audiences"`
	Description string    `json:"description,omitempty"`
	Created     time.Time `json:"created"`
}

// AddManagedIdentity creates the service principal of a managed identity with new IDs. After an
// identity was deleted and created again, old role assignments and annotations therefore name IDs
// that no longer exist, as in Azure.
func AddManagedIdentity(tx *store.Tx, name, resourceID string, now time.Time) (ServicePrincipal, error) {
	sp := ServicePrincipal{
		ID: uuid.NewString(), AppID: uuid.NewString(), DisplayName: name,
		Kind: KindManagedIdentity, ResourceID: resourceID, Created: now,
	}
	return sp, tx.Put(store.Principals, sp.ID, sp)
}

// Principal reads a service principal by object ID; nil if there is none.
func Principal(tx *store.Tx, objectID string) (*ServicePrincipal, error) {
	var sp ServicePrincipal
	ok, err := tx.Get(store.Principals, strings.ToLower(objectID), &sp)
	if err != nil || !ok {
		return nil, err
	}
	return &sp, nil
}

// PrincipalByAppID reads a service principal by client ID; nil if there is none.
func PrincipalByAppID(tx *store.Tx, appID string) (*ServicePrincipal, error) {
	all, err := store.List[ServicePrincipal](tx, store.Principals, "")
	if err != nil {
		return nil, fmt.Errorf("list service principals: %w", err)
	}
	for _, sp := range all {
		if strings.EqualFold(sp.AppID, appID) {
			return &sp, nil
		}
	}
	return nil, nil
}

// RemovePrincipal removes a service principal and, for a managed identity, its federated
// credentials. Role assignments stay, as in Azure, and name a principal that no longer exists.
func RemovePrincipal(tx *store.Tx, objectID string) error {
	sp, err := Principal(tx, objectID)
	if err != nil || sp == nil {
		return err
	}
	if sp.Kind == KindManagedIdentity {
		if err := RemoveCredentials(tx, sp.AppID); err != nil {
			return err
		}
	}
	return tx.Delete(store.Principals, sp.ID)
}

// ApplicationByAppID reads an application by client ID; nil if there is none or it is soft-deleted.
func ApplicationByAppID(tx *store.Tx, appID string) (*Application, error) {
	all, err := store.List[Application](tx, store.Applications, "")
	if err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	for _, a := range all {
		if a.Deleted == nil && strings.EqualFold(a.AppID, appID) {
			return &a, nil
		}
	}
	return nil, nil
}

// GetApplication reads an application by object ID, soft-deleted or not; nil if there is none.
func GetApplication(tx *store.Tx, objectID string) (*Application, error) {
	var a Application
	ok, err := tx.Get(store.Applications, strings.ToLower(objectID), &a)
	if err != nil || !ok {
		return nil, err
	}
	return &a, nil
}

func credentialKey(appID, name string) string {
	return strings.ToLower(appID) + "/" + strings.ToLower(name)
}

// Credentials lists the federated credentials of an application or managed identity, in name order.
func Credentials(tx *store.Tx, appID string) ([]Credential, error) {
	return store.List[Credential](tx, store.Credentials, credentialKey(appID, ""))
}

// PutCredential writes a federated credential under its name.
func PutCredential(tx *store.Tx, appID string, c Credential) error {
	return tx.Put(store.Credentials, credentialKey(appID, c.Name), c)
}

// RemoveCredential removes a federated credential by name. It is no error if there is none.
func RemoveCredential(tx *store.Tx, appID, name string) error {
	return tx.Delete(store.Credentials, credentialKey(appID, name))
}

// RemoveCredentials removes every federated credential of an application or managed identity.
func RemoveCredentials(tx *store.Tx, appID string) error {
	for _, key := range tx.Keys(store.Credentials, credentialKey(appID, "")) {
		if err := tx.Delete(store.Credentials, key); err != nil {
			return err
		}
	}
	return nil
}
