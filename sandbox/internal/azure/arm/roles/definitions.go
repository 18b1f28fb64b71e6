package roles

import (
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/arm"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/rbac"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/resource"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// TypeDefinition is the type token of role definitions.
const TypeDefinition = "Microsoft.Authorization/roleDefinitions"

var definitionVersions = []string{"2015-07-01", "2018-01-01-preview", "2018-07-01", "2022-04-01", "2022-05-01-preview"}

// DefinitionBody is a role definition as the API shows it.
type DefinitionBody struct {
	ID         string               `json:"id"`
	Name       string               `json:"name"`
	Type       string               `json:"type"`
	Properties DefinitionProperties `json:"properties"`
}

// DefinitionProperties say what a role allows.
type DefinitionProperties struct {
	RoleName         string       `json:"roleName"`
	Type             string       `json:"type"`
	Description      string       `json:"description"`
	AssignableScopes []string     `json:"assignableScopes"`
	Permissions      []Permission `json:"permissions"`
}

// Permission is one set of action patterns.
type Permission struct {
	Actions        []string `json:"actions"`
	NotActions     []string `json:"notActions"`
	DataActions    []string `json:"dataActions"`
	NotDataActions []string `json:"notDataActions"`
}

func definitionMissing(status int, id string) *arm.Error {
	return arm.Errorf(status, "RoleDefinitionDoesNotExist", "The specified role definition with ID '%s' does not exist.", strings.ReplaceAll(id, "-", ""))
}

func definitionExists(_ *store.Tx, id string) (bool, error) {
	_, ok := rbac.Builtin(id[strings.LastIndex(id, "/")+1:])
	return ok, nil
}

func (p *Provider) renderDefinition(_ *store.Tx, path string) (any, error) {
	id, err := resource.ParseID(path)
	if err != nil {
		return nil, err
	}
	d, ok := rbac.Builtin(id.Name())
	if !ok {
		return nil, nil
	}
	return showDefinition(id.Subscription, d), nil
}

func showDefinition(subscription string, d rbac.Definition) DefinitionBody {
	prefix := ""
	if subscription != "" {
		prefix = "/subscriptions/" + subscription
	}
	list := func(s []string) []string { return append([]string{}, s...) } // never null
	return DefinitionBody{
		ID: prefix + "/providers/" + TypeDefinition + "/" + d.ID, Name: d.ID, Type: TypeDefinition,
		Properties: DefinitionProperties{
			RoleName: d.Name, Type: "BuiltInRole", Description: d.Description, AssignableScopes: []string{"/"},
			Permissions: []Permission{{
				Actions: list(d.Actions), NotActions: list(d.NotActions), DataActions: list(d.DataActions), NotDataActions: list(d.NotDataActions),
			}},
		},
	}
}

var definitionFilter = regexp.MustCompile(`(?i)^(roleName|type) eq '(.*)'$`)

// listDefinitions answers all roles, or those that a filter on roleName or type leaves.
func (p *Provider) listDefinitions(r *arm.Request) (arm.Response, error) {
	field, value := "", ""
	if filter := strings.TrimSpace(r.URL.Query().Get("$filter")); filter != "" && !strings.EqualFold(filter, atScope) && !strings.EqualFold(filter, "atScopeAndBelow()") {
		match := definitionFilter.FindStringSubmatch(filter)
		if match == nil {
			return arm.Response{}, arm.Errorf(400, "UnsupportedQuery", "The filter '%s' is not supported. Supported filters are either 'atScope()' or 'roleName eq '{value}'' or 'type eq '{value}''.", filter)
		}
		field, value = strings.ToLower(match[1]), strings.ReplaceAll(match[2], "''", "'")
	}
	var items []any
	for _, d := range rbac.Builtins() {
		if field == "rolename" && !strings.EqualFold(d.Name, value) || field == "type" && !strings.EqualFold(value, "BuiltInRole") {
			continue
		}
		items = append(items, showDefinition(r.ID.Subscription, d))
	}
	return arm.List(items), nil
}
