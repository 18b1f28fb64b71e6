package arm

import (
	"net/http"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/token"
)

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

// actionName is the name under which role definitions allow the operation.
func actionName(t *Type, method, action string) string {
	name := t.Name
	if name == resource.TypeGroup {
		name = "Microsoft.Resources/subscriptions/resourceGroups" // ARM's own name for it in role definitions
	}
	if action != "" {
		return name + "/" + action + "/action"
	}
	return name + "/" + verb(method)
}

// authorise refuses a caller to whom no role at the scope or above allows the action.
func (c *Core) authorise(caller token.Claims, scope, action string) error {
	return c.Store.View(func(tx *store.Tx) error { return c.Authorise(tx, caller, scope, action) })
}

// Authorise is the check that the front makes, for providers that touch a second resource.
func (c *Core) Authorise(tx *store.Tx, caller token.Claims, scope, action string) error {
	ok, err := c.Checker.May(tx, caller.ObjectID, scope, action)
	if err != nil || ok {
		return err
	}
	return Errorf(http.StatusForbidden, "AuthorizationFailed",
		"The client '%s' with object id '%s' does not have authorization to perform action '%s' over scope '%s' or the scope is invalid. If access was recently granted, please refresh your credentials.",
		caller.AppID, caller.ObjectID, action, strings.TrimRight(scope, "/"))
}
