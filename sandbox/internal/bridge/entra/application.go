package entra

import (
	"context"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/graph"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/value"
)

const applicationPrefix = "/applications/"

// applicationFields are the inputs that have the same name in Graph. All but the first can be
// cleared.
var applicationFields = []string{"displayName", "description", "identifierUris", "notes", "signInAudience", "tags"}

// applicationAttributes are the supported inputs (application_resource.go).
var applicationAttributes = attributes{
	"displayName":           {},
	"description":           {},
	"identifierUris":        {set: true},
	"notes":                 {},
	"owners":                {set: true},
	"preventDuplicateNames": {standard: false},
	"signInAudience":        {standard: "AzureADMyOrg"},
	"tags":                  {set: true, computed: true},
}

var applicationRules = rules{
	"displayName":    notEmpty,
	"description":    length(0, 1024),
	"identifierUris": notEmpty,
	"notes":          notEmpty,
	"owners":         isGUID,
	"signInAudience": oneOf("AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"),
}

// application describes azuread:index/application:Application; its ID is /applications/{objectId}.
func application(b *backend) (*bridge.Resource, error) {
	r, err := newResource("Application", azuread.ApplicationArgs{}, azuread.Application{}, applicationAttributes)
	if err != nil {
		return nil, err
	}
	r.Limits = applicationRules.check
	r.Constants = map[string]any{"__meta": meta("2", map[string]int{"create": 10, "delete": 5, "read": 5, "update": 10})}
	r.Nulls = []string{"groupMembershipClaims", "identifierUris", "owners", "password"}
	r.Validate = b.uniqueName
	r.Ops = &object{
		backend: b, token: r.Token(), inputs: applicationAttributes, noun: "Application", owned: true,
		collection: func(map[string]any) (string, error) { return "/applications", nil },
		path:       applicationPath,
		id:         func(_ string, answer map[string]any) string { return applicationPrefix + text(answer, "id") },
		create:     func(in map[string]any) map[string]any { return pick(in, applicationFields...) },
		update: func(in map[string]any, c bridge.Call) map[string]any {
			body := withNulls(pick(in, "displayName", "signInAudience"), in, "description", "notes")
			body["tags"] = tagsOf(in, c)
			return clearRemoved(withValues(body, in, "identifierUris"), in, c.OldInputs, "identifierUris")
		},
		outputs:    applicationOutputs,
		existing:   duplicateName,
		exists:     duplicateError,
		strict:     true,
		notVisible: func(error) bool { return false },
	}
	return r, nil
}

// applicationOutputs returns the outputs for Graph's answer, as applicationResourceRead sets them.
// Parts that the sandbox's Graph does not have are those of an application without them.
func applicationOutputs(id string, answer map[string]any, c bridge.Call) map[string]any {
	none := []any{}
	out := pick(answer, "id:objectId", "displayName", "publisherDomain", "signInAudience")
	out["id"] = id
	out["applicationId"], out["clientId"] = answer["appId"], answer["appId"]
	for _, name := range []string{"description", "notes"} {
		out[name] = text(answer, name)
	}
	for _, name := range []string{
		"logoImage", "logoUrl", "marketingUrl", "privacyStatementUrl", "serviceManagementReference", "supportUrl", "templateId", "termsOfServiceUrl",
	} {
		out[name] = ""
	}
	for _, name := range []string{"deviceOnlyAuthEnabled", "fallbackPublicClientEnabled", "oauth2PostResponseRequired"} {
		out[name] = false
	}
	if uris, _ := answer["identifierUris"].([]any); len(uris) > 0 {
		out["identifierUris"] = uris
	}
	out["tags"] = list(answer, "tags")
	out["disabledByMicrosoft"] = "<nil>" // the provider's text if there is no reason
	out["appRoles"], out["requiredResourceAccesses"] = none, none
	// Roles and scopes are not supported, so the application has none.
	out["appRoleIds"], out["oauth2PermissionScopeIds"] = map[string]any{}, map[string]any{}
	out["featureTags"] = []any{features(answer, "")}
	out["optionalClaims"] = map[string]any{"accessTokens": none, "idTokens": none, "saml2Tokens": none}
	out["api"] = map[string]any{
		"knownClientApplications": none, "mappedClaimsEnabled": false, "oauth2PermissionScopes": none, "requestedAccessTokenVersion": 1.0,
	}
	out["publicClient"], out["singlePageApplication"] = map[string]any{"redirectUris": none}, map[string]any{"redirectUris": none}
	out["web"] = map[string]any{
		"homepageUrl": "", "logoutUrl": "", "redirectUris": none,
		"implicitGrant": map[string]any{"accessTokenIssuanceEnabled": false, "idTokenIssuanceEnabled": false},
	}
	forbid, _ := c.Inputs["preventDuplicateNames"].(bool)
	out["preventDuplicateNames"] = forbid
	return out
}

// applicationPath returns the path of an application for its resource ID.
func applicationPath(id string) (string, error) {
	object, ok := strings.CutPrefix(id, applicationPrefix)
	if !ok || !azure.IsGUID(object) {
		return "", fmt.Errorf("%q is not an id of the form /applications/{objectId}", id)
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

func duplicateError(id string, in map[string]any) error {
	object := strings.TrimPrefix(id, applicationPrefix)
	return fmt.Errorf("an existing %q with name %q (ID: %q) was found and `prevent_duplicate_names` was specified. "+
		"To use it, import it (`pulumi import azuread:index/application:Application NAME %s`)",
		"azuread_application", text(in, "displayName"), object, id)
}

// uniqueName refuses, also in a preview, a new application with a name that exists, if the program
// forbids that (applicationResourceCustomizeDiff). The real provider compares the ID of an existing
// resource with an object ID, which never agree, so that only the update itself refuses a rename.
func (b *backend) uniqueName(ctx context.Context, news, outputs resource.PropertyMap) error {
	name, known := value.String(news["displayName"])
	forbid := news["preventDuplicateNames"]
	if !known || !forbid.IsBool() || !forbid.BoolValue() || len(outputs) > 0 || b.graph == nil {
		return nil
	}
	in := map[string]any{"displayName": name, "preventDuplicateNames": true}
	found, _, err := duplicateName(ctx, b.graph, in)
	if err != nil {
		return fmt.Errorf("could not check for existing application(s): %w", err)
	}
	if found == nil {
		return nil
	}
	return duplicateError(applicationPrefix+text(found, "id"), in)
}

// quote escapes the quotes of a string in an OData filter.
func quote(s string) string { return strings.ReplaceAll(s, "'", "''") }
