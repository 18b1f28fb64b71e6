package workload

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	managedidentity "github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/arguments"
	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
	"github.com/aks-workload-identity/aks-workload-identity/names/suggest"
)

// IdentityKind is the kind of a workload's identity, and whether it is created or exists.
type IdentityKind string

// The kinds of identity.
const (
	// UserAssigned creates a user-assigned identity. The default.
	UserAssigned IdentityKind = "userAssigned"
	// Application creates an Entra application and its service principal, without a password or
	// certificate.
	Application IdentityKind = "application"
	// ExistingUserAssigned federates an existing user-assigned identity. The component changes only
	// its federated credentials and roles.
	ExistingUserAssigned IdentityKind = "existingUserAssigned"
	// ExistingApplication federates an existing Entra application, whose service principal must
	// exist as well. The component changes only the application's federated credentials and the
	// principal's roles.
	ExistingApplication IdentityKind = "existingApplication"
)

var _ = arguments.Enum(UserAssigned, Application, ExistingUserAssigned, ExistingApplication)

// IdentityArgs describes what stands behind the client id.
type IdentityArgs struct {
	// Kind is UserAssigned (the default), Application, ExistingUserAssigned or ExistingApplication.
	Kind IdentityKind `pulumi:"kind,optional"`
	// Id names an existing identity. For ExistingUserAssigned it is the resource id, in the
	// provider's subscription; for ExistingApplication the client id (appId, a GUID), or
	// "/applications/" and the object id, in the provider's tenant. Required for those two, refused
	// otherwise.
	Id pulumi.StringPtrInput `pulumi:"id,optional"`
	// Name is the name of a new identity in Azure: 3 to 128 letters, digits, hyphens and
	// underscores. Default: autonamed. For Application it is the display name, 1 to 256 characters,
	// and its default is the component's name.
	Name pulumi.StringPtrInput `pulumi:"name,optional"`
	// Owners are the object ids of the users and service principals that own a new application and
	// its service principal: 1 to 100 GUIDs. They may change and delete both, and others lose their
	// ownership. Name everybody who deploys, persons and pipelines. For Application only. Default:
	// whoever runs the deployment that creates the application; other owners are then left alone.
	Owners pulumi.StringArrayInput `pulumi:"owners,optional"`
}

// identity returns the arguments of the identity, the defaults filled in.
func (args *FederatedWorkloadArgs) identity() IdentityArgs {
	var id IdentityArgs
	if args.Identity != nil {
		id = *args.Identity
	}
	id.Kind = cmp.Or(id.Kind, UserAssigned)
	return id
}

// checkIdentity records what is wrong with the identity, and with the arguments that only some
// kinds have. arguments.Check knows the kinds.
func (args *FederatedWorkloadArgs) checkIdentity(l *problem.List) {
	id := args.identity()
	switch id.Kind {
	case UserAssigned:
		if args.ResourceGroupName == nil {
			l.Add("resourceGroupName", "a resource group is required for a new user-assigned identity", "name an existing one")
		}
		if name, ok := known.String(id.Name); ok {
			l.AddError("identity.name", azure.ValidateIdentityName(name))
		}
	case Application:
		id.checkDisplayName(l)
		id.checkOwners(l)
	case ExistingUserAssigned:
		id.checkExisting(l, "the resource id of the existing user-assigned identity", func(id string) error {
			_, err := parseUserAssignedID(id)
			return err
		})
	case ExistingApplication:
		id.checkExisting(l, "the client id of the existing application", func(id string) error {
			_, err := parseApplicationID(id)
			return err
		})
	default:
		return
	}
	onlyFor := func(path problem.Path, given bool, kinds ...IdentityKind) {
		if given && !slices.Contains(kinds, id.Kind) {
			l.Add(path, fmt.Sprintf("it belongs to identity.kind %s, not %q", suggest.OneOf(kinds), id.Kind), "leave it out")
		}
	}
	onlyFor("resourceGroupName", args.ResourceGroupName != nil, UserAssigned)
	onlyFor("location", args.Location != nil, UserAssigned)
	onlyFor("identity.id", id.Id != nil, ExistingUserAssigned, ExistingApplication)
	onlyFor("identity.owners", id.Owners != nil, Application)
}

// checkExisting records what is wrong with the name of an existing identity.
func (id *IdentityArgs) checkExisting(l *problem.List, what string, parse func(string) error) {
	if id.Id == nil {
		l.Add("identity.id", what+" is required", "the component has to know which one")
	}
	if text, ok := known.String(id.Id); ok {
		l.AddError("identity.id", parse(text))
	}
	if id.Name != nil {
		l.Add("identity.name", "an existing identity has its name", "leave it out")
	}
}

// identity has what the other children need of the identity, new or existing.
type identity struct {
	kind                                IdentityKind // UserAssigned or Application
	id, clientID, principalID, tenantID pulumi.StringOutput
	federate                            federate
}

// registerIdentity registers or looks up the identity.
func (r *registration) registerIdentity() (*identity, error) {
	switch id := r.args.identity(); id.Kind {
	case Application:
		return r.registerApplication(&id)
	case ExistingUserAssigned:
		return r.lookupUserAssigned(id.Id.ToStringPtrOutput().Elem()), nil
	case ExistingApplication:
		return r.lookupApplication(id.Id.ToStringPtrOutput().Elem()), nil
	default:
		return r.registerUserAssigned(id.Name)
	}
}

// registerUserAssigned registers a new user-assigned identity.
func (r *registration) registerUserAssigned(name pulumi.StringPtrInput) (*identity, error) {
	group := r.args.ResourceGroupName.ToStringPtrOutput().Elem()
	created, err := managedidentity.NewUserAssignedIdentity(r.ctx, r.name+"-identity", &managedidentity.UserAssignedIdentityArgs{
		ResourceGroupName: group,
		ResourceName:      name,
		Location:          r.args.Location,
		Tags:              r.args.Tags,
	}, pulumi.Parent(r.component))
	if err != nil {
		return nil, fmt.Errorf("registering the identity of workload %q: %w", r.name, err)
	}
	return &identity{
		kind:        UserAssigned,
		id:          created.ID().ToStringOutput(),
		clientID:    created.ClientId,
		principalID: created.PrincipalId,
		tenantID:    created.TenantId,
		federate:    r.federateUserAssigned(group, created.Name),
	}, nil
}

// lookupUserAssigned reads an existing user-assigned identity.
func (r *registration) lookupUserAssigned(id pulumi.StringOutput) *identity {
	part := func(field func(userAssignedID) string) pulumi.StringOutput {
		return id.ApplyT(func(id string) (string, error) {
			parsed, err := parseUserAssignedID(id)
			return field(parsed), r.about("identity.id", err)
		}).(pulumi.StringOutput)
	}
	group := part(func(id userAssignedID) string { return id.resourceGroup })
	name := part(func(id userAssignedID) string { return id.name })

	found := managedidentity.LookupUserAssignedIdentityOutput(r.ctx, managedidentity.LookupUserAssignedIdentityOutputArgs{
		ResourceGroupName: group,
		ResourceName:      name,
	}, pulumi.Parent(r.component))
	// The lookup goes to the provider's subscription, also where the id names another one: an
	// identity of the same name there must not get the trust and the grants.
	checked := func(property pulumi.StringOutput) pulumi.StringOutput {
		return pulumi.All(property, found.Id(), id).ApplyT(func(values []any) (string, error) {
			got, want := values[1].(string), values[2].(string)
			if !strings.EqualFold(got, want) {
				return "", r.about("identity.id", problem.New(
					fmt.Sprintf("%s is in another subscription than the provider's, which has %s", want, got),
					"give the component a provider of that subscription"))
			}
			return values[0].(string), nil
		}).(pulumi.StringOutput)
	}
	return &identity{
		kind:        UserAssigned,
		id:          checked(found.Id()),
		clientID:    checked(found.ClientId()),
		principalID: checked(found.PrincipalId()),
		tenantID:    checked(found.TenantId()),
		federate:    r.federateUserAssigned(group, name),
	}
}

// federateUserAssigned returns how to register credentials of a user-assigned identity.
func (r *registration) federateUserAssigned(resourceGroup, name pulumi.StringInput) federate {
	return func(child string, c credential, opts ...pulumi.ResourceOption) (pulumi.CustomResource, error) {
		return managedidentity.NewFederatedIdentityCredential(r.ctx, child, &managedidentity.FederatedIdentityCredentialArgs{
			ResourceGroupName:                       resourceGroup,
			ResourceName:                            name,
			FederatedIdentityCredentialResourceName: pulumi.StringPtr(c.name),
			Issuer:                                  c.issuer,
			Subject:                                 pulumi.String(c.subject),
			Audiences:                               pulumi.StringArray{c.audience},
		}, opts...)
	}
}

// userAssignedID is the resource id of a user-assigned identity.
type userAssignedID struct {
	subscription, resourceGroup, name string
}

// parseUserAssignedID reads a resource id, without regard to case, as Azure does.
func parseUserAssignedID(id string) (userAssignedID, error) {
	parts := strings.Split(strings.TrimPrefix(id, "/"), "/")
	want := []string{"subscriptions", "", "resourceGroups", "", "providers", "Microsoft.ManagedIdentity", "userAssignedIdentities", ""}
	wrong := len(parts) != len(want) || !strings.HasPrefix(id, "/")
	for i := 0; !wrong && i < len(want); i++ {
		wrong = parts[i] == "" || want[i] != "" && !strings.EqualFold(parts[i], want[i])
	}
	if wrong {
		return userAssignedID{}, problem.New(fmt.Sprintf("%q is not the id of a user-assigned identity", id), "want /subscriptions/…/resourceGroups/…/providers/Microsoft.ManagedIdentity/userAssignedIdentities/…")
	}
	if !azure.IsGUID(parts[1]) {
		return userAssignedID{}, problem.New(fmt.Sprintf("the identity's id names subscription %q, which is not a GUID", parts[1]), `copy the id from "az identity show --query id"`)
	}
	return userAssignedID{subscription: parts[1], resourceGroup: parts[3], name: parts[7]}, nil
}
