package apierror

// hints are the remedies for the most frequent error codes of Azure.
var hints = map[string]string{
	"AuthorizationFailed": "The login lacks a role at this scope; Owner, or Contributor with " +
		"Role Based Access Control Administrator, is enough for this project.",
	"RoleAssignmentExists": "The same principal already has the role here under another name: remove that " +
		"assignment, or import it.",
	"RoleAssignmentUpdateNotPermitted": "A role assignment cannot be changed: give it another name, derived " +
		"from scope, principal and role.",
	"PrincipalNotFound": "Set principalType to ServicePrincipal, so that a principal that was just created " +
		"is not looked up.",
	"ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity": "Make the federated credentials " +
		"of one identity depend on each other.",
	"ConflictError": "Recover or purge the deleted resource of that name (az keyvault purge --name …), " +
		"or choose another name.",
	"VaultAlreadyExists": "The names of key vaults are unique in all of Azure: choose another one.",
	"OIDCIssuerFeatureCannotBeDisabled": "The OIDC issuer of a cluster can only be turned on: leave " +
		"oidcIssuerProfile.enabled true.",
	"InvalidAuthenticationToken": "The login has expired or belongs to another sandbox: run the command " +
		"through `sandbox run --` again.",
	"SubscriptionNotFound": "The subscription belongs to another sandbox or login: see ARM_SUBSCRIPTION_ID.",
}
