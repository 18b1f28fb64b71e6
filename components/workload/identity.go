package workload

import (
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"

	managedidentity "github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// federate registers one federated identity credential of an identity.
type federate func(ctx *pulumi.Context, name string, c credential, opts ...pulumi.ResourceOption) (pulumi.CustomResource, error)

// registerIdentity registers or looks up the identity, sets the outputs that
// describe it, and returns how to federate it.
func (w *FederatedWorkload) registerIdentity(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs) (federate, error) {
	switch args.kind() {
	case Application:
		return w.newApplication(ctx, name, args)
	case ExistingUserAssigned:
		return w.existingUserAssigned(ctx, args), nil
	case ExistingApplication:
		return w.existingApplication(ctx, args), nil
	default:
		return w.newUserAssigned(ctx, name, args)
	}
}

func (w *FederatedWorkload) newUserAssigned(ctx *pulumi.Context, name string, args *FederatedWorkloadArgs) (federate, error) {
	identity, err := managedidentity.NewUserAssignedIdentity(ctx, name+"-identity", &managedidentity.UserAssignedIdentityArgs{
		ResourceGroupName: args.ResourceGroupName.ToStringPtrOutput().Elem(),
		ResourceName:      args.IdentityName,
		Location:          args.Location,
		Tags:              args.Tags,
	}, pulumi.Parent(w))
	if err != nil {
		return nil, fmt.Errorf("registering the identity of workload %q: %w", name, err)
	}
	w.ClientId = identity.ClientId
	w.PrincipalId = identity.PrincipalId
	w.TenantId = identity.TenantId
	w.IdentityId = identity.ID().ToStringOutput()
	w.IdentityKind = pulumi.String(UserAssigned).ToStringOutput()
	return federateUserAssigned(args.ResourceGroupName.ToStringPtrOutput().Elem(), identity.Name), nil
}

// existingUserAssigned reads the identity; nothing of it is changed but its
// federated credentials.
func (w *FederatedWorkload) existingUserAssigned(ctx *pulumi.Context, args *FederatedWorkloadArgs) federate {
	part := func(field func(userAssignedID) string) pulumi.StringOutput {
		return args.IdentityId.ToStringPtrOutput().Elem().ApplyT(func(id string) (string, error) {
			parsed, err := parseUserAssignedID(id)
			return field(parsed), err
		}).(pulumi.StringOutput)
	}
	group := part(func(id userAssignedID) string { return id.resourceGroup })
	name := part(func(id userAssignedID) string { return id.name })

	found := managedidentity.LookupUserAssignedIdentityOutput(ctx, managedidentity.LookupUserAssignedIdentityOutputArgs{
		ResourceGroupName: group,
		ResourceName:      name,
	}, pulumi.Parent(w))
	// The lookup goes to the provider's subscription, whatever the id says: a
	// namesake there must not get the trust and the grants.
	checked := func(property pulumi.StringOutput) pulumi.StringOutput {
		return pulumi.All(property, found.Id(), args.IdentityId.ToStringPtrOutput().Elem()).ApplyT(
			func(values []any) (string, error) {
				got, want := values[1].(string), values[2].(string)
				if !strings.EqualFold(got, want) {
					return "", problem.New("identityId", fmt.Sprintf("%s is in another subscription than the provider's, which has %s; give the component a provider of that subscription", want, got))
				}
				return values[0].(string), nil
			}).(pulumi.StringOutput)
	}
	w.ClientId = checked(found.ClientId())
	w.PrincipalId = checked(found.PrincipalId())
	w.TenantId = checked(found.TenantId())
	w.IdentityId = checked(found.Id())
	w.IdentityKind = pulumi.String(UserAssigned).ToStringOutput()
	return federateUserAssigned(group, name)
}

func federateUserAssigned(resourceGroup, identity pulumi.StringInput) federate {
	return func(ctx *pulumi.Context, name string, c credential, opts ...pulumi.ResourceOption) (pulumi.CustomResource, error) {
		return managedidentity.NewFederatedIdentityCredential(ctx, name, &managedidentity.FederatedIdentityCredentialArgs{
			ResourceGroupName:                       resourceGroup,
			ResourceName:                            identity,
			FederatedIdentityCredentialResourceName: pulumi.StringPtr(c.name),
			Issuer:                                  c.issuer,
			Subject:                                 pulumi.String(c.subject),
			Audiences:                               pulumi.StringArray{pulumi.String(c.audience)},
		}, opts...)
	}
}

// userAssignedID is the resource id of a user-assigned identity.
type userAssignedID struct {
	subscription, resourceGroup, name string
}

// parseUserAssignedID reads a resource id, without regard to case, as Azure
// does.
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
