package entra

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/graph"
)

// principalFields are the inputs that have the same name in Graph.
var principalFields = []string{
	"accountEnabled", "alternativeNames", "appRoleAssignmentRequired", "description", "loginUrl", "notes", "tags",
}

// principalAttributes are the supported inputs (service_principal_resource.go).
var principalAttributes = attributes{
	"accountEnabled":            {standard: true},
	"alternativeNames":          {set: true},
	"appRoleAssignmentRequired": {},
	"applicationId":             {computed: true, forceNew: true},
	"clientId":                  {computed: true, forceNew: true},
	"description":               {},
	"loginUrl":                  {},
	"notes":                     {},
	"owners":                    {set: true},
	"tags":                      {set: true, computed: true},
	"useExisting":               {},
}

var principalRules = rules{
	"alternativeNames": notEmpty,
	"applicationId":    isGUID,
	"clientId":         isGUID,
	"description":      length(0, 1024),
	"loginUrl":         isURL,
	"notes":            length(0, 1024),
	"owners":           isGUID,
}

// servicePrincipal describes azuread:index/servicePrincipal:ServicePrincipal; its ID is the object
// ID (since v6 of azuread it is a path). Another application replaces it.
func servicePrincipal(b *backend) (*bridge.Resource, error) {
	r, err := newResource("ServicePrincipal", azuread.ServicePrincipalArgs{}, azuread.ServicePrincipal{}, principalAttributes)
	if err != nil {
		return nil, err
	}
	r.StableOutputs = append(r.StableOutputs, r.Replace...) // they change with the principal only
	r.Limits = together(exactlyOne("clientId", "applicationId"), principalRules.check)
	r.Constants = map[string]any{"__meta": meta("", map[string]int{"create": 10, "delete": 5, "read": 5, "update": 10})}
	r.Nulls = []string{"alternativeNames", "notificationEmailAddresses", "owners", "useExisting"}
	r.Ops = &object{
		backend: b, token: r.Token(), inputs: principalAttributes, noun: "Service Principal",
		key: "clientId", owned: true, deprecated: []string{"applicationId"},
		collection: func(map[string]any) (string, error) { return "/servicePrincipals", nil },
		path: func(id string) (string, error) {
			if !azure.IsGUID(id) {
				return "", fmt.Errorf("specified ID (%q) is not valid: it must be the object ID of a service principal", id)
			}
			return "/servicePrincipals/" + id, nil
		},
		id: func(_ string, answer map[string]any) string { return text(answer, "id") },
		create: func(in map[string]any) map[string]any {
			out := pick(in, principalFields...)
			out["appId"] = clientID(in)
			return out
		},
		// An update sends every input, also those that the program does not set. So a principal
		// that the program adopts (useExisting) loses what others have set.
		update: func(in map[string]any, c bridge.Call) map[string]any {
			body := withNulls(pick(in, "accountEnabled"), in, "description", "loginUrl", "notes")
			required, _ := in["appRoleAssignmentRequired"].(bool)
			body["appRoleAssignmentRequired"] = required
			body["alternativeNames"], body["tags"] = list(in, "alternativeNames"), tagsOf(in, c)
			return body
		},
		outputs:  principalOutputs,
		existing: principalOf,
		exists: func(id string, _ map[string]any) error {
			return fmt.Errorf("a resource with the ID %q already exists. To use it, set useExisting, or import it "+
				"(`pulumi import azuread:index/servicePrincipal:ServicePrincipal NAME %s`)", id, id)
		},
		strict: true,
		// The deletion of a principal that the program only uses is sent too, and its failure is
		// ignored (servicePrincipalResourceDelete).
		lenient: func(in map[string]any) bool { use, _ := in["useExisting"].(bool); return use },
		notVisible: func(err error) bool {
			return strings.Contains(err.Error(), "does not reference a valid application object")
		},
	}
	return r, nil
}

// principalOutputs returns the outputs for Graph's answer, as servicePrincipalResourceRead sets
// them.
func principalOutputs(id string, answer map[string]any, c bridge.Call) map[string]any {
	none := []any{}
	out := pick(answer, "id:objectId", "displayName", "servicePrincipalType:type", "appOwnerOrganizationId:applicationTenantId",
		"signInAudience", "accountEnabled")
	out["id"] = id
	out["applicationId"], out["clientId"] = answer["appId"], answer["appId"]
	for graphName, name := range map[string]string{
		"description": "description", "notes": "notes", "loginUrl": "loginUrl", "homepage": "homepageUrl", "logoutUrl": "logoutUrl",
		"preferredSingleSignOnMode": "preferredSingleSignOnMode", "samlMetadataUrl": "samlMetadataUrl",
	} {
		out[name] = text(answer, graphName)
	}
	required, _ := answer["appRoleAssignmentRequired"].(bool)
	out["appRoleAssignmentRequired"] = required
	if names := list(answer, "alternativeNames"); len(names) > 0 {
		out["alternativeNames"] = names
	}
	out["tags"], out["redirectUris"] = list(answer, "tags"), list(answer, "replyUrls")
	// The client ID, which Graph lists as a name, is left out.
	out["servicePrincipalNames"] = slices.DeleteFunc(list(answer, "servicePrincipalNames"), func(name any) bool { return name == answer["appId"] })
	out["appRoles"], out["oauth2PermissionScopes"] = none, none
	out["appRoleIds"], out["oauth2PermissionScopeIds"] = map[string]any{}, map[string]any{}
	out["featureTags"], out["features"] = []any{features(answer, "")}, []any{features(answer, "old")}
	out["samlSingleSignOn"] = map[string]any{"relayState": ""}
	if use, ok := c.Inputs["useExisting"]; ok {
		out["useExisting"] = use
	}
	return out
}

func clientID(in map[string]any) string {
	return cmp.Or(text(in, "clientId"), text(in, "applicationId"))
}

// principalOf returns the application's service principal; there is at most one.
func principalOf(ctx context.Context, c *graph.Client, inputs map[string]any) (map[string]any, bool, error) {
	found, err := c.Find(ctx, "/servicePrincipals", fmt.Sprintf("appId eq '%s'", quote(clientID(inputs))))
	if err != nil || len(found) == 0 {
		return nil, false, err
	}
	adopt, _ := inputs["useExisting"].(bool)
	return found[0], adopt, nil
}
