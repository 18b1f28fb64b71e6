package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/directory"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

// Application permissions of Graph
// (https://learn.microsoft.com/graph/permissions-reference#application-permissions).
const (
	// RoleManage allows a caller to manage every application and service principal.
	RoleManage = "Application.ReadWrite.All"
	// RoleManageOwned allows it to create applications and to manage those that it owns.
	RoleManageOwned = "Application.ReadWrite.OwnedBy"
	// RoleRead allows it to read them.
	RoleRead = "Application.Read.All"
)

// The template ids of Entra roles
// (https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference).
const (
	// RoleGlobalAdministrator, RoleApplicationAdministrator and RoleCloudApplicationAdministrator
	// manage every application. Who has one of them is not made the owner of what it creates.
	RoleGlobalAdministrator           = "62e90394-69f5-4237-9190-012177145e10"
	RoleApplicationAdministrator      = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
	RoleCloudApplicationAdministrator = "158c047a-c907-4556-b7ef-446551a6b5f7"
	// RoleApplicationDeveloper creates applications where ordinary users may not, and owns them.
	RoleApplicationDeveloper = "cf1c38e5-3621-4004-a7cb-879624dced7c"
)

// caller is who sent a request: an application, or a user with a client such as the Azure CLI that
// may do what the user may.
type caller struct {
	id    string // object ID
	user  bool
	roles []string // application permissions of an application, roles of a user
}

func callerOf(c token.Claims) caller {
	if c.IDType == token.TypeUser {
		return caller{id: c.ObjectID, user: true, roles: c.DirectoryRoles}
	}
	return caller{id: c.ObjectID, roles: c.Roles}
}

func (c caller) has(roles ...string) bool {
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(c.roles, r) })
}

// managesAll reports whether the caller may change every application.
func (c caller) managesAll() bool {
	if c.user {
		return c.has(RoleGlobalAdministrator, RoleApplicationAdministrator, RoleCloudApplicationAdministrator)
	}
	return c.has(RoleManage)
}

// mayRead reports whether the caller may read. With Application.ReadWrite.OwnedBy it reads every
// application, as with Application.Read.All (permissions reference, remarks about that permission).
func (c caller) mayRead() bool {
	return c.user || c.has(RoleManage, RoleManageOwned, RoleRead)
}

// mayCreate reports whether the caller may create applications, in a tenant with these settings.
func (c caller) mayCreate(s directory.Settings) bool {
	if c.user {
		return !s.UsersMayNotRegister || c.managesAll() || c.has(RoleApplicationDeveloper)
	}
	return c.has(RoleManage, RoleManageOwned)
}

// ownsNew reports whether the caller becomes the owner of what it creates. Entra's reference of
// roles says it of users, with the exception of administrators. An application that may change only
// what it owns is made the owner; that one with Application.ReadWrite.All is not is inferred, as no
// document says so.
func (c caller) ownsNew() bool { return !c.managesAll() }

// mayChange reports whether the caller may change and delete an object with these owners.
func (c caller) mayChange(owners []string) bool {
	return c.managesAll() || (c.user || c.has(RoleManageOwned)) && isOwner(owners, c.id)
}

// mayAddOwner reports whether the caller may make somebody the owner of an object with these
// owners. Application.ReadWrite.OwnedBy does not suffice
// (https://learn.microsoft.com/graph/api/application-post-owners, note below the permissions).
func (c caller) mayAddOwner(owners []string) bool {
	return c.managesAll() || c.user && isOwner(owners, c.id)
}

func isOwner(owners []string, id string) bool {
	return slices.ContainsFunc(owners, func(o string) bool { return strings.EqualFold(o, id) })
}

// denied returns Graph's error for a caller that lacks a right. It names neither the right nor the
// object.
func denied() *failure {
	return failf(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}

// ownApplication reads an application that the caller may change.
func (c *call) ownApplication(tx *store.Tx, id string) (*directory.Application, error) {
	a, err := findApplication(tx, id)
	if err == nil && !c.caller.mayChange(a.Owners) {
		return nil, denied()
	}
	return a, err
}

// ownPrincipal reads a service principal that the caller may change.
func (c *call) ownPrincipal(tx *store.Tx, id string) (*directory.ServicePrincipal, error) {
	sp, err := findPrincipal(tx, id)
	if err == nil && !c.caller.mayChange(sp.Owners) {
		return nil, denied()
	}
	return sp, err
}
