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

var definitionVersions = []string{
	"2015-07-01", "2018-01-01-preview", "2018-07-01", "2022-04-01", "2022-05-01-preview",
}

// Values of properties.type.
const (
	builtInRole = "BuiltInRole"
	customRole  = "CustomRole"
)

// DefinitionBody is a role definition in the form of the API.
type DefinitionBody struct {
	ID         string                `json:"id,omitempty"`
	Name       string                `json:"name,omitempty"`
	Type       string                `json:"type,omitempty"`
	Properties *DefinitionProperties `json:"properties,omitempty"`
}

// DefinitionProperties are the properties of a role definition. Those after permissions are
// read-only.
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

// DefinitionID returns the ID of a role as Azure shows it: in the subscription of the request for
// every scope inside it, and without a subscription at tenant level
// (hashicorp/terraform-provider-azurerm#13993).
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

// notNull returns a copy that JSON shows as an array, never as null.
func notNull(s []string) []string { return append([]string{}, s...) }

func showBuiltin(subscription string, d rbac.Definition) DefinitionBody {
	return DefinitionBody{
		ID: DefinitionID(subscription, d.ID), Name: d.ID, Type: TypeDefinition,
		Properties: &DefinitionProperties{
			RoleName: d.Name, Type: builtInRole, Description: d.Description, AssignableScopes: []string{"/"},
			Permissions: []Permission{{
				Actions: notNull(d.Actions), NotActions: notNull(d.NotActions),
				DataActions: notNull(d.DataActions), NotDataActions: notNull(d.NotDataActions),
			}},
		},
	}
}

func showCustom(subscription string, c rbac.Custom) DefinitionBody {
	return DefinitionBody{
		ID: DefinitionID(subscription, c.ID), Name: c.ID, Type: TypeDefinition,
		Properties: &DefinitionProperties{
			RoleName: c.Name, Type: customRole, Description: c.Description,
			AssignableScopes: c.AssignableScopes, Permissions: c.Permissions,
			CreatedOn: &c.Created, UpdatedOn: &c.Changed, CreatedBy: c.CreatedBy, UpdatedBy: c.ChangedBy,
		},
	}
}

var definitionFilter = regexp.MustCompile(`(?i)^(roleName|type) eq '(.*)'$`)

// listFilter is the $filter of a list of role definitions.
type listFilter struct {
	field, value string // rolename or type; "" for all roles
	below        bool   // includes roles that can be assigned below the scope
}

func readListFilter(text string) (listFilter, error) {
	var f listFilter
	text = strings.TrimSpace(text)
	if text == "" {
		return f, nil
	}
	for _, term := range strings.Split(text, " and ") {
		term = strings.TrimSpace(term)
		match := definitionFilter.FindStringSubmatch(term)
		switch {
		case strings.EqualFold(term, atScope):
		case strings.EqualFold(term, "atScopeAndBelow()"):
			f.below = true
		case match != nil:
			f.field, f.value = strings.ToLower(match[1]), strings.ReplaceAll(match[2], "''", "'")
		default:
			return f, arm.Errorf(http.StatusBadRequest, "UnsupportedQuery", "The filter '%s' is not supported. Supported filters are either 'atScope()' or 'roleName eq '{value}'' or 'type eq '{value}''.", text)
		}
	}
	return f, nil
}

// matches reports whether the name or type of the role is the one that the filter asks for.
func (f listFilter) matches(p *DefinitionProperties) bool {
	switch f.field {
	case "rolename":
		return strings.EqualFold(p.RoleName, f.value)
	case "type":
		return strings.EqualFold(p.Type, f.value)
	}
	return true
}

// listDefinitions serves the list of role definitions: all built-in roles and the custom roles that
// can be assigned at the scope, with atScopeAndBelow() also those that can be assigned below it
// (https://learn.microsoft.com/azure/role-based-access-control/role-definitions-list#rest-api). A
// filter on roleName or type selects among them.
func (p *Provider) listDefinitions(r *arm.Request) (arm.Response, error) {
	filter, err := readListFilter(r.URL.Query().Get("$filter"))
	if err != nil {
		return arm.Response{}, err
	}
	var customs []rbac.Custom
	err = p.core.Store.View(func(tx *store.Tx) (err error) {
		customs, err = rbac.Customs(tx)
		return err
	})
	if err != nil {
		return arm.Response{}, fmt.Errorf("list role definitions: %w", err)
	}
	var found []DefinitionBody
	for _, d := range rbac.Builtins() {
		found = append(found, showBuiltin(r.ID.Subscription, d))
	}
	for _, c := range customs {
		below := filter.below && slices.ContainsFunc(c.AssignableScopes, func(s string) bool { return rbac.Contains(r.ID.Scope, s) })
		if below || c.AssignableAt(r.ID.Scope) {
			found = append(found, showCustom(r.ID.Subscription, c))
		}
	}
	var items []any
	for _, d := range found {
		if filter.matches(d.Properties) {
			items = append(items, d)
		}
	}
	return arm.List(items), nil
}
