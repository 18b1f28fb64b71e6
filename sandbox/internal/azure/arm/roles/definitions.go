package roles

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// TypeDefinition is the type token of role definitions.
const TypeDefinition = "Microsoft.Authorization/roleDefinitions"

var definitionVersions = []string{"2015-07-01", "2018-01-01-preview", "2018-07-01", "2022-04-01", "2022-05-01-preview"}

// Kinds of role, as properties.type.
const (
	builtInRole = "BuiltInRole"
	customRole  = "CustomRole"
)

// DefinitionBody is a role definition as the API shows and takes it.
type DefinitionBody struct {
	ID         string                `json:"id,omitempty"`
	Name       string                `json:"name,omitempty"`
	Type       string                `json:"type,omitempty"`
	Properties *DefinitionProperties `json:"properties,omitempty"`
}

// DefinitionProperties say what a role allows. Who and when are read-only.
type DefinitionProperties struct {
	RoleName         string       `json:"roleName"`
	Type             string       `json:"type"`
	Description      string       `json:"description"`
	AssignableScopes []string     `json:"assignableScopes"`
	Permissions      []Permission `json:"permissions"`
	CreatedOn        *time.Time   `json:"createdOn,omitempty"`
	UpdatedOn        *time.Time   `json:"updatedOn,omitempty"`
	CreatedBy        string       `json:"createdBy,omitempty"`
	UpdatedBy        string       `json:"updatedBy,omitempty"`
}

// Permission is one set of action patterns.
type Permission = rbac.Permission

func definitionMissing(status int, id string) *arm.Error {
	return arm.Errorf(status, "RoleDefinitionDoesNotExist", "The specified role definition with ID '%s' does not exist.", strings.ReplaceAll(id, "-", ""))
}

func definitionExists(tx *store.Tx, id string) (bool, error) {
	role, err := rbac.Find(tx, id[strings.LastIndex(id, "/")+1:])
	return role != nil, err
}

// DefinitionID is the ID that Azure answers with for a role: at the subscription of the request, whatever the scope
// inside it, and without one at the level of the tenant (hashicorp/terraform-provider-azurerm#13993).
func DefinitionID(subscription, id string) string {
	if subscription != "" {
		subscription = "/subscriptions/" + subscription
	}
	return subscription + "/providers/" + TypeDefinition + "/" + id
}

func (p *Provider) renderDefinition(tx *store.Tx, path string) (any, error) {
	id, err := resource.ParseID(path)
	if err != nil {
		return nil, err
	}
	if d, ok := rbac.Builtin(id.Name()); ok {
		return showBuiltin(id.Subscription, d), nil
	}
	c, err := rbac.FindCustom(tx, id.Name())
	if err != nil || c == nil {
		return nil, err
	}
	return showCustom(id.Subscription, *c), nil
}

func list(s []string) []string { return append([]string{}, s...) } // never null

func showBuiltin(subscription string, d rbac.Definition) DefinitionBody {
	return DefinitionBody{
		ID: DefinitionID(subscription, d.ID), Name: d.ID, Type: TypeDefinition,
		Properties: &DefinitionProperties{
			RoleName: d.Name, Type: builtInRole, Description: d.Description, AssignableScopes: []string{"/"},
			Permissions: []Permission{{
				Actions: list(d.Actions), NotActions: list(d.NotActions), DataActions: list(d.DataActions), NotDataActions: list(d.NotDataActions),
			}},
		},
	}
}

func showCustom(subscription string, c rbac.Custom) DefinitionBody {
	return DefinitionBody{
		ID: DefinitionID(subscription, c.ID), Name: c.ID, Type: TypeDefinition,
		Properties: &DefinitionProperties{
			RoleName: c.Name, Type: customRole, Description: c.Description, AssignableScopes: c.AssignableScopes, Permissions: c.Permissions,
			CreatedOn: &c.Created, UpdatedOn: &c.Changed, CreatedBy: c.CreatedBy, UpdatedBy: c.ChangedBy,
		},
	}
}

var definitionFilter = regexp.MustCompile(`(?i)^(roleName|type) eq '(.*)'$`)

// listDefinitions answers all built-in roles and the custom roles that can be assigned at the scope, with
// atScopeAndBelow() also those that can be assigned inside it
// (https://learn.microsoft.com/azure/role-based-access-control/role-definitions-list#rest-api). A filter on roleName or
// type leaves those that fit.
func (p *Provider) listDefinitions(r *arm.Request) (arm.Response, error) {
	field, value, below := "", "", false
	if filter := strings.TrimSpace(r.URL.Query().Get("$filter")); filter != "" {
		for _, term := range strings.Split(filter, " and ") {
			match := definitionFilter.FindStringSubmatch(strings.TrimSpace(term))
			switch {
			case strings.EqualFold(strings.TrimSpace(term), atScope):
			case strings.EqualFold(strings.TrimSpace(term), "atScopeAndBelow()"):
				below = true
			case match != nil:
				field, value = strings.ToLower(match[1]), strings.ReplaceAll(match[2], "''", "'")
			default:
				return arm.Response{}, arm.Errorf(http.StatusBadRequest, "UnsupportedQuery", "The filter '%s' is not supported. Supported filters are either 'atScope()' or 'roleName eq '{value}'' or 'type eq '{value}''.", filter)
			}
		}
	}
	var items []any
	err := p.core.Store.View(func(tx *store.Tx) error {
		customs, err := rbac.Customs(tx)
		if err != nil {
			return err
		}
		found := make([]DefinitionBody, 0, len(customs))
		for _, d := range rbac.Builtins() {
			found = append(found, showBuiltin(r.ID.Subscription, d))
		}
		for _, c := range customs {
			inside := below && slices.ContainsFunc(c.AssignableScopes, func(s string) bool { return rbac.Contains(r.ID.Scope, s) })
			if inside || c.AssignableAt(r.ID.Scope) {
				found = append(found, showCustom(r.ID.Subscription, c))
			}
		}
		for _, d := range found {
			if field == "rolename" && !strings.EqualFold(d.Properties.RoleName, value) || field == "type" && !strings.EqualFold(d.Properties.Type, value) {
				continue
			}
			items = append(items, d)
		}
		return nil
	})
	if err != nil {
		return arm.Response{}, fmt.Errorf("list role definitions: %w", err)
	}
	return arm.List(items), nil
}
