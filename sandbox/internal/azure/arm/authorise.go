package arm

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

// verb returns the last part of the action for a method.
func verb(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead:
		return "read"
	case http.MethodDelete:
		return "delete"
	case http.MethodPost:
		return "action"
	default:
		return "write"
	}
}

// actionName returns the action by which role definitions allow the operation.
func actionName(t *Type, method, action string) string {
	name := t.Name
	if name == resource.TypeGroup {
		// Role definitions write the type of resource groups like this.
		name = "Microsoft.Resources/subscriptions/resourceGroups"
	}
	if action != "" {
		return name + "/" + action + "/action"
	}
	return name + "/" + verb(method)
}

// usedActions notes which actions callers were allowed and used, since the start of the daemon.
type usedActions struct {
	mu       sync.Mutex
	byCaller map[string]map[string]bool
}

func (u *usedActions) add(objectID, action string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.byCaller == nil {
		u.byCaller = map[string]map[string]bool{}
	}
	if u.byCaller[objectID] == nil {
		u.byCaller[objectID] = map[string]bool{}
	}
	u.byCaller[objectID][action] = true
}

// UsedActions lists the actions of the control plane that a caller has used since the daemon
// started, sorted: what a role for it needs.
func (c *Core) UsedActions(objectID string) []string {
	c.used.mu.Lock()
	defer c.used.mu.Unlock()
	return slices.Sorted(maps.Keys(c.used.byCaller[objectID]))
}

// authorise calls Authorise in a transaction.
func (c *Core) authorise(caller token.Claims, scope, action string) error {
	return c.Store.View(func(tx *store.Tx) error { return c.Authorise(tx, caller, scope, action) })
}

// Authorise refuses a caller to whom no role at the scope or above allows the action. Providers
// call it for the further resources that a request touches; ServeHTTP has called it for the
// resource of the request.
func (c *Core) Authorise(tx *store.Tx, caller token.Claims, scope, action string) error {
	ok, err := c.Checker.May(tx, caller.ObjectID, scope, action)
	if err != nil {
		return err
	}
	if ok {
		c.used.add(caller.ObjectID, action)
		return nil
	}
	return Errorf(http.StatusForbidden, "AuthorizationFailed",
		"The client '%s' with object id '%s' does not have authorization to perform action '%s' over scope '%s' or the scope is invalid. If access was recently granted, please refresh your credentials.",
		caller.AppID, caller.ObjectID, action, strings.TrimRight(scope, "/"))
}
