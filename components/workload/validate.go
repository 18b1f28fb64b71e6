package workload

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/azwi"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
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
	var l problem.List
	args.validateIdentity(&l)
	args.validateFederations(&l)
	args.validateRenames(&l)
	args.validateGrants(&l, name)

	if args.TokenExpirationSeconds != nil {
		l.AddError("tokenExpirationSeconds", azwi.ValidateTokenExpiration(*args.TokenExpirationSeconds))
	}
	_, err := azure.ParseCloud(args.Cloud)
	l.AddError("cloud", err)
	if id, ok := known.String(args.TenantId); ok && !azure.IsGUID(id) {
		l.Add("tenantId", fmt.Sprintf("%q is not a tenant", id), "use the directory's GUID, not its domain")
	}
	if id, ok := known.String(args.SubscriptionId); ok && !azure.IsGUID(id) {
		l.Add("subscriptionId", fmt.Sprintf("%q is not a subscription", id), "use its GUID, not its name")
	}
	args.validateMetadata(&l)
	return arguments.Err("workload", name, &l)
}

func (args *FederatedWorkloadArgs) validateIdentity(l *problem.List) {
	onlyFor := func(path problem.Path, given bool, kinds ...IdentityKind) {
		if given && !slices.Contains(kinds, args.kind()) {
			l.Add(path, fmt.Sprintf("it belongs to identityKind %s, not %q", suggest.OneOf(kinds), args.kind()), "leave it out")
		}
	}
	switch args.kind() {
	case UserAssigned:
		if args.ResourceGroupName == nil {
			l.Add("resourceGroupName", "a resource group is required for a new user-assigned identity", "name an existing one")
		}
		if n, ok := known.String(args.IdentityName); ok {
			l.AddError("identityName", azure.ValidateIdentityName(n))
		}
	case Application:
		if n, ok := known.String(args.IdentityName); ok && (n == "" || utf8.RuneCountInString(n) > maxApplicationName) {
			l.Add("identityName", fmt.Sprintf("the display name of an application has 1 to %d characters, not %d", maxApplicationName, utf8.RuneCountInString(n)), "change it, or leave it out for the component's name")
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
		l.Add("identityKind", fmt.Sprintf("%q is not allowed", args.IdentityKind), fmt.Sprintf("use one of %s", strings.Join(IdentityKinds(), ", ")))
		return
	}
	onlyFor("resourceGroupName", args.ResourceGroupName != nil, UserAssigned)
	onlyFor("location", args.Location != nil, UserAssigned)
	onlyFor("identityId", args.IdentityId != nil, ExistingUserAssigned, ExistingApplication)
}
