package fake

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// entraKinds are azuread's, with the ids of its version 5. A program that names an application gets
// exactly that name, so that nothing is named here.
var entraKinds = []kind{
	{
		token:    "azuread:index/application:Application",
		required: []string{"displayName"}, createFirst: true, planned: true, guard: itself,
		computed: []string{"clientId", "objectId", "applicationId"},
		numbered: "/applications/",
		outputs: func(t *thing) resource.PropertyMap {
			return texts("clientId", t.guid("client"), "applicationId", t.guid("client"), "objectId", t.id[len("/applications/"):])
		},
	},
	{
		token:    "azuread:index/servicePrincipal:ServicePrincipal",
		required: []string{"clientId"}, replace: []string{"clientId"}, createFirst: true, planned: true,
		computed: []string{"objectId", "applicationTenantId", "displayName"}, guard: applicationOf,
		numbered: "/servicePrincipals/",
		outputs: func(t *thing) resource.PropertyMap {
			return texts("objectId", t.id[len("/servicePrincipals/"):], "applicationTenantId", TenantID)
		},
	},
	{
		token:    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
		required: []string{"applicationId", "displayName", "issuer", "subject", "audiences"},
		replace:  []string{"applicationId", "displayName"}, createFirst: true, planned: true,
		computed:  []string{"credentialId"},
		id:        idOf("$applicationId", "federatedIdentityCredential", "$displayName"),
		container: idOf("$applicationId"), owner: idOf("$applicationId"),
		rules: credentialRules, guard: parentApplication,
		outputs: func(t *thing) resource.PropertyMap { return texts("credentialId", t.guid("credential")) },
	},
}
