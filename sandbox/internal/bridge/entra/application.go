package entra

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/graph"
)

const applicationPrefix = "/applications/"

// applicationFields are the inputs that have the same name in Graph. All but the first can be
// cleared.
var applicationFields = []string{"displayName", "description", "identifierUris", "notes", "signInAudience", "tags"}

// application describes azuread:index/application:Application; its ID is /applications/{objectId}.
func application(b *backend) (*bridge.Resource, error) {
	r, err := newResource("Application", azuread.ApplicationArgs{}, azuread.Application{},
		append([]string{"owners", "preventDuplicateNames"}, applicationFields...)...)
	if err != nil {
		return nil, err
	}
	r.Ops = &object{
		backend: b, token: r.Token(), owned: true,
		collection: func(map[string]any) (string, error) { return "/applications", nil },
		path:       applicationPath,
		id:         func(_ string, answer map[string]any) string { return applicationPrefix + text(answer, "id") },
		create:     func(in map[string]any) map[string]any { return pick(in, applicationFields...) },
		update: func(in, old map[string]any) map[string]any {
			// The audience has a default in Graph and cannot be null.
			return clearRemoved(pick(in, applicationFields...), in, old, "description", "identifierUris", "notes", "tags")
		},
		outputs: func(_ string, answer map[string]any) map[string]any {
			out := pick(answer, append([]string{
				"id:objectId", "publisherDomain", "disabledByMicrosoftStatus:disabledByMicrosoft",
			}, applicationFields...)...)
			out["applicationId"], out["clientId"] = answer["appId"], answer["appId"]
			// Roles and scopes are not supported, so the application has none.
			out["appRoleIds"], out["oauth2PermissionScopeIds"] = map[string]any{}, map[string]any{}
			return out
		},
		existing:   duplicateName,
		notVisible: func(error) bool { return false },
	}
	return r, nil
}

// applicationPath returns the path of an application for its resource ID.
func applicationPath(id string) (string, error) {
	object, err := pathSegment(strings.TrimPrefix(id, applicationPrefix))
	if err != nil {
		return "", fmt.Errorf("%q is not an id of the form /applications/{objectId}: %w", id, err)
	}
	return applicationPrefix + object, nil
}

// duplicateName returns another application of the same name if the program forbids one. Names are
// not unique in Entra.
func duplicateName(ctx context.Context, c *graph.Client, inputs map[string]any) (map[string]any, bool, error) {
	if forbid, _ := inputs["preventDuplicateNames"].(bool); !forbid {
		return nil, false, nil
	}
	found, err := c.Find(ctx, "/applications", fmt.Sprintf("displayName eq '%s'", quote(text(inputs, "displayName"))))
	if err != nil || len(found) == 0 {
		return nil, false, err
	}
	return found[0], false, nil
}

// quote escapes the quotes of a string in an OData filter.
func quote(s string) string { return strings.ReplaceAll(s, "'", "''") }
