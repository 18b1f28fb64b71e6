package entra

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/graph"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

// principalFields are the inputs that have the same name in Graph.
var principalFields = []string{
	"accountEnabled", "alternativeNames", "appRoleAssignmentRequired", "description", "loginUrl", "notes", "tags",
}

// servicePrincipal describes azuread:index/servicePrincipal:ServicePrincipal; its ID is the object
// ID (since v6 of azuread it is a path). Another application replaces it (ForceNew in
// terraform-provider-azuread v2).
func servicePrincipal(b *backend) (*bridge.Resource, error) {
	r, err := newResource("ServicePrincipal", azuread.ServicePrincipalArgs{}, azuread.ServicePrincipal{},
		append([]string{"applicationId", "clientId", "owners", "useExisting"}, principalFields...)...)
	if err != nil {
		return nil, err
	}
	r.Replace = []string{"applicationId", "clientId"}
	r.StableOutputs = append(r.StableOutputs, r.Replace...) // they change with the principal only
	r.Conflicts = exactlyOne("clientId", "applicationId")
	r.Ops = &object{
		backend: b, token: r.Token(), key: "clientId", owned: true, deprecated: []string{"applicationId"},
		collection: func(map[string]any) (string, error) { return "/servicePrincipals", nil },
		path: func(id string) (string, error) {
			object, err := pathSegment(strings.TrimPrefix(id, "/servicePrincipals/"))
			return "/servicePrincipals/" + object, err
		},
		id: func(_ string, answer map[string]any) string { return text(answer, "id") },
		create: func(in map[string]any) map[string]any {
			out := pick(in, principalFields...)
			out["appId"] = clientID(in)
			return out
		},
		update: func(in, old map[string]any) map[string]any {
			return clearRemoved(pick(in, principalFields...), in, old, "alternativeNames", "description", "loginUrl", "notes", "tags")
		},
		outputs: func(_ string, answer map[string]any) map[string]any {
			out := pick(answer, append([]string{
				"id:objectId", "displayName", "servicePrincipalType:type", "appOwnerOrganizationId:applicationTenantId",
				"servicePrincipalNames", "signInAudience", "homepage:homepageUrl", "logoutUrl", "replyUrls:redirectUris",
			}, principalFields...)...)
			out["applicationId"], out["clientId"] = answer["appId"], answer["appId"]
			out["appRoleIds"], out["oauth2PermissionScopeIds"] = map[string]any{}, map[string]any{}
			return out
		},
		existing: principalOf,
		// A principal that the program only uses is not deleted with its resource.
		keep: func(in map[string]any) bool { keep, _ := in["useExisting"].(bool); return keep },
		notVisible: func(err error) bool {
			return strings.Contains(err.Error(), "does not reference a valid application object")
		},
	}
	return r, nil
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

// exactlyOne returns a check that exactly one of two inputs with the same meaning is set.
func exactlyOne(name, deprecated string) func(resource.PropertyMap) []schema.Problem {
	return func(m resource.PropertyMap) []schema.Problem {
		set := 0
		for _, n := range []string{name, deprecated} {
			if v, _, known := value.Unwrap(m[resource.PropertyKey(n)]); !known || !v.IsNull() {
				set++
			}
		}
		if set == 1 {
			return nil
		}
		return []schema.Problem{{Path: name, Reason: fmt.Sprintf(
			"exactly one of '%s' and '%s' (deprecated) must be set, but %d are", name, deprecated, set)}}
	}
}
