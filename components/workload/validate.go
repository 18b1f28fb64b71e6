package workload

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// maxApplicationName is the longest display name that the component gives an
// Entra application. Source: Microsoft Graph, resource type application.
const maxApplicationName = 256

// Validate reports everything that is wrong with the arguments of a workload of
// that name, as far as it is known: all at once, as an error that unwraps to
// *errors.InputPropertiesError. It registers nothing. NewFederatedWorkload calls it.
func (args *FederatedWorkloadArgs) Validate(name string) error {
	if args == nil {
		args = &FederatedWorkloadArgs{}
	}
	var l problems.List
	args.validateIdentity(&l)
	args.validateFederations(&l)
	args.validateRenames(&l)
	args.validateGrants(&l, name)

	if args.TokenExpirationSeconds != nil {
		l.Add("tokenExpirationSeconds", azwi.ValidateTokenExpiration(*args.TokenExpirationSeconds))
	}
	_, err := azure.ParseCloud(args.Cloud)
	l.Add("cloud", err)
	if id, ok := known.String(args.TenantId); ok && !azure.IsGUID(id) {
		l.Addf("tenantId", "%q is not a tenant: use the directory's GUID, not its domain", id)
	}
	if id, ok := known.String(args.SubscriptionId); ok && !azure.IsGUID(id) {
		l.Addf("subscriptionId", "%q is not a subscription: use its GUID, not its name", id)
	}
	args.validateMetadata(&l)
	return l.Err("workload", name)
}

func (args *FederatedWorkloadArgs) validateIdentity(l *problems.List) {
	onlyFor := func(path string, given bool, kinds ...IdentityKind) {
		if given && !slices.Contains(kinds, args.kind()) {
			l.Addf(path, "it belongs to identityKind %s, not %q: leave it out", suggest.OneOf(kinds), args.kind())
		}
	}
	switch args.kind() {
	case UserAssigned:
		if args.ResourceGroupName == nil {
			l.Addf("resourceGroupName", "a resource group is required for a new user-assigned identity: name an existing one")
		}
		if n, ok := known.String(args.IdentityName); ok {
			l.Add("identityName", azure.ValidateIdentityName(n))
		}
	case Application:
		if n, ok := known.String(args.IdentityName); ok && (n == "" || utf8.RuneCountInString(n) > maxApplicationName) {
			l.Addf("identityName", "the display name of an application has 1 to %d characters, not %d: change it, or leave it out for the component's name", maxApplicationName, utf8.RuneCountInString(n))
		}
	case ExistingUserAssigned:
		args.validateExisting(l, "the resource id of the existing user-assigned identity", func(id string) error {
			_, err := parseUserAssignedID(id)
			return err
		})
	case ExistingApplication:
		args.validateExisting(l, "the client id of the existing application", func(id string) error {
			_, err := parseApplicationID(id)
			return err
		})
	default:
		l.Addf("identityKind", "%q is not allowed: use one of %s", args.IdentityKind, strings.Join(IdentityKinds(), ", "))
		return
	}
	onlyFor("resourceGroupName", args.ResourceGroupName != nil, UserAssigned)
	onlyFor("location", args.Location != nil, UserAssigned)
	onlyFor("identityId", args.IdentityId != nil, ExistingUserAssigned, ExistingApplication)
}
