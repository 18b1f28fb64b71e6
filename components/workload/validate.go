package workload

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
	"github.com/aks-workload-identity/aks-workload-identity/names"
)

// maxApplicationName is the longest display name that the component gives an
// Entra application. Source: Microsoft Graph, resource type application.
const maxApplicationName = 256

// reservedPrefix begins the annotations that the webhook reads.
const reservedPrefix = "azure.workload.identity/"

// validate reports everything that is wrong with the arguments as far as it is
// known.
func (args *FederatedWorkloadArgs) validate(name string) error {
	var l problems.List
	args.validateIdentity(&l)
	args.validateFederations(&l)
	args.validateGrants(&l, name)

	if args.TokenExpirationSeconds != nil {
		l.Add("tokenExpirationSeconds", names.ValidateTokenExpiration(*args.TokenExpirationSeconds))
	}
	_, err := names.ParseCloud(args.Cloud)
	l.Add("cloud", err)
	if id, ok := known.String(args.TenantId); ok && !names.IsGUID(id) {
		l.Addf("tenantId", "%q is not a tenant: use the directory's GUID, not its domain", id)
	}
	if id, ok := known.String(args.SubscriptionId); ok && !names.IsGUID(id) {
		l.Addf("subscriptionId", "%q is not a subscription: use its GUID, not its name", id)
	}
	if annotations, ok := known.As[pulumi.StringMap](args.Annotations); ok {
		for _, key := range slices.Sorted(maps.Keys(annotations)) {
			if strings.HasPrefix(key, reservedPrefix) {
				l.Addf("annotations."+key, "the component writes %s annotations itself: use its arguments", reservedPrefix)
			}
		}
	}
	return l.Err("workload", name)
}

func (args *FederatedWorkloadArgs) validateIdentity(l *problems.List) {
	onlyFor := func(path string, given bool, kind IdentityKind) {
		if given && args.kind() != kind {
			l.Addf(path, "it belongs to identityKind %q, not %q: leave it out", kind, args.kind())
		}
	}
	switch args.kind() {
	case UserAssigned:
		if args.ResourceGroupName == nil {
			l.Addf("resourceGroupName", "a resource group is required for a new user-assigned identity")
		}
		if n, ok := known.String(args.IdentityName); ok {
			l.Add("identityName", names.ValidateIdentityName(n))
		}
	case Application:
		if n, ok := known.String(args.IdentityName); ok && (n == "" || len(n) > maxApplicationName) {
			l.Addf("identityName", "the display name of an application has 1 to %d characters, not %d", maxApplicationName, len(n))
		}
	case ExistingUserAssigned:
		if args.IdentityId == nil {
			l.Addf("identityId", "the id of the existing user-assigned identity is required")
		}
		if id, ok := known.String(args.IdentityId); ok {
			_, err := parseUserAssignedID(id)
			l.Add("identityId", err)
		}
		if args.IdentityName != nil {
			l.Addf("identityName", "an existing identity has its name: leave it out")
		}
	default:
		l.Addf("identityKind", "%q is not one of %s, %s, %s", args.IdentityKind, UserAssigned, Application, ExistingUserAssigned)
		return
	}
	onlyFor("resourceGroupName", args.ResourceGroupName != nil, UserAssigned)
	onlyFor("location", args.Location != nil, UserAssigned)
	onlyFor("identityId", args.IdentityId != nil, ExistingUserAssigned)
}
