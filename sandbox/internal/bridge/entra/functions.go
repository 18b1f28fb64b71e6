package entra

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/apierror"
	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/bridge/schema"
)

// lookup is a function that returns one directory object. Behaviour and errors follow the data
// sources of terraform-provider-azuread v2 (application_data_source.go,
// service_principal_data_source.go), whose errors Pulumi shows as "summary: detail".
type lookup struct {
	token        string
	args, result any
	keys         []string // arguments of which exactly one is given
	collection   string
	noun         string // such as "Application" in "Application with object ID"
	// missing returns the error if no object has the client ID.
	missing func(clientID, filter string) error
	show    func(found map[string]any) map[string]any
}

var lookups = []lookup{
	{
		token: "azuread:index/getApplication:getApplication",
		args:  azuread.LookupApplicationArgs{}, result: azuread.LookupApplicationResult{},
		keys: []string{"applicationId", "clientId", "displayName", "identifierUri", "objectId"}, collection: "/applications", noun: "Application",
		missing: func(_, filter string) error {
			//lint:ignore ST1005 the provider's words
			return fmt.Errorf("Application not found: No applications found matching filter: %q", filter)
		},
		show: showApplication,
	},
	{
		token: "azuread:index/getServicePrincipal:getServicePrincipal",
		args:  azuread.LookupServicePrincipalArgs{}, result: azuread.LookupServicePrincipalResult{},
		keys: []string{"applicationId", "clientId", "displayName", "objectId"}, collection: "/servicePrincipals", noun: "Service principal",
		missing: func(clientID, _ string) error {
			//lint:ignore ST1005 the provider's words
			return fmt.Errorf("No service principal found for application ID: %q", clientID)
		},
		show: showPrincipal,
	},
}

func (l lookup) function(b *backend) (*bridge.Function, error) {
	args, err := schema.Of(reflect.TypeOf(l.args))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.token, err)
	}
	result, err := schema.Of(reflect.TypeOf(l.result))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.token, err)
	}
	return &bridge.Function{Token: l.token, Args: args, Result: result, Call: func(ctx context.Context, in map[string]any) (map[string]any, error) {
		found, err := l.find(ctx, b, in)
		if err != nil {
			return nil, err
		}
		out := l.show(found)
		if l.collection == "/applications" { // a service principal's owners are no result
			owners, err := listOwners(ctx, b.graph, l.collection+"/"+text(found, "id"))
			if err != nil {
				return nil, err
			}
			out["owners"] = anyList(owners)
		}
		return out, nil
	}}, nil
}

func (l lookup) find(ctx context.Context, b *backend, in map[string]any) (map[string]any, error) {
	client, err := b.client()
	if err != nil {
		return nil, err
	}
	key, given, err := l.key(in)
	if err != nil {
		return nil, err
	}
	switch key {
	case "identifierUri":
		return nil, errors.New("the sandbox's azuread provider does not support 'identifierUri'; look the application up by clientId, objectId or displayName")
	case "objectId":
		found, err := client.Do(ctx, http.MethodGet, l.collection+"/"+given, nil, nil)
		if apierror.IsNotFound(err) {
			return nil, fmt.Errorf("%s with object ID %q was not found", l.noun, given)
		}
		return found, err
	case "displayName":
		return l.findByName(ctx, b, given)
	}
	filter := fmt.Sprintf("appId eq '%s'", given)
	list, err := client.Find(ctx, l.collection, filter)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, l.missing(given, filter)
	}
	return list[0], nil
}

// findByName returns the object with that display name. Names are not unique.
func (l lookup) findByName(ctx context.Context, b *backend, name string) (map[string]any, error) {
	filter := fmt.Sprintf("displayName eq '%s'", quote(name))
	list, err := b.graph.Find(ctx, l.collection, filter)
	if err != nil {
		return nil, err
	}
	kind := strings.ToLower(l.noun) + "s"
	switch len(list) {
	case 0:
		return nil, fmt.Errorf("%s not found: No %s found matching filter: %q", l.noun, kind, filter)
	case 1:
		return list[0], nil
	}
	//lint:ignore ST1005 the provider's words
	return nil, fmt.Errorf("Multiple %[1]s found: Found multiple %[1]s matching filter: %[2]q", kind, filter)
}

// key returns the only argument that is set. IDs are GUIDs; an object's resource ID is not its
// object ID.
func (l lookup) key(in map[string]any) (key, given string, err error) {
	for _, name := range l.keys {
		value := text(in, name)
		if value == "" {
			continue
		}
		if key != "" {
			return "", "", fmt.Errorf("%q and %q are given: only one of `%s` can be specified", key, name, strings.Join(l.keys, ","))
		}
		key, given = name, value
	}
	if key == "" {
		return "", "", fmt.Errorf("one of `%s` must be specified", strings.Join(l.keys, ","))
	}
	if slices.Contains([]string{"applicationId", "clientId", "objectId"}, key) && !azure.IsGUID(given) {
		return "", "", fmt.Errorf("expected %q to be a valid UUID, got %s", key, given)
	}
	return key, given, nil
}

// showApplication returns the result of getApplication for Graph's answer. Parts that the sandbox's
// Graph does not have are those of an application without them.
func showApplication(a map[string]any) map[string]any {
	none := []any{}
	out := pick(a, "id:objectId", "displayName", "description", "notes", "identifierUris", "publisherDomain", "signInAudience", "tags")
	out["id"] = applicationPrefix + text(a, "id")
	out["applicationId"], out["clientId"] = a["appId"], a["appId"]
	for _, name := range []string{
		"description", "notes", "identifierUri", "logoUrl", "marketingUrl", "privacyStatementUrl", "serviceManagementReference", "supportUrl", "termsOfServiceUrl",
	} {
		out[name] = text(out, name)
	}
	for _, name := range []string{"deviceOnlyAuthEnabled", "fallbackPublicClientEnabled", "oauth2PostResponseRequired"} {
		out[name] = false
	}
	for _, name := range []string{"appRoles", "groupMembershipClaims", "optionalClaims", "requiredResourceAccesses"} {
		out[name] = none
	}
	out["disabledByMicrosoft"] = "<nil>" // the provider's text if there is no reason
	out["appRoleIds"], out["oauth2PermissionScopeIds"] = map[string]any{}, map[string]any{}
	out["featureTags"] = []any{features(a, "")}
	out["apis"] = []any{map[string]any{"knownClientApplications": none, "mappedClaimsEnabled": false, "oauth2PermissionScopes": none, "requestedAccessTokenVersion": 1.0}}
	out["publicClients"], out["singlePageApplications"] = []any{map[string]any{"redirectUris": none}}, []any{map[string]any{"redirectUris": none}}
	out["webs"] = []any{map[string]any{
		"homepageUrl": "", "logoutUrl": "", "redirectUris": none,
		"implicitGrants": []any{map[string]any{"accessTokenIssuanceEnabled": false, "idTokenIssuanceEnabled": false}},
	}}
	return out
}

// showPrincipal returns the result of getServicePrincipal for Graph's answer. The client ID is not
// in servicePrincipalNames.
func showPrincipal(sp map[string]any) map[string]any {
	none := []any{}
	out := pick(sp, append([]string{
		"id:objectId", "id", "displayName", "servicePrincipalType:type", "appOwnerOrganizationId:applicationTenantId",
		"signInAudience", "homepage:homepageUrl", "logoutUrl", "replyUrls:redirectUris",
	}, principalFields...)...)
	out["id"] = sp["id"]
	out["applicationId"], out["clientId"] = sp["appId"], sp["appId"]
	for _, name := range []string{
		"applicationTenantId", "description", "homepageUrl", "loginUrl", "logoutUrl", "notes", "preferredSingleSignOnMode", "samlMetadataUrl", "signInAudience",
	} {
		out[name] = text(out, name)
	}
	for _, name := range []string{"alternativeNames", "redirectUris", "tags"} {
		if _, ok := out[name].([]any); !ok {
			out[name] = none
		}
	}
	for _, name := range []string{"appRoles", "notificationEmailAddresses", "oauth2PermissionScopes", "samlSingleSignOns"} {
		out[name] = none
	}
	names, _ := sp["servicePrincipalNames"].([]any)
	out["servicePrincipalNames"] = slices.DeleteFunc(slices.Clone(names), func(n any) bool { return n == sp["appId"] })
	out["appRoleIds"], out["oauth2PermissionScopeIds"] = map[string]any{}, map[string]any{}
	out["featureTags"] = []any{features(sp, "")}
	out["features"] = []any{features(sp, "old")}
	return out
}

// features returns the meaning of some of Entra's tags. The older form has other names.
func features(o map[string]any, form string) map[string]any {
	tags, _ := o["tags"].([]any)
	names := [...]string{"customSingleSignOn", "enterprise", "gallery", "hide"}
	if form == "old" {
		names = [...]string{"customSingleSignOnApp", "enterpriseApplication", "galleryApplication", "visibleToUsers"}
	}
	hidden := slices.Contains(tags, any("HideApp"))
	return map[string]any{
		names[0]: slices.Contains(tags, any("WindowsAzureActiveDirectoryCustomSingleSignOnApplication")),
		names[1]: slices.Contains(tags, any("WindowsAzureActiveDirectoryIntegratedApp")),
		names[2]: slices.Contains(tags, any("WindowsAzureActiveDirectoryGalleryApplicationNonPrimaryV1")),
		names[3]: hidden != (form == "old"),
	}
}
